import { Anchor, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconPlugConnected, IconTerminal2 } from "@tabler/icons-react";
import { Link } from "wouter";

import type { Grant, Session } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { lineAmong, sessionLine, signInLine, toolLine } from "../../ui/commands";
import { CopyLine } from "../../ui/CopyLine";
import { Panel } from "../../ui/Page";
import { Signal } from "../../ui/Signal";
import { TierBadges } from "../../ui/tiers";
import { Moment } from "../../ui/times";
import classes from "./Connecting.module.css";
import { liveSessionsQuery, usableGrantsQuery } from "./data";
import { Supervision } from "./Supervision";
import { texts } from "./texts";

const MINE = { site: null, vendor: false, mine: true };

/** What one may use now: the line to run for each, and whether it was. */
export function Ready() {
  const t = useTexts(texts);
  const grants = useQuery(usableGrantsQuery);
  const sessions = useQuery(liveSessionsQuery(MINE));
  const found = grants.data ?? [];
  if (found.length === 0) return null;
  return (
    <Panel title={t("ready")}>
      <Stack gap="md">
        <Text size="sm">{t.rich("ready_text", { wicket: <code className={classes.code}>wicket</code> })}</Text>
        {found.map((grant) => (
          <ReadyGrant
            key={grant.id}
            grant={grant}
            held={found}
            session={sessions.data?.items.find((session) => session.grant === grant.id)}
          />
        ))}
        <SignInFirst />
      </Stack>
    </Panel>
  );
}

interface ReadyGrantProps {
  readonly grant: Grant;
  /** All that one may use now: where another one opens the same service, the line says which. */
  readonly held: readonly Grant[];
  readonly session: Session | undefined;
}

function ReadyGrant({ grant, held, session }: ReadyGrantProps) {
  const t = useTexts(texts);
  const isEarly = grant.state === "waiting";
  return (
    <div className={classes.grant}>
      <div className={classes.head}>
        <strong>
          {grant.asset_name} <span className={classes.note}>{grant.service_name}</span>
        </strong>
        <TierBadges tiers={grant.rules.tiers ?? []} opaque={grant.rules.opaque ?? false} />
        <span className={classes.note}>
          {t.rich("ready_until", {
            at: <Moment at={isEarly ? grant.usable_until : (grant.ends_at ?? grant.usable_until)} site={grant.site} />,
          })}
        </span>
      </div>
      <CopyLine prompt label={t("line_of", { asset: grant.asset_name })} text={lineAmong(grant, held)} />
      <div role="status" className={classes.status}>
        {session === undefined ? (
          <span className={classes.waiting}>
            <span className={classes.pulse} aria-hidden />
            {t("waiting")}
          </span>
        ) : (
          <>
            <Signal tone="good" icon={<IconPlugConnected aria-hidden />}>
              {t("connected")}
            </Signal>
            <Anchor component={Link} href={`/sessions/${session.id}`} size="sm">
              {t("to_session")}
            </Anchor>
          </>
        )}
      </div>
    </div>
  );
}

/** For the user of a session: whether their terminal is there, and how it comes (back). */
export function Connecting({ session }: { readonly session: Session }) {
  const t = useTexts(texts);
  const tool = toolLine(session);
  return (
    <Panel title={t("connect")}>
      <Stack gap="sm">
        <div role="status" className={classes.status}>
          {session.connected ? (
            <>
              <Signal tone="good" icon={<IconPlugConnected aria-hidden />}>
                {t("connected")}
              </Signal>
              <Text size="sm">
                {session.streams > 0 ? t("connected_streams", { count: session.streams }) : t("connected_idle")}
              </Text>
            </>
          ) : (
            <>
              <Signal tone="notice" icon={<IconTerminal2 aria-hidden />}>
                {t("waiting")}
              </Signal>
              <Text size="sm">{t("not_connected")}</Text>
            </>
          )}
        </div>
        {session.supervision === "waiting" ? (
          <div role="status" className={classes.status}>
            <Supervision session={session} />
            <Text size="sm">{t("supervision_waiting_text")}</Text>
          </div>
        ) : null}
        <CopyLine prompt label={t("line_of", { asset: session.asset_name })} text={sessionLine(session)} />
        {tool === null ? (
          <Text size="sm">{t("without_tool")}</Text>
        ) : (
          <CopyLine prompt label={t("with_tool")} text={tool} />
        )}
        <SignInFirst />
      </Stack>
    </Panel>
  );
}

function SignInFirst() {
  const t = useTexts(texts);
  return (
    <details className={classes.more}>
      <summary>{t("sign_in_first")}</summary>
      <CopyLine prompt label={t("sign_in_line")} text={signInLine(location)} />
    </details>
  );
}
