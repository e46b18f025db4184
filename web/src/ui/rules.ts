/** Rules of a session as lines to show: what may be read, written, and how it is bounded. Pure. */

import type { ObjectRule, Rules } from "../api/types";

/** A bound on what is written: the value itself, its step, its speed. */
export type Bound =
  | { readonly says: "between"; readonly low: string; readonly high: string }
  | { readonly says: "step"; readonly step: number }
  | { readonly says: "per_second" | "per_minute" | "per_hour"; readonly change: number };

/** One line of what rules say: which text, and what is put into it. `also` marks a list that must hold as well. */
export type RuleLine =
  | { readonly says: "read_all" | "write_all" | "read_none" | "write_none" | "upload" | "opaque" | "read_first" }
  | {
      readonly says: "read_some" | "write_some";
      readonly objects: string;
      readonly bounds: readonly Bound[];
      readonly isAlso: boolean;
    }
  | { readonly says: "units" | "routes"; readonly which: string }
  | { readonly says: "max_rate" | "in_flight" | "arm"; readonly count: number }
  | { readonly says: "scan_throttle" | "scan_cut"; readonly limit: number; readonly seconds: number };

/** Each field of the rules, and what it says: a new field does not compile until it says something. */
const LINES: { readonly [Field in keyof Required<Rules>]: (rules: Rules) => readonly RuleLine[] } = {
  opaque: ({ opaque }) => (opaque === true ? [{ says: "opaque" }] : []),
  reads: (rules) => objectLines("read", "read", rules, rules.reads ?? null),
  writes: (rules) => objectLines("operate", "write", rules, rules.writes ?? null),
  upload: ({ upload }) => (upload === true ? [{ says: "upload" }] : []),
  units: ({ units }) => (units == null ? [] : [{ says: "units", which: units.join(", ") }]),
  routes: ({ routes }) => (routes == null ? [] : [{ says: "routes", which: routes.join(", ") }]),
  read_before_write: (rules) => (rules.read_before_write === true ? [{ says: "read_first" }] : []),
  max_rate: ({ max_rate }) => (max_rate == null ? [] : [{ says: "max_rate", count: max_rate }]),
  max_in_flight: ({ max_in_flight = 1 }) => (max_in_flight > 1 ? [{ says: "in_flight", count: max_in_flight }] : []),
  arm_seconds: ({ arm_seconds }) => (arm_seconds == null ? [] : [{ says: "arm", count: arm_seconds }]),
  scan: ({ scan = [] }) => scan.map(({ action, limit, seconds }) => ({ says: `scan_${action}`, limit, seconds })),
  // These two are shown as badges.
  tiers: () => [],
  ask: () => [],
};

/** The lines for rules, from what they let through to how they bound it. */
export function ruleLines(rules: Rules): RuleLine[] {
  return Object.values(LINES).flatMap((lines) => lines(rules));
}

/** Ranges bound a tier; where the tier is not there, they give nothing. */
function objectLines(
  tier: "read" | "operate",
  verb: "read" | "write",
  rules: Rules,
  written: NonNullable<Rules["reads"]> | null,
): RuleLine[] {
  if (rules.tiers?.includes(tier) !== true && rules.ask?.includes(tier) !== true) return [];
  if (written === null) return rules.opaque === true ? [] : [{ says: `${verb}_all` }];
  return objectLists(written).flatMap((list, place): RuleLine[] =>
    list.length === 0
      ? [{ says: `${verb}_none` }]
      : list.map((rule) => ({
          says: `${verb}_some`,
          objects: objects(rule),
          bounds: boundsOf(rule),
          isAlso: place > 0,
        })),
  );
}

/** Lists of rules, each of which must hold; one list alone is written without the other brackets. */
export function objectLists(written: NonNullable<Rules["reads"]>): ObjectRule[][] {
  return written.some((each) => Array.isArray(each)) ? (written as ObjectRule[][]) : [written as ObjectRule[]];
}

/** "holding 100, 110–119", "tags Pump1.*": a table, with addresses and names as the protocol has them. */
export function objects({ table, addresses, names }: ObjectRule): string {
  const ranges = (addresses ?? []).map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`));
  return [table, [...ranges, ...(names ?? [])].join(", ")].filter(Boolean).join(" ");
}

const SPEEDS = { 1: "per_second", 60: "per_minute", 3600: "per_hour" } as const;

function boundsOf({ minimum, maximum, step, rate }: ObjectRule): Bound[] {
  return [
    ...(minimum == null && maximum == null
      ? []
      : [{ says: "between", low: `${minimum ?? "…"}`, high: `${maximum ?? "…"}` } as const]),
    ...(step == null ? [] : [{ says: "step", step } as const]),
    ...(rate == null ? [] : [{ says: SPEEDS[rate.seconds], change: rate.change } as const]),
  ];
}
