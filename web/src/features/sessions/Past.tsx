import { useInfiniteQuery } from "@tanstack/react-query";
import { IconHistory } from "@tabler/icons-react";
import { useState } from "react";

import { useMe } from "../../api/me";
import type { Session } from "../../api/types";
import { useLanguage, useTexts, type Translator } from "../../i18n/language";
import type { Language } from "../../i18n/texts";
import { EndReason } from "../../ui/ends/End";
import { Choice, Filters } from "../../ui/fields";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Duration, Moment } from "../../ui/times";
import { useSiteOfWork } from "../../ui/zones";
import { Used } from "./Board";
import classes from "./Board.module.css";
import { pastSessionsQuery } from "./data";
import { OrganizationName } from "./Names";
import { texts } from "./texts";

type Whose = "all" | "vendor" | "mine";

/** Sessions that have ended, newest first. */
export function Past() {
  const t = useTexts(texts);
  const me = useMe();
  const { language } = useLanguage();
  const { site } = useSiteOfWork();
  const [whose, setWhose] = useState<Whose>("all");
  const filter = { site: site?.id ?? null, vendor: whose === "vendor", mine: whose === "mine" };
  const sessions = useInfiniteQuery(pastSessionsQuery(filter));
  return (
    <Panel flush>
      {me.may("sessions:read_all") ? (
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
        {(all) => {
          const items = all.filter(({ state }) => state === "ended");
          return items.length === 0 && !sessions.hasNextPage ? (
            <Empty icon={<IconHistory />} title={t("none_past")} />
          ) : (
            <RecordList
              label={t("view_past")}
              items={items}
              columns={columns(t, language)}
              id={({ id }) => id}
              href={({ id }) => `/sessions/${id}`}
              more={sessions}
            />
          );
        }}
      </Loaded>
    </Panel>
  );
}

function columns(t: Translator<typeof texts>, language: Language): readonly Column<Session>[] {
  return [
    {
      title: t("asset"),
      cell: (session) => (
        <>
          {session.asset_name} <span className={classes.note}>{session.service_name}</span>
        </>
      ),
    },
    {
      title: t("user"),
      cell: (session) => (
        <span className={classes.user}>
          {session.user_name}
          <span className={classes.note}>
            <OrganizationName id={session.organization} />
          </span>
        </span>
      ),
    },
    { title: t("opened"), cell: (session) => <Moment at={session.opened_at} site={session.site} /> },
    { title: t("ended"), cell: (session) => <Lasted session={session} /> },
    { title: t("tiers_used"), cell: (session) => <Used session={session} /> },
    {
      title: t("denied"),
      cell: ({ denials }) => (
        <span className={denials > 0 ? classes.denied : classes.note}>{denials.toLocaleString(language)}</span>
      ),
      align: "end",
    },
    { title: t("ended_why"), cell: (session) => <EndReason code={session.end_code ?? ""} /> },
  ];
}

function Lasted({ session: { opened_at: opened, ended_at: ended } }: { readonly session: Session }) {
  return ended === null ? null : <Duration seconds={(Date.parse(ended) - Date.parse(opened)) / 1000} />;
}
