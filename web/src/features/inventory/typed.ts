/** What people type for lists: labels, numbers with spans, words. Pure; null is what cannot be read. */

import { mergedSpans, readSpans, writeSpans } from "../../ui/spans";

const LABEL = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)=(.{1,128})$/;
/** As the broker has it: lower-case letters, digits, and hyphens between them. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** The broker takes no more than so many. */
const MOST_NUMBERS = 256;

export function isName(text: string): boolean {
  return NAME.test(text);
}

export function writeLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");
}

/** One `name=value` on each line. */
export function readLabels(text: string): Record<string, string> | null {
  const found: Record<string, string> = {};
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const label = LABEL.exec(line);
    if (label?.[1] === undefined || label[2] === undefined || label[1] in found) return null;
    found[label[1]] = label[2].trim();
  }
  return found;
}

/** Numbers in order, spans of three and more written as such: "1, 2, 5-8". */
export function writeNumbers(numbers: readonly number[] | null): string {
  return writeSpans(mergedSpans((numbers ?? []).map((each) => ({ first: each, last: each }))));
}

/** Read what `writeNumbers` writes; nothing is no fence, `[]` therefore never comes. */
export function readNumbers(text: string): readonly number[] | "none" | null {
  const spans = readSpans(text);
  if (spans === null) return null;
  const found = new Set<number>();
  for (const { first, last } of spans) {
    if (last - first >= MOST_NUMBERS) return null;
    for (let each = first; each <= last; each += 1) found.add(each);
  }
  if (found.size > MOST_NUMBERS) return null;
  return found.size === 0 ? "none" : [...found].sort((one, other) => one - other);
}

export function readWords(text: string): string[] | null {
  const words = text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  return words.length === 0 ? null : [...new Set(words)];
}

/**
 * What somebody typed, over what somebody else saved meanwhile: the fields that were not touched take the new values.
 */
export function rebased<Form extends object>(typed: Form, before: Form, now: Form): Form {
  const merged = { ...now };
  for (const key of Object.keys(typed) as (keyof Form)[]) if (typed[key] !== before[key]) merged[key] = typed[key];
  return merged;
}
