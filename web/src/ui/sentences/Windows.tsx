import { Fragment } from "react";

import type { Windows } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { Moment } from "../times";
import { daySpans, writeDay } from "./days";
import { windowTexts } from "./texts";

interface WindowsViewProps {
  readonly windows: Windows;
  readonly site?: string | undefined;
  /** Of a policy that refuses: it holds only in its freezes. */
  readonly refuses?: boolean;
}

/** When a policy holds: days, times and freezes, in the page's language. */
export function WindowsView({ windows, site, refuses = false }: WindowsViewProps) {
  const t = useTexts(windowTexts);
  const { language } = useLanguage();
  const { days, opens, closes, timezone, freezes } = windows;
  const spans = daySpans(days).map((span) => span.map((day) => writeDay(day, language)).join("–"));
  const named = spans.length > 0 ? spans.join(", ") : opens === null ? "" : t("every_day");
  const times = opens === null || closes === null ? "" : t("times", { from: opens, to: closes });
  return (
    <>
      {[named, times, timezone ?? ""].filter(Boolean).join(" ") || t("any_time")}
      {freezes.length === 0
        ? null
        : t.rich(refuses ? "only_in" : "but_not", { freezes: <Freezes freezes={freezes} site={site} /> })}
    </>
  );
}

function Freezes({ freezes, site }: { readonly freezes: Windows["freezes"]; readonly site: string | undefined }) {
  const t = useTexts(windowTexts);
  return freezes.map(({ name, starts_at, ends_at }, index) => (
    <Fragment key={name}>
      {index === 0 ? null : t("or")}
      {starts_at === null || ends_at === null
        ? t("freeze_undefined", { name })
        : t.rich("freeze", {
            name,
            starts_at: <Moment at={starts_at} site={site} />,
            ends_at: <Moment at={ends_at} site={site} />,
          })}
    </Fragment>
  ));
}
