/** A question to the policies as it stands in the page's address, and as the broker takes it. Pure. */

import type { Tier } from "../../api/types";
import { TIERS } from "../../ui/tiers";
import type { Question } from "./data";

/** What is asked, as it is typed; "" is what is left out. */
export interface Asking {
  readonly user: string;
  readonly asset: string;
  readonly service: string;
  /** A moment in UTC; "" is now. */
  readonly at: string;
  readonly from: string;
  readonly tiers: readonly Tier[];
  /** Seconds. */
  readonly duration: string;
  readonly ticket: string;
  readonly emergency: boolean;
  /** One operation inside of the protocol; null asks for access alone. */
  readonly operation: Operation | null;
}

export interface Operation {
  readonly tier: Tier;
  readonly unit: string;
  readonly route: string;
  readonly table: string;
  readonly address: string;
  readonly count: string;
  readonly name: string;
  readonly value: string;
  readonly before: string;
  readonly upload: boolean;
}

export const NOTHING_ASKED: Asking = {
  user: "",
  asset: "",
  service: "",
  at: "",
  from: "",
  tiers: [],
  duration: "",
  ticket: "",
  emergency: false,
  operation: null,
};
export const A_READING: Operation = {
  tier: "read",
  unit: "",
  route: "",
  table: "",
  address: "",
  count: "",
  name: "",
  value: "",
  before: "",
  upload: false,
};
const TEXTS = ["user", "asset", "service", "at", "from", "duration", "ticket"] as const;
const OPERATION_TEXTS = ["unit", "route", "table", "address", "count", "name", "value", "before"] as const;
const YES = "yes";
const PREFIX = "op_";

/** Read what is asked out of an address. */
export function readAsking(address: URLSearchParams): Asking {
  const said = (name: string) => address.get(name) ?? "";
  const texts = Object.fromEntries(TEXTS.map((name) => [name, said(name)]));
  const tier = asTier(said(`${PREFIX}tier`));
  const operation = Object.fromEntries(OPERATION_TEXTS.map((name) => [name, said(PREFIX + name)]));
  return {
    ...NOTHING_ASKED,
    ...texts,
    tiers: TIERS.filter((each) => said("tiers").split(",").includes(each)),
    emergency: said("emergency") === YES,
    operation: tier === null ? null : { ...A_READING, ...operation, tier, upload: said(`${PREFIX}upload`) === YES },
  };
}

/** Write what is asked into an address. */
export function writeAsking(asking: Asking): Record<string, string> {
  const { operation, tiers, emergency } = asking;
  const entries: [string, string][] = [
    ...TEXTS.map((name): [string, string] => [name, asking[name]]),
    ["tiers", tiers.join(",")],
    ["emergency", emergency ? YES : ""],
    ...(operation === null
      ? []
      : [
          ...OPERATION_TEXTS.map((name): [string, string] => [PREFIX + name, operation[name]]),
          [`${PREFIX}tier`, operation.tier] as [string, string],
          [`${PREFIX}upload`, operation.upload ? YES : ""] as [string, string],
        ]),
  ];
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}

/** The question to the broker; null while it lacks whom or what it is about, or has a number that is none. */
export function toQuestion(asking: Asking): Question | null {
  const { user, asset, service, at, from, tiers, ticket, emergency } = asking;
  const duration = number(asking.duration);
  const operation = asking.operation === null ? null : toOperation(asking.operation);
  if (user === "" || asset === "" || duration === undefined || operation === undefined) return null;
  return {
    user,
    asset,
    service,
    at: at === "" ? null : at,
    address: from.trim() === "" ? null : from.trim(),
    tiers: [...tiers],
    duration,
    ticket,
    emergency,
    operation,
  };
}

function toOperation(operation: Operation): Question["operation"] | undefined {
  const [unit, address, count, value, before] = [
    number(operation.unit),
    number(operation.address),
    number(operation.count),
    number(operation.value),
    number(operation.before),
  ];
  if (unit === undefined || address === undefined || count === undefined) return undefined;
  if (value === undefined || before === undefined) return undefined;
  const { tier, upload, name } = operation;
  return {
    tier,
    unit,
    route: textOrNull(operation.route),
    table: textOrNull(operation.table),
    address,
    count: count ?? 1,
    name,
    value,
    before,
    upload,
  };
}

function textOrNull(text: string): string | null {
  return text === "" ? null : text;
}

/** A number; null where nothing is said, undefined where it is none. */
function number(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function asTier(text: string): Tier | null {
  return TIERS.find((tier) => tier === text) ?? null;
}
