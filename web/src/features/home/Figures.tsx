import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import type { Overview } from "../../api/types";
import { useTexts } from "../../i18n/language";
import type { Catalogue } from "../../i18n/texts";
import { overviewQuery } from "./data";
import classes from "./home.module.css";
import { texts } from "./texts";

type English<C> = C extends Catalogue<infer E> ? E : never;
type Name = {
  [Key in keyof English<typeof texts>]: English<typeof texts>[Key] extends { one: string } ? Key : never;
}[keyof English<typeof texts>];

interface Figure {
  readonly name: Name;
  readonly count: number;
  readonly href: string;
  /** Grey while all is well: a colour says that somebody should look. */
  readonly tone?: "notice" | "alarm";
}

/** What the overview says, as figures that lead to what they count; whatever one may not know is not there. */
function figuresOf(overview: Overview): readonly Figure[] {
  const { agents } = overview;
  const figure = (name: Name, count: number | null | undefined, href: string, tone?: Figure["tone"]): Figure[] =>
    count == null ? [] : [{ name, count, href, ...(tone !== undefined && count > 0 ? { tone } : {}) }];
  return [
    ...figure("questions", overview.questions === 0 ? null : overview.questions, "/sessions", "alarm"),
    ...figure("waiting", overview.waiting, "/requests?view=waiting", "notice"),
    ...figure("my_requests", overview.my_requests > 0 ? overview.my_requests : null, "/requests?view=mine"),
    ...figure("live_sessions", overview.live_sessions, "/sessions"),
    ...figure("vendor_sessions", overview.vendor_sessions, "/sessions"),
    ...figure("agents_online", agents?.online, "/inventory"),
    ...figure("agents_offline", agents !== null && agents.offline > 0 ? agents.offline : null, "/inventory", "notice"),
    ...figure(
      "agents_quarantined",
      agents !== null && agents.quarantined > 0 ? agents.quarantined : null,
      "/inventory",
      "alarm",
    ),
    ...figure("open_reviews", overview.open_reviews, "/requests/reviews", "notice"),
    ...figure("audit_links", overview.audit?.links, "/audit"),
  ];
}

/** A line of figures on top of the page. */
export function Figures() {
  const t = useTexts(texts);
  const overview = useQuery(overviewQuery);
  const figures = overview.data === undefined ? [] : figuresOf(overview.data);
  if (figures.length < 2) return null;
  return (
    <ul className={classes.figures} aria-label={t("figures")}>
      {figures.map(({ name, count, href, tone }) => (
        <li key={name}>
          <Link href={href} className={classes.figure} data-alert={tone}>
            <span className={classes.count}>{count.toLocaleString()}</span>
            <span className={classes.figureName}>{t(name, { count })}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
