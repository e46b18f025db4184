/** What is left of a request when somebody takes some of it away. Pure; the broker holds it to "only ever narrower". */

import type { AccessRequest, ObjectRule, Tier } from "../../api/types";
import { objectLists } from "../../ui/rules";
import { areWithin, mergedSpans, readSpans, writeSpans } from "../../ui/spans";

/** One range that may be written, as it stands in the form: addresses and bounds are typed, "" leaves them as they are. */
export interface WriteForm {
  readonly rule: ObjectRule;
  isKept: boolean;
  addresses: string;
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
      addresses: writeSpans(rule.addresses ?? []),
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

/** Where only names say what may be written, there are no addresses to take away. */
export function hasAddresses({ addresses, names }: ObjectRule): boolean {
  return addresses != null || names == null;
}

/** What is wrong with typed addresses, if anything. */
export function addressFault(text: string, { addresses }: ObjectRule): "narrow_addresses" | "narrow_beyond" | null {
  const spans = readSpans(text);
  if (spans === null) return "narrow_addresses";
  return addresses == null || areWithin(spans, addresses) ? null : "narrow_beyond";
}

function isNarrowed({ rule, isKept, addresses, low, high }: WriteForm): boolean {
  return (
    !isKept ||
    addressesOf(addresses, rule) !== rule.addresses ||
    low !== `${rule.minimum ?? ""}` ||
    high !== `${rule.maximum ?? ""}`
  );
}

/** The rule's own addresses where no others were typed. */
function addressesOf(text: string, { addresses }: ObjectRule): ObjectRule["addresses"] {
  const spans = readSpans(text) ?? [];
  const isWhole = spans.length === 0 || writeSpans(mergedSpans(spans)) === writeSpans(mergedSpans(addresses ?? []));
  return isWhole ? addresses : mergedSpans(spans);
}

function ruleOf({ rule, addresses, low, high }: WriteForm): ObjectRule {
  return {
    ...rule,
    addresses: addressesOf(addresses, rule) ?? null,
    minimum: low === "" ? (rule.minimum ?? null) : Number(low),
    maximum: high === "" ? (rule.maximum ?? null) : Number(high),
  };
}
