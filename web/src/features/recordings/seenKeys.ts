/**
 * Which keys this browser has seen evidence signed with.
 *
 * The broker tells the page its public keys, so who takes over the broker can tell others. What a browser saw before cannot be
 * changed from there: another key than before is said, loudly. A thumbprint is no secret.
 */

import { now } from "../../api/clock";

const STORED_AS = "wicketgate.evidence-keys";

/** Thumbprints, and when each was first seen here. */
export type SeenKeys = Readonly<Record<string, string>>;

export type Acquaintance =
  | { readonly is: "first" }
  | { readonly is: "known"; readonly since: string }
  | { readonly is: "stranger"; readonly before: readonly string[] };

/** What this browser knows of a key. */
export function acquaintance(seen: SeenKeys, thumbprint: string): Acquaintance {
  const since = Object.hasOwn(seen, thumbprint) ? seen[thumbprint] : undefined;
  if (since !== undefined) return { is: "known", since };
  return Object.keys(seen).length === 0 ? { is: "first" } : { is: "stranger", before: Object.keys(seen) };
}

/** The keys seen here; nothing where the store was emptied, or holds what we did not write. */
export function readSeenKeys(): SeenKeys {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? "{}");
    if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return {};
    return Object.fromEntries(Object.entries(stored).filter((entry): entry is [string, string] => isMoment(entry[1])));
  } catch {
    return {};
  }
}

/** Remember a key from now on. */
export function rememberKey(thumbprint: string): void {
  const seen = readSeenKeys();
  if (Object.hasOwn(seen, thumbprint)) return;
  localStorage.setItem(STORED_AS, JSON.stringify({ ...seen, [thumbprint]: new Date(now()).toISOString() }));
}

function isMoment(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
