/** What is left of a request when somebody takes some of it away. Pure; the broker holds it to "only ever narrower". */

import type { AccessRequest, ObjectRule, Tier } from "../../api/types";
import { objectLists } from "../../ui/rules";

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
export function wholeOf(request: AccessRequest): NarrowForm {
  const { rules } = request;
  return {
    tiers: [...(rules.tiers ?? [])],
    minutes: Math.ceil(request.duration / 60),
    units: [...(rules.units ?? [])],
    // Of several lists each holds by itself: what is taken away is laid over the last.
    writes: (rules.writes == null ? [] : (objectLists(rules.writes).at(-1) ?? [])).map((rule) => ({
      rule,
      isKept: true,
      low: `${rule.minimum ?? ""}`,
      high: `${rule.maximum ?? ""}`,
    })),
  };
}

/** Only what differs from the request; null where nothing was taken away. */
export function narrowingOf(request: AccessRequest, form: NarrowForm): Narrowing | null {
  const whole = wholeOf(request);
  const narrowing: Narrowing = {
    ...(form.tiers.length < whole.tiers.length ? { tiers: form.tiers } : {}),
    ...(form.minutes < whole.minutes ? { duration: form.minutes * 60 } : {}),
    ...(form.units.length < whole.units.length ? { units: form.units } : {}),
    ...(form.writes.some(isNarrowed) ? { writes: form.writes.filter(({ isKept }) => isKept).map(ruleOf) } : {}),
  };
  return Object.keys(narrowing).length === 0 ? null : narrowing;
}

/** Whether a typed bound is a number within what was asked, or nothing. */
export function isBound(text: string, { minimum, maximum }: ObjectRule): boolean {
  if (text === "") return true;
  const value = Number(text);
  return Number.isFinite(value) && value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
}

function isNarrowed({ rule, isKept, low, high }: WriteForm): boolean {
  return !isKept || low !== `${rule.minimum ?? ""}` || high !== `${rule.maximum ?? ""}`;
}

function ruleOf({ rule, low, high }: WriteForm): ObjectRule {
  return {
    ...rule,
    minimum: low === "" ? (rule.minimum ?? null) : Number(low),
    maximum: high === "" ? (rule.maximum ?? null) : Number(high),
  };
}
