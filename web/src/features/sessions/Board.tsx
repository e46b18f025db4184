import { useQuery } from "@tanstack/react-query";
import { IconBroadcastOff } from "@tabler/icons-react";
import { useState } from "react";

import { useMe } from "../../api/me";
import type { Session } from "../../api/types";
import { useLanguage, useTexts, type Translator } from "../../i18n/language";
import type { Language } from "../../i18n/texts";
import { writeBytes } from "../../i18n/times";
import { Choice, Filters } from "../../ui/fields";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel, Panels } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Cut } from "../../ui/red/RedButtons";
import { Signal } from "../../ui/Signal";
import { TierBadges } from "../../ui/tiers";
import { Countdown } from "../../ui/times";
import { useSiteOfWork } from "../../ui/zones";
import classes from "./Board.module.css";
import { Ready } from "./Connecting";
import { liveSessionsQuery } from "./data";
import { OrganizationName, SiteName } from "./Names";
import type { Rates } from "./rates";
import { Sparkline } from "./Sparkline";
import { Supervision } from "./Supervision";
import { texts } from "./texts";
import { Wishes } from "./Wishes";

type Whose = "all" | "vendor" | "mine";

/** Who is connected now, and what they do. */
export function Board() {
  const t = useTexts(texts);
  const me = useMe();
  const { site } = useSiteOfWork();
  const [whose, setWhose] = useState<Whose>("all");
  const filter = { site: site?.id ?? null, vendor: whose === "vendor", mine: whose === "mine" };
  const sessions = useQuery(liveSessionsQuery(filter));
  const seesAll = me.may("sessions:read_all");
  return (
    <Panels>
      <Wishes sessions={sessions.data?.items ?? []} />
      {me.may("sessions:open") ? <Ready /> : null}
      <Panel title={t("live")} aside={sessions.data?.items.length ?? ""} flush>
        {seesAll ? (
          <Filters>
            <Choice
              label={t("show")}
              value={whose}
              options={(["all", "vendor", "mine"] as const).map((value) => ({ value, label: t(`filter_${value}`) }))}
              choose={setWhose}
            />
          </Filters>
        ) : null}
        <Loaded query={sessions}>
          {({ items, rates }) =>
            items.length === 0 ? (
              <Empty icon={<IconBroadcastOff />} title={t(seesAll && whose !== "mine" ? "none_live" : "none_mine")}>
                {seesAll ? t("none_live_text") : undefined}
              </Empty>
            ) : (
              <Live items={items} rates={rates} />
            )
          }
        </Loaded>
      </Panel>
    </Panels>
  );
}

interface LiveProps {
  readonly items: readonly Session[];
  readonly rates: Rates;
}

function Live({ items, rates }: LiveProps) {
  const t = useTexts(texts);
  const me = useMe();
  const { language } = useLanguage();
  const { site, sites } = useSiteOfWork();
  const shown: readonly (readonly Column<Session>[])[] = [
    who(t, me.may("sessions:read_all")),
    site === null && sites.length > 1 ? [{ title: t("site"), cell: (session) => <SiteName id={session.site} /> }] : [],
    doing(t, language, rates),
    me.may("sessions:cut")
      ? [
          {
            title: t("act"),
            cell: (session) => (session.user === me.id ? null : <Cut session={session} small />),
            align: "end",
          },
        ]
      : [],
  ];
  return (
    <RecordList
      label={t("live")}
      items={items}
      columns={shown.flat()}
      id={({ id }) => id}
      href={({ id }) => `/sessions/${id}`}
    />
  );
}

function who(t: Translator<typeof texts>, seesAll: boolean): readonly Column<Session>[] {
  const asset: Column<Session> = {
    title: t("asset"),
    cell: (session) => (
      <>
        {session.asset_name} <span className={classes.note}>{session.service_name}</span>
      </>
    ),
  };
  if (!seesAll) return [asset];
  return [
    asset,
    {
      title: t("user"),
      cell: (session) => (
        <span className={classes.user}>
          {session.user_name}
          <span className={classes.note}>
            <OrganizationName id={session.organization} />
          </span>
          {session.supervision === "waiting" ? <Supervision session={session} /> : null}
        </span>
      ),
    },
  ];
}

function doing(t: Translator<typeof texts>, language: Language, rates: Rates): readonly Column<Session>[] {
  return [
    { title: t("tiers_used"), cell: (session) => <Used session={session} /> },
    {
      title: t("rate"),
      cell: (session) => (
        <span className={classes.rate}>
          <Sparkline samples={rates[session.id] ?? []} />
          <span className="figures">{t("rate_value", { rate: session.rate })}</span>
        </span>
      ),
    },
    {
      title: t("denied"),
      cell: ({ denials }) => (
        <span className={denials > 0 ? classes.denied : classes.note}>{denials.toLocaleString(language)}</span>
      ),
      align: "end",
    },
    {
      title: t("bytes"),
      cell: (session) => (
        <span className={classes.bytes}>{writeBytes(session.bytes_to_asset + session.bytes_to_user, language)}</span>
      ),
      align: "end",
    },
    { title: t("left"), cell: (session) => <Left session={session} />, align: "end" },
  ];
}

/** The tiers that somebody has used, which may be less than they may. */
export function Used({ session }: { readonly session: Session }) {
  const t = useTexts(texts);
  if (session.tiers.length === 0) return <TierBadges tiers={[]} opaque />;
  if (session.tiers_used.length === 0) return <span className={classes.note}>{t("nothing_yet")}</span>;
  return <TierBadges tiers={session.tiers_used} />;
}

/** How long it may still go on; a held session waits for the plant. */
export function Left({ session }: { readonly session: Session }) {
  const t = useTexts(texts);
  if (session.state === "held") return <Signal tone="notice">{t("held")}</Signal>;
  const whole = (Date.parse(session.not_after) - Date.parse(session.opened_at)) / 1000;
  return <Countdown until={session.not_after} whole={whole} />;
}
