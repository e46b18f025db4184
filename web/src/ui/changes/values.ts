import type { Change } from "../../api/types";

/** The values before a write in words, or null where nobody knows any of them. */
export function beforeOf({ before }: Change, unknown: string): readonly (string | number | boolean)[] | null {
  return before === null ? null : before.map((value) => value ?? unknown);
}

/** What the objects of a write are called, each name once. */
export function tagsOf({ elements }: Change): readonly string[] {
  return [...new Set(elements.map(({ tag }) => tag).filter((tag) => tag !== ""))];
}
