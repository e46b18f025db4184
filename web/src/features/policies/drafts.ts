/** Texts that somebody began to write and did not put in force: kept while the window is open, so that a look elsewhere costs nothing. */

const drafts = new Map<string, string>();

/** The draft for a policy; "" is the one of a new policy. */
export function draftOf(name: string): string | null {
  return drafts.get(name) ?? null;
}

export function keepDraft(name: string, text: string): void {
  drafts.set(name, text);
}

export function dropDraft(name: string): void {
  drafts.delete(name);
}

/** The names of policies with a draft. */
export function draftNames(): readonly string[] {
  return [...drafts.keys()];
}
