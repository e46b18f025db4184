import { useQuery } from "@tanstack/react-query";

import { useTexts } from "../../i18n/language";
import { Ago } from "../../ui/times";
import { drillsQuery } from "./data";
import classes from "./home.module.css";
import { useSeconds } from "./seconds";
import { texts } from "./texts";

/** How the red button did the last time. */
export function LastDrill() {
  const t = useTexts(texts);
  const seconds = useSeconds();
  const drills = useQuery(drillsQuery);
  const last = drills.data?.[0];
  if (last === undefined) return null;
  return (
    <p className={classes.note}>
      {t("last_drill")}: <Ago at={last.at} /> · {t("drill", { seconds: seconds(last.duration_ms) })}
    </p>
  );
}
