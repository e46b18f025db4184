/** Which events are shown, as it stands in the page's address: a look at the log can be sent to a colleague. Pure. */

export const SPANS = { hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400 } as const;
export type Span = keyof typeof SPANS | "all" | "own";

export interface Filter {
  /** An action, or with a dot at its end all that begin so; "" for all. */
  readonly action: string;
  readonly actor: string;
  readonly target: string;
  /** Looked for here, in what the broker has sent. */
  readonly text: string;
  readonly span: Span;
  /** For `own`: moments in UTC; "" leaves an end open. */
  readonly since: string;
  readonly until: string;
}

/** What the broker is asked for. */
export interface Wanted {
  readonly action?: string;
  readonly actor?: string;
  readonly target?: string;
  readonly since?: string;
  readonly until?: string;
}

export const EVERYTHING: Filter = { action: "", actor: "", target: "", text: "", span: "all", since: "", until: "" };
const NAMES = Object.keys(EVERYTHING) as (keyof Filter)[];
/** As long as the broker takes them. */
const LONGEST = 200;

/** Read a filter out of an address; what makes no sense counts as not there. */
export function readFilter(address: URLSearchParams): Filter {
  const said = (name: keyof Filter) => (address.get(name) ?? "").slice(0, LONGEST);
  const span = said("span");
  const [since, until] = [moment(said("since")), moment(said("until"))];
  return {
    action: said("action"),
    actor: said("actor"),
    target: said("target"),
    text: said("text"),
    span: isSpan(span) ? span : since === "" && until === "" ? "all" : "own",
    since,
    until,
  };
}

/** Write a filter into an address; nothing for what does not restrict. */
export function writeFilter(filter: Filter): Record<string, string> {
  const entries = NAMES.map((name) => [name, filter[name]] as const);
  return Object.fromEntries(entries.filter(([name, value]) => value !== EVERYTHING[name]));
}

/** The address of the log with a filter. */
export function logWith(filter: Partial<Filter>): string {
  return `/audit?${new URLSearchParams(writeFilter({ ...EVERYTHING, ...filter })).toString()}`;
}

/** What to ask the broker for at a moment (in milliseconds). The text is not its business. */
export function wantedAt(filter: Filter, now: number): Wanted {
  const { action, actor, target, span } = filter;
  const since = span === "own" ? filter.since : span === "all" ? "" : new Date(now - SPANS[span] * 1000).toISOString();
  const until = span === "own" ? filter.until : "";
  const asked = { action, actor, target, since, until };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ""));
}

function isSpan(text: string): text is Span {
  return Object.hasOwn(SPANS, text) || text === "all" || text === "own";
}

function moment(text: string): string {
  return text !== "" && !Number.isNaN(Date.parse(text)) ? text : "";
}
