/** Reading an event: what it names, where that leads, and what of it fits into one line. Pure. */

import type { AuditEvent } from "./data";

type Details = AuditEvent["details"];

const ID = /^([a-z]{3})_[a-z0-9]{20,32}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** The pages of things, by the prefix of their ids. */
const PAGES: Readonly<Record<string, string>> = {
  ast: "/inventory/assets/",
  grp: "/people/groups/",
  rec: "/recordings/",
  req: "/requests/",
  ses: "/sessions/",
  sit: "/inventory/sites/",
  usr: "/people/users/",
};

/** The prefix of an id, or null for a text that is none. */
export function prefixOf(text: string): string | null {
  return ID.exec(text)?.[1] ?? null;
}

/** The page of the thing that an id names; null where there is none. */
export function pageOf(id: string): string | null {
  const page = PAGES[prefixOf(id) ?? ""];
  return page === undefined ? null : page + id;
}

/** Whether a text of the details is a moment. */
export function isMoment(text: string): boolean {
  return MOMENT.test(text) && !Number.isNaN(Date.parse(text));
}

/** The first word of an action: what it is about. */
export function subjectOf(action: string): string {
  return action.split(".", 1)[0] ?? "";
}

/** Where the target of an event leads; policies are named, everything else has an id. */
export function targetPage(event: Pick<AuditEvent, "action" | "target">): string | null {
  if (subjectOf(event.action) === "policy" && event.target !== "") return `/policies/${event.target}`;
  return pageOf(event.target);
}

/** The member of these names that is a text, the first one. */
function firstText(details: Details, ...names: readonly string[]): string {
  const found = names.map((name) => details[name]).find((value) => typeof value === "string" && value !== "");
  return typeof found === "string" ? found : "";
}

/** What people call the thing that an event is about, as far as the event itself knows. */
export function targetName({ action, target, details }: Pick<AuditEvent, "action" | "target" | "details">): string {
  if (subjectOf(action) === "policy") return target;
  if (subjectOf(action) === "group") return firstText(details, "group", "name");
  return firstText(details, "username", "display_name", "name");
}

/** What an event says in words of its own: why, what for, what came out. */
export function excerpt(event: Pick<AuditEvent, "action" | "details">): string {
  const { details } = event;
  const who = subjectOf(event.action) === "group" ? firstText(details, "username") : "";
  return who || firstText(details, "reason", "comment", "text", "detail", "cause", "outcome", "end_reason", "state");
}

/** Whether an event holds a text, in whatever case: in its words, its names, or its details. `words` are the action's. */
export function holds(event: AuditEvent, words: string, text: string): boolean {
  const wanted = text.toLowerCase();
  const { action, actor, actor_name, target, address } = event;
  return [words, action, actor, actor_name, target, address, ...textsIn(event.details)].some((each) =>
    each.toLowerCase().includes(wanted),
  );
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
