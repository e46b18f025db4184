import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { useLanguage, useTexts } from "../../i18n/language";
import { writeSeconds } from "../../i18n/times";
import { Ago } from "../../ui/times";
import { drillsQuery } from "./data";
import classes from "./home.module.css";
import { texts } from "./texts";

/** How the red button did the last time. */
export function LastDrill() {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const drills = useQuery(drillsQuery);
  const last = drills.data?.[0];
  if (last === undefined) return null;
  return (
    <p className={classes.note}>
      {t("last_drill")}: <Ago at={last.at} /> ·{" "}
      <Link href={`/sessions/drills/${last.id}`}>
        {t("drill", { time: writeSeconds(last.duration_ms / 1000, language) })}
      </Link>
    </p>
  );
}
