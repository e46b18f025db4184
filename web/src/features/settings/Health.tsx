import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { Link } from "wouter";

import { readinessQuery, welcomeQuery } from "../../api/health";
import { useTexts } from "../../i18n/language";
import { findingTexts } from "../../ui/findings/texts";
import { Facts } from "../../ui/Facts";
import { Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { Phrase } from "../../ui/phrases/Phrase";
import { Signal } from "../../ui/Signal";
import { Ago } from "../../ui/times";
import { overviewQuery } from "./data";
import { sectionTexts, texts } from "./texts";

/** Whether the broker can do its work, which version it is, and how the rest of the house stands. */
export function Health() {
  const t = useTexts(texts);
  const section = useTexts(sectionTexts);
  const readiness = useQuery(readinessQuery);
  const welcome = useQuery(welcomeQuery);
  const { agents, audit } = useQuery(overviewQuery).data ?? {};
  return (
    <Panel
      title={t("health")}
      aside={
        <Button variant="subtle" size="xs" loading={readiness.isFetching} onClick={() => void readiness.refetch()}>
          {t("look_again")}
        </Button>
      }
    >
      <Loaded query={readiness}>
        {({ ready, problems }) => (
          <Facts
            facts={[
              {
                label: t("broker"),
                value: ready ? (
                  <Signal tone="good" icon={<IconCircleCheck aria-hidden />}>
                    {t("ready")}
                  </Signal>
                ) : (
                  <Signal tone="alarm" icon={<IconCircleX aria-hidden />}>
                    {t("not_ready")}
                  </Signal>
                ),
              },
              ...Object.entries(problems).map(([part, text]) => ({
                label: part === "database" ? section("database") : part,
                value: <Phrase text={text} phrases={findingTexts} />,
              })),
              { label: t("version"), value: welcome.data?.version ?? null },
              agents == null
                ? null
                : {
                    label: t("agents"),
                    value: (
                      <Link href="/inventory">
                        {t("agents_count", {
                          online: agents.online,
                          offline: agents.offline,
                          quarantined: agents.quarantined,
                        })}
                      </Link>
                    ),
                  },
              audit == null
                ? null
                : {
                    label: t("audit"),
                    value: (
                      <Link href="/audit/verification">
                        {t("audit_links", { count: audit.links })}
                        {audit.last_checkpoint_at === null ? null : (
                          <>
                            {" · "}
                            {t.rich("audit_checkpoint", { ago: <Ago at={audit.last_checkpoint_at} /> })}
                          </>
                        )}
                      </Link>
                    ),
                  },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
