/** Rules of a session in words: what may be read, written, and how often. Pure. */

import type { Rules } from "../api/types";

type ObjectRule = NonNullable<NonNullable<Rules["reads"]>[number]>;

/** One line of what rules say: which text, and what is put into it. */
export type RuleLine =
  | { readonly says: "read_all" | "write_all" | "read_none" | "write_none" | "upload" | "opaque" }
  | { readonly says: "read_some" | "write_some"; readonly objects: string }
  | { readonly says: "write_between"; readonly objects: string; readonly low: string; readonly high: string }
  | { readonly says: "units"; readonly units: string }
  | { readonly says: "rate"; readonly rate: number };

/** The lines for rules, from what they let through to how they bound it. */
export function ruleLines(rules: Rules): RuleLine[] {
  const named = [...(rules.tiers ?? []), ...(rules.ask ?? [])];
  return [
    ...(rules.opaque === true ? [{ says: "opaque" } as const] : []),
    ...(named.includes("read") ? reads(rules.reads ?? null) : []),
    ...(named.includes("operate") ? writes(rules.writes ?? null) : []),
    ...(rules.upload === true ? [{ says: "upload" } as const] : []),
    ...(rules.units?.length ? [{ says: "units", units: rules.units.join(", ") } as const] : []),
    ...(rules.max_rate == null ? [] : [{ says: "rate", rate: rules.max_rate } as const]),
  ];
}

function reads(rules: readonly ObjectRule[] | null): RuleLine[] {
  if (rules === null) return [{ says: "read_all" }];
  if (rules.length === 0) return [{ says: "read_none" }];
  return rules.map((rule) => ({ says: "read_some", objects: objects(rule) }));
}

function writes(rules: readonly ObjectRule[] | null): RuleLine[] {
  if (rules === null) return [{ says: "write_all" }];
  if (rules.length === 0) return [{ says: "write_none" }];
  return rules.map((rule) => {
    const { minimum = null, maximum = null } = rule;
    return minimum === null && maximum === null
      ? { says: "write_some", objects: objects(rule) }
      : { says: "write_between", objects: objects(rule), low: bound(minimum), high: bound(maximum) };
  });
}

/** "holding 100, 110–119": a table, and its addresses as the protocol counts them. */
export function objects({ table, addresses }: ObjectRule): string {
  const ranges = addresses.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`));
  return `${table} ${ranges.join(", ")}`;
}

function bound(value: number | null): string {
  return value === null ? "…" : `${value}`;
}
