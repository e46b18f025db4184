import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { Link } from "wouter";

import { useMe } from "../../api/me";
import type { AccessRequest, Session } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Facts } from "../../ui/Facts";
import { Empty, Loaded } from "../../ui/Loaded";
import { OperationRow } from "../../ui/operations/OperationRow";
import { Panel } from "../../ui/Page";
import { MoreRows } from "../../ui/RecordList";
import { StateBadge } from "../../ui/states";
import { TierBadges } from "../../ui/tiers";
import { Duration, Moment } from "../../ui/times";
import { useZone } from "../../ui/zones";
import { graveOperationsQuery, sessionsOfQuery } from "./data";
import classes from "./requests.module.css";
import { reviewTexts } from "./texts";

/** What an access was used for: every session of it, with what it changed and what it was refused. */
export function ReviewedSessions({ request: { grant } }: { readonly request: AccessRequest }) {
  const t = useTexts(reviewTexts);
  return grant === null ? (
    <Panel title={t("sessions")}>
      <Unused />
    </Panel>
  ) : (
    <Sessions grant={grant} />
  );
}

function Unused() {
  const t = useTexts(reviewTexts);
  return <Empty icon={<IconPlugConnectedX />} title={t("sessions_none")} />;
}

function Sessions({ grant }: { readonly grant: string }) {
  const t = useTexts(reviewTexts);
  const sessions = useInfiniteQuery(sessionsOfQuery(grant));
  return (
    <Panel title={t("sessions")} flush>
      <Loaded query={sessions}>
        {(items) =>
          items.length === 0 ? (
            <Unused />
          ) : (
            <>
              <ul className={classes.sessions}>
                {items.map((session) => (
                  <li key={session.id}>
                    <OneSession session={session} />
                  </li>
                ))}
              </ul>
              {sessions.hasNextPage ? (
                <>
                  <p className={classes.hint}>{t("sessions_more", { count: items.length })}</p>
                  <MoreRows more={sessions} />
                </>
              ) : null}
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

function OneSession({ session }: { readonly session: Session }) {
  const t = useTexts(reviewTexts);
  const me = useMe();
  const recording = me.may("recordings:read") ? session.recording : null;
  return (
    <article className={classes.session}>
      <h3 className={classes.sessionHead}>
        <Link href={`/sessions/${session.id}`}>{t("session", { user: session.user_name })}</Link>
        {session.state === "open" || session.state === "held" || session.state === "ended" ? (
          <StateBadge state={session.state} />
        ) : null}
      </h3>
      <Facts
        facts={[
          { label: t("opened"), value: <Moment at={session.opened_at} site={session.site} /> },
          { label: t("lasted"), value: <Lasted session={session} /> },
          { label: t("from_address"), value: session.address },
          { label: t("tiers_used"), value: <TierBadges tiers={session.tiers_used} /> },
          { label: t("wrote"), value: t("times", { count: session.writes }) },
          { label: t("denied"), value: t("times", { count: session.denials }) },
        ]}
      />
      {recording === null ? null : (
        <>
          <Link href={`/recordings/${recording}`}>{t("replay")}</Link>
          {session.writes + session.denials === 0 ? null : <Grave recording={recording} session={session} />}
        </>
      )}
    </article>
  );
}

function Lasted({ session: { opened_at: opened, ended_at: ended } }: { readonly session: Session }) {
  return ended === null ? null : <Duration seconds={(Date.parse(ended) - Date.parse(opened)) / 1000} />;
}

/** What wrote and what was refused, operation by operation. */
function Grave({ recording, session }: { readonly recording: string; readonly session: Session }) {
  const t = useTexts(reviewTexts);
  const zone = useZone(session.site);
  const found = useQuery({ ...graveOperationsQuery(recording, session), placeholderData: keepPreviousData });
  return (
    <Loaded query={found}>
      {(operations) => (
        <>
          <ol className={classes.grave} aria-label={t("grave")}>
            {operations.map((asked) => (
              <li key={`${asked.stream.toString()}-${asked.since_start_ns.toString()}`}>
                <OperationRow exchange={{ asked, answer: null }} zone={zone} />
              </li>
            ))}
          </ol>
          {operations.length < session.writes + session.denials ? (
            <p className={classes.hint}>{t("grave_more", { count: operations.length })}</p>
          ) : null}
        </>
      )}
    </Loaded>
  );
}
