/** What is left of a request when somebody takes some of it away. Pure; the broker holds it to "only ever narrower". */

import type { RequestDetail, Rules, Tier } from "../../api/types";

type ObjectRule = NonNullable<NonNullable<Rules["writes"]>[number]>;

/** One range that may be written, as it stands in the form: bounds are typed, "" leaves the bound as it is. */
export interface WriteForm {
  readonly rule: ObjectRule;
  isKept: boolean;
  low: string;
  high: string;
}

export interface NarrowForm {
  tiers: Tier[];
  minutes: number;
  units: number[];
  writes: WriteForm[];
}

export interface Narrowing {
  tiers?: Tier[];
  duration?: number;
  units?: number[];
  writes?: ObjectRule[];
}

/** The form that asks for everything that was asked for. */
export function wholeOf(request: RequestDetail): NarrowForm {
  const { rules } = request;
  return {
    tiers: [...(rules.tiers ?? [])],
    minutes: Math.ceil(request.duration / 60),
    units: [...(rules.units ?? [])],
    writes: (rules.writes ?? []).map((rule) => ({
      rule,
      isKept: true,
      low: `${rule.minimum ?? ""}`,
      high: `${rule.maximum ?? ""}`,
    })),
  };
}

/** Only what differs from the request; null where nothing was taken away. */
export function narrowingOf(request: RequestDetail, form: NarrowForm): Narrowing | null {
  const whole = wholeOf(request);
  const narrowing: Narrowing = {
    ...(form.tiers.length < whole.tiers.length ? { tiers: form.tiers } : {}),
    ...(form.minutes < whole.minutes ? { duration: form.minutes * 60 } : {}),
    ...(form.units.length < whole.units.length ? { units: form.units } : {}),
    ...(form.writes.some(isNarrowed) ? { writes: form.writes.filter(({ isKept }) => isKept).map(ruleOf) } : {}),
  };
  return Object.keys(narrowing).length === 0 ? null : narrowing;
}

/** Whether a typed bound is a whole number within what was asked, or nothing. */
export function isBound(text: string, { minimum, maximum }: ObjectRule): boolean {
  if (text === "") return true;
  const value = Number(text);
  return /^\d+$/.test(text) && value >= (minimum ?? 0) && value <= (maximum ?? 65535);
}

function isNarrowed({ rule, isKept, low, high }: WriteForm): boolean {
  return !isKept || low !== `${rule.minimum ?? ""}` || high !== `${rule.maximum ?? ""}`;
}

function ruleOf({ rule, low, high }: WriteForm): ObjectRule {
  return {
    table: rule.table,
    addresses: rule.addresses,
    minimum: low === "" ? (rule.minimum ?? null) : Number(low),
    maximum: high === "" ? (rule.maximum ?? null) : Number(high),
  };
}
