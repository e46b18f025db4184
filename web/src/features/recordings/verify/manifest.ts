/** The two signed JSON texts of a recording. A missing field, an unknown one or one of the wrong kind makes it invalid. */

import { require } from "./faults";

export const FORMAT = "wicketgate-recording/1";

type Decode<Value> = (value: unknown) => Value;
type Shape = Readonly<Record<string, Decode<unknown>>>;
type Decoded<S extends Shape> = { readonly [Key in keyof S]: ReturnType<S[Key]> };

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function record<S extends Shape>(shape: S): Decode<Decoded<S>> {
  return (value) => {
    require(typeof value === "object" && value !== null && !Array.isArray(value), "format");
    require(Object.keys(value).every((name) => Object.hasOwn(shape, name)), "format");
    const members = value as Readonly<Record<string, unknown>>;
    const decoded = Object.entries(shape).map(([name, decode]) => [name, decode(members[name])]);
    return Object.fromEntries(decoded) as Decoded<S>;
  };
}

function text(least: number, most: number): Decode<string> {
  return (value) => {
    require(typeof value === "string", "format");
    const { length } = Array.from(value);
    require(least <= length && length <= most, "format");
    return value;
  };
}

function matching(pattern: RegExp): Decode<string> {
  return (value) => {
    require(typeof value === "string" && pattern.test(value), "format");
    return value;
  };
}

function count(below: number): Decode<number> {
  return (value) => {
    require(Number.isInteger(value), "format");
    const whole = value as number;
    require(0 <= whole && whole < below, "format");
    return whole;
  };
}

function optional<Value>(decode: Decode<Value>, otherwise: Value): Decode<Value> {
  return (value) => (value === undefined ? otherwise : decode(value));
}

const words = text(0, 2000);
const id = text(1, 100);
const base64 = matching(/^[A-Za-z0-9_-]{1,200}$/);
const digest = matching(/^[0-9a-f]{64}$/);
const sum = count(Number.MAX_SAFE_INTEGER);
const unknown = optional(words, "");
const format: Decode<string> = optional((value) => {
  require(value === FORMAT, "format");
  return FORMAT;
}, FORMAT);
const algorithm: Decode<string> = optional((value) => {
  require(value === "A256GCM", "format");
  return value;
}, "A256GCM");
const time: Decode<string> = (value) => {
  const written = matching(TIME)(value);
  require(!Number.isNaN(Date.parse(written)), "format");
  return written;
};

/** Who did this, on what, by which right. */
const session = record({
  session: id,
  user: id,
  user_name: words,
  asset: id,
  asset_name: words,
  service: id,
  service_name: words,
  protocol: id,
  site: unknown,
  organization: unknown,
  grant: unknown,
  ticket: unknown,
  target_host: unknown,
  target_port: optional(count(65_536), 0),
  client_address: unknown,
  node: unknown,
});

const opening = record({
  format,
  recording: id,
  started_at: time,
  session,
  key: record({ id, algorithm, nonce: base64, wrapped: base64 }),
  /** The thumbprint of the key that everything in this recording is signed with. */
  signer: base64,
});

const totals = record({
  chunks: sum,
  operations: sum,
  writes: sum,
  denials: sum,
  bytes_to_asset: sum,
  bytes_to_user: sum,
  plain_bytes: sum,
});

const closing = record({
  format,
  recording: id,
  opening: digest,
  segments: count(2 ** 32),
  last_link: digest,
  index_sha256: digest,
  ended_at: time,
  reason: record({ code: id, detail: unknown }),
  totals,
});

export type Opening = ReturnType<typeof opening>;
export type Closing = ReturnType<typeof closing>;
export type Totals = ReturnType<typeof totals>;

export const readOpening = (bytes: Uint8Array): Opening => opening(parsed(bytes));
export const readClosing = (bytes: Uint8Array): Closing => closing(parsed(bytes));

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    require(false, "format");
  }
}
