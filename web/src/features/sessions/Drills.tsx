import { useQuery } from "@tanstack/react-query";
import { IconAlarm } from "@tabler/icons-react";

import type { Drill } from "../../api/types";
import { useLanguage, useTexts, type Translator } from "../../i18n/language";
import type { Language } from "../../i18n/texts";
import { writeSeconds } from "../../i18n/times";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { slowest } from "../../ui/red/cuts";
import { Moment } from "../../ui/times";
import { drillsQuery } from "./data";
import { SiteName, UserName } from "./Names";
import { texts } from "./texts";

/** Every press of the red button. */
export function Drills() {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const drills = useQuery(drillsQuery);
  return (
    <Panel flush>
      <Loaded query={drills}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<IconAlarm />} title={t("reports_none")}>
              {t("reports_none_text")}
            </Empty>
          ) : (
            <RecordList
              label={t("view_drills")}
              items={items}
              columns={columns(t, language)}
              id={({ id }) => id}
              href={({ id }) => `/sessions/drills/${id}`}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function columns(t: Translator<typeof texts>, language: Language): readonly Column<Drill>[] {
  return [
    { title: t("pressed_at"), cell: (drill) => <Moment at={drill.at} {...siteOf(drill)} style="second" /> },
    { title: t("pressed_by"), cell: (drill) => <UserName id={drill.by} /> },
    { title: t("scope"), cell: (drill) => <Scope drill={drill} /> },
    { title: t("reason"), cell: (drill) => drill.reason },
    { title: t("cut_sessions"), cell: (drill) => drill.sessions.length.toLocaleString(language), align: "end" },
    {
      title: t("slowest"),
      cell: (drill) => (
        <span className="figures">{drill.sessions.length === 0 ? "–" : writeSeconds(slowest(drill), language)}</span>
      ),
      align: "end",
    },
  ];
}

function siteOf({ site }: Drill): { readonly site?: string } {
  return site === null ? {} : { site };
}

/** Whose sessions were meant, and where. */
export function Scope({ drill }: { readonly drill: Drill }) {
  const t = useTexts(texts);
  const where =
    drill.site === null ? t("scope_everywhere") : t.rich("scope_site", { site: <SiteName id={drill.site} /> });
  return (
    <>
      {t(drill.vendor_only ? "scope_vendor" : "scope_all")} {where}
    </>
  );
}
