import { Button, Group, Loader } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { IconPlugConnected } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useParams } from "wouter";

import { answer, api } from "../../api/client";
import { siteQuery } from "../../api/queries";
import type { Agent, Site } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { CopyLine } from "../../ui/CopyLine";
import { Loaded } from "../../ui/Loaded";
import { Page, Panel, Panels } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { QrCode } from "../../ui/QrCode";
import { useNow } from "../../ui/ticker";
import { Countdown } from "../../ui/times";
import { siteName } from "../../ui/zones";
import classes from "./assets.module.css";
import { agentsQuery } from "./data";
import { texts } from "./texts";

const INSTALL = "pip install 'wicketgate[agent]'";
const RUN = "wicket-agent run";

/** Brings a new agent to life: what to run at the site, and then its first sign of life, live. */
export default function EnrolPage() {
  const { site } = useParams<{ site: string }>();
  const t = useTexts(texts);
  const found = useQuery(siteQuery(site));
  const name = found.data === undefined ? "" : siteName(found.data);
  return (
    <Page
      width="narrow"
      title={t("enrol_title", { site: name })}
      lead={t("enrol_lead")}
      above={<Link href={`/inventory/sites/${site}`}>{name}</Link>}
    >
      <Loaded query={found}>{(shown) => <Enrolling site={shown} />}</Loaded>
    </Page>
  );
}

function Enrolling({ site }: { readonly site: Site }) {
  const agents = useQuery(agentsQuery(site.id));
  return <Loaded query={agents}>{(present) => <Steps site={site} present={present} />}</Loaded>;
}

function Steps({ site, present }: { readonly site: Site; readonly present: readonly Agent[] }) {
  const t = useTexts(texts);
  // Whoever was there before is not the one that is waited for.
  const [before] = useState(() => new Set(present.map(({ id }) => id)));
  const joined = present.find(({ id }) => !before.has(id));
  const making = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/sites/{site}/join-tokens", { params: { path: { site: site.id } } })),
  });
  const token = making.data;
  return (
    <Panels>
      <Panel>
        <ol className={classes.stepList}>
          <li>
            <div className={classes.stepBody}>
              {t("step_install")}
              <CopyLine prompt text={INSTALL} label={t("step_install_line")} />
            </div>
          </li>
          <li>
            <div className={classes.stepBody}>
              {t("step_join")}
              {token === undefined ? null : (
                <>
                  <CopyLine prompt text={token.command} label={t("step_join_line")} />
                  <QrCode text={token.command} label={t("step_join_qr")} size={176} />
                  <TokenLeft until={token.expires_at} />
                </>
              )}
              <Problem error={making.error} />
              <Group>
                <Button
                  variant={token === undefined ? "filled" : "default"}
                  loading={making.isPending}
                  onClick={() => {
                    making.mutate();
                  }}
                >
                  {t(token === undefined ? "make_token" : "make_another")}
                </Button>
              </Group>
            </div>
          </li>
          <li>
            <div className={classes.stepBody}>
              {t("step_run")}
              <CopyLine prompt text={RUN} label={t("step_run_line")} />
              <span className={classes.dim}>{t("docs_text")}</span>
            </div>
          </li>
        </ol>
      </Panel>
      <div role="status" aria-live="polite">
        {token === undefined && joined === undefined ? null : <SignOfLife agent={joined} site={site} />}
      </div>
    </Panels>
  );
}

function TokenLeft({ until }: { readonly until: string }) {
  const t = useTexts(texts);
  const isOver = Date.parse(until) <= useNow();
  return (
    <span className={classes.dim}>
      {isOver ? (
        t("token_over")
      ) : (
        <>
          {t("token_left")} <Countdown until={until} />
        </>
      )}
    </span>
  );
}

function SignOfLife({ agent, site }: { readonly agent: Agent | undefined; readonly site: Site }) {
  const t = useTexts(texts);
  if (agent?.online !== true) {
    return (
      <Panel>
        <div className={classes.alive}>
          <Loader size={22} />
          <p className={classes.aliveTitle}>{agent === undefined ? t("waiting") : t("joined", { name: agent.name })}</p>
        </div>
      </Panel>
    );
  }
  return (
    <Panel>
      <div className={classes.alive}>
        <IconPlugConnected size={24} aria-hidden color="var(--good)" />
        <div>
          <p className={classes.aliveTitle}>{t("alive", { name: agent.name })}</p>
          <p className={classes.dim}>{t("alive_text")}</p>
          <Button component={Link} href={`/inventory/sites/${site.id}`} variant="default" size="xs">
            {t("to_site")}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
