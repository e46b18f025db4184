import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconBroadcast, IconEye } from "@tabler/icons-react";
import { Link } from "wouter";

import { useMe } from "../../api/me";
import type { Session } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { Cut, CutAll } from "../../ui/red/RedButtons";
import { Signal } from "../../ui/Signal";
import { StateBadge } from "../../ui/states";
import { TierBadges } from "../../ui/tiers";
import { Countdown } from "../../ui/times";
import { useSiteOfWork } from "../../ui/zones";
import { liveSessionsQuery } from "./data";
import classes from "./home.module.css";
import { LastDrill } from "./LastDrill";
import { texts } from "./texts";

/** Who is in the plant right now, with a red button for each, and one for all vendors. */
export function InPlant() {
  const t = useTexts(texts);
  const me = useMe();
  const { site } = useSiteOfWork();
  const sessions = useQuery(liveSessionsQuery);
  const here = sessions.data?.filter((session) => site === null || session.site === site.id) ?? [];
  return (
    <Panel title={t("in_plant")} flush aside={me.may("sessions:cut") ? <CutAll small /> : undefined}>
      <Loaded query={sessions}>
        {() =>
          here.length === 0 ? (
            <Empty icon={<IconBroadcast />} title={t("in_plant_none")}>
              {t("in_plant_none_text")}
            </Empty>
          ) : (
            <ul className={classes.items}>
              {here.map((session) => (
                <LiveItem
                  key={session.id}
                  session={session}
                  mayCut={me.may("sessions:cut") && session.user !== me.id}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {me.may("sessions:cut") ? <LastDrill /> : null}
    </Panel>
  );
}

function LiveItem({ session, mayCut }: { readonly session: Session; readonly mayCut: boolean }) {
  const t = useTexts(texts);
  return (
    <li className={classes.item}>
      <div className={classes.itemBody}>
        <span className={classes.itemHead}>
          <strong>{session.user_name}</strong>
          {session.vendor ? <Signal tone="info">{t("vendor")}</Signal> : null}
          <Link href={`/sessions/${session.id}`}>
            {session.asset_name} · {session.service_name}
          </Link>
        </span>
        <span className={classes.itemHead}>
          <Signal tone={session.connected ? "good" : "calm"} plain>
            {t(session.connected ? "connected" : "not_connected")}
          </Signal>
          {session.supervision === "waiting" ? <Signal tone="notice">{t("waits_to_be_watched")}</Signal> : null}
          <TierBadges tiers={session.tiers_used.length > 0 ? session.tiers_used : session.tiers} />
          {session.writes > 0 ? <span className={classes.dim}>{t("writes", { count: session.writes })}</span> : null}
          {session.denials > 0 ? (
            <Signal tone="alarm" plain>
              {t("denials", { count: session.denials })}
            </Signal>
          ) : null}
          {session.rate > 0 ? <span className={classes.dim}>{t("per_second", { rate: session.rate })}</span> : null}
        </span>
      </div>
      <span className={classes.left}>
        {session.state === "held" ? <StateBadge state="held" /> : <Countdown until={session.not_after} />}
      </span>
      {mayCut && session.supervision === "waiting" ? (
        <Button
          component={Link}
          href={`/sessions/${session.id}`}
          size="sm"
          leftSection={<IconEye size={16} aria-hidden />}
        >
          {t("watch")}
        </Button>
      ) : null}
      {mayCut ? <Cut session={session} /> : null}
    </li>
  );
}
