import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconFileCheck } from "@tabler/icons-react";
import { Link } from "wouter";

import type { AccessRequest } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeDuration } from "../../i18n/times";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { TierBadges } from "../../ui/tiers";
import { Ago } from "../../ui/times";
import { waitingQuery } from "./data";
import classes from "./home.module.css";
import { texts } from "./texts";

/** Requests that wait for this person's word: enough to know whether it hurries, and one way to decide. */
export function Waiting() {
  const t = useTexts(texts);
  const waiting = useQuery(waitingQuery);
  const count = waiting.data?.length ?? 0;
  return (
    <Panel
      title={t("waits")}
      flush
      aside={<Link href="/requests?view=waiting">{t("all_requests")}</Link>}
      {...(count > 0 ? { tone: "notice" as const } : {})}
    >
      <Loaded query={waiting}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<IconFileCheck />} title={t("waits_none")} />
          ) : (
            <ul className={classes.items}>
              {items.map((request) => (
                <WaitingItem key={request.id} request={request} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function WaitingItem({ request }: { readonly request: AccessRequest }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  return (
    <li className={classes.item}>
      <div className={classes.itemBody}>
        <span className={classes.itemHead}>
          <strong>{request.user_name}</strong>
          <span>
            {request.asset_name} · {request.service_name}
          </span>
          <TierBadges tiers={request.tiers} opaque={request.rules.opaque ?? false} />
        </span>
        <p className={classes.quote}>{request.reason}</p>
        <span className={classes.dim}>
          {t("for_duration", { duration: writeDuration(request.duration, language) })}
          {request.ticket === "" ? "" : ` · ${request.ticket}`} · <Ago at={request.created_at} site={request.site} />
        </span>
      </div>
      <Button component={Link} href={`/requests/${request.id}`} size="sm">
        {t("decide")}
      </Button>
    </li>
  );
}
