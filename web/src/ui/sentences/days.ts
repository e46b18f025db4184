/** Days of the week as people say them: in spans where three or more follow each other. Pure. */

import type { Windows } from "../../api/types";
import type { Language } from "../../i18n/texts";

type Day = Windows["days"][number];

const DAYS: readonly Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/** 5 January 2026 was a Monday. */
const MONDAY = Date.UTC(2026, 0, 5);

/** "mon, tue, wed, sat" as [[mon, wed], [sat]]: first and last of a span, or one day alone. */
export function daySpans(days: readonly Day[]): Day[][] {
  const runs: Day[][] = [];
  for (const day of DAYS.filter((each) => days.includes(each))) {
    const run = runs.at(-1);
    const before = DAYS[DAYS.indexOf(day) - 1];
    if (run !== undefined && run.at(-1) === before) run.push(day);
    else runs.push([day]);
  }
  return runs.flatMap((run) => (run.length > 2 ? [[...run.slice(0, 1), ...run.slice(-1)]] : run.map((day) => [day])));
}

/** "Mon", "Mo". */
export function writeDay(day: Day, language: Language): string {
  const at = MONDAY + DAYS.indexOf(day) * 86_400_000;
  return new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(at);
}
