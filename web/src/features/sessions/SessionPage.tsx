import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconHistory } from "@tabler/icons-react";
import { Link, useParams } from "wouter";

import { useMe } from "../../api/me";
import type { Session } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeBytes } from "../../i18n/times";
import { End } from "../../ui/ends/End";
import { Facts } from "../../ui/Facts";
import { Fingerprint } from "../../ui/fingerprint/Fingerprint";
import { Empty, Loaded } from "../../ui/Loaded";
import { Columns, Page, Panel, Panels } from "../../ui/Page";
import { Questions } from "../../ui/questions/Questions";
import { Signal } from "../../ui/Signal";
import { StateBadge } from "../../ui/states";
import { TierBadges } from "../../ui/tiers";
import { BothClocks } from "../../ui/times";
import { Acts } from "./Acts";
import { Left, Used } from "./Board";
import { Connecting } from "./Connecting";
import { sessionQuery } from "./data";
import { OrganizationName, SiteName } from "./Names";
import classes from "./SessionPage.module.css";
import { Sparkline } from "./Sparkline";
import { Supervision } from "./Supervision";
import { texts } from "./texts";
import { Watched } from "./Watched";
import { Wishes } from "./Wishes";

/** One session: what is said in it now, by whom, with what right, and how it is ended. */
export default function SessionPage() {
  const t = useTexts(texts);
  const { session: id } = useParams<{ session: string }>();
  const found = useQuery(sessionQuery(id));
  const session = found.data?.items[0];
  const isLive = session !== undefined && session.state !== "ended";
  return (
    <Page
      title={session === undefined ? t("session") : `${session.asset_name} · ${session.user_name}`}
      above={<Link href="/sessions">{t("sessions")}</Link>}
      lead={session === undefined ? undefined : <Lead session={session} />}
      actions={isLive ? <Acts session={session} /> : undefined}
    >
      <Loaded query={found}>
        {({ items: [known], rates }) =>
          known === undefined ? null : <Known session={known} rates={rates[id] ?? []} />
        }
      </Loaded>
    </Page>
  );
}

function Lead({ session }: { readonly session: Session }) {
  const t = useTexts(texts);
  const isLive = session.state !== "ended";
  return (
    <span className={classes.lead}>
      <StateBadge state={isState(session.state) ? session.state : "ended"} />
      {session.emergency ? <Signal tone="alarm">{t("emergency")}</Signal> : null}
      <Supervision session={session} />
      {isLive && session.state === "open" ? (
        <span>
          {t("left")}: <Left session={session} />
        </span>
      ) : null}
    </span>
  );
}

function isState(state: string): state is "open" | "held" | "ended" {
  return state === "open" || state === "held" || state === "ended";
}

interface KnownProps {
  readonly session: Session;
  readonly rates: readonly number[];
}

function Known({ session, rates }: KnownProps) {
  const me = useMe();
  const isLive = session.state !== "ended";
  return (
    <Columns
      main={
        <Panels>
          {isLive ? <Questions session={session.id} /> : null}
          {isLive ? <Wishes sessions={[session]} /> : <Over session={session} />}
          {isLive && me.id === session.user ? <Connecting session={session} /> : null}
          {isLive ? null : <Fingerprint looked={session.fingerprint} />}
          {isLive ? <Watched session={session} /> : null}
        </Panels>
      }
      side={
        <Panels>
          <Counters session={session} rates={rates} />
          <About session={session} />
          {isLive ? <Fingerprint looked={session.fingerprint} /> : null}
        </Panels>
      }
    />
  );
}

function Over({ session }: { readonly session: Session }) {
  const t = useTexts(texts);
  const me = useMe();
  return (
    <Panel>
      <Empty
        icon={<IconHistory />}
        title={t("ended_title")}
        action={
          session.recording !== null && me.may("recordings:read") ? (
            <Button component={Link} href={`/recordings/${session.recording}`}>
              {t("replay")}
            </Button>
          ) : undefined
        }
      >
        <End code={session.end_code ?? ""} detail={session.end_detail} />
        {session.ended_at === null ? null : (
          <div>
            <BothClocks at={session.ended_at} site={session.site} style="second" />
          </div>
        )}
      </Empty>
    </Panel>
  );
}

/** What is counted, as of the last look. */
function Counters({ session, rates }: KnownProps) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const count = (value: number) => value.toLocaleString(language);
  const isLive = session.state !== "ended";
  return (
    <Panel>
      <Facts
        facts={[
          { label: t("tiers_used"), value: <Used session={session} /> },
          isLive
            ? {
                label: t("rate"),
                value: (
                  <span className={classes.rate}>
                    <Sparkline samples={rates} />
                    <span className="figures">{t("rate_value", { rate: session.rate })}</span>
                  </span>
                ),
              }
            : null,
          { label: t("operations"), value: count(session.operations) },
          { label: t("writes"), value: count(session.writes) },
          {
            label: t("denied"),
            value: <span className={session.denials > 0 ? classes.denied : undefined}>{count(session.denials)}</span>,
          },
          {
            label: t("bytes"),
            value: `${writeBytes(session.bytes_to_asset, language)} ${t("to_asset")}, ${writeBytes(session.bytes_to_user, language)} ${t("to_user")}`,
          },
          isLive ? { label: t("streams"), value: count(session.streams) } : null,
        ]}
      />
    </Panel>
  );
}

function About({ session }: { readonly session: Session }) {
  const t = useTexts(texts);
  return (
    <Panel title={t("facts")}>
      <Facts
        facts={[
          { label: t("user"), value: session.user_name },
          { label: t("organization"), value: <OrganizationName id={session.organization} /> },
          { label: t("address"), value: session.address },
          { label: t("asset"), value: `${session.asset_name} · ${session.service_name}` },
          { label: t("site"), value: <SiteName id={session.site} /> },
          { label: t("may"), value: <TierBadges tiers={session.tiers} opaque={session.tiers.length === 0} /> },
          { label: t("reason_given"), value: session.reason },
          { label: t("ticket"), value: session.ticket },
          { label: t("policy"), value: session.policy },
          { label: t("opened"), value: <BothClocks at={session.opened_at} site={session.site} /> },
          { label: t("until"), value: <BothClocks at={session.not_after} site={session.site} /> },
          session.request === null
            ? null
            : {
                label: t("request"),
                value: <Link href={`/requests/${session.request}`}>{t("request_show")}</Link>,
              },
        ]}
      />
    </Panel>
  );
}
