/** What the broker says over the WebSocket of live events. Whatever is not understood is left alone: a newer broker may say more. */

export interface Hello {
  readonly kind: "hello";
  readonly epoch: string;
  readonly seq: number;
}
export interface Reset {
  readonly kind: "reset";
  readonly seq: number;
}
export interface Changed {
  readonly kind: "changed";
  readonly seq: number;
  readonly topic: string;
  readonly ids: Readonly<Record<string, string>>;
}
export interface Operations {
  readonly kind: "operations";
  readonly session: string;
  /** Each has a `number`; the rest is an operation as recordings show it. */
  readonly items: readonly Readonly<{ number: number; [member: string]: unknown }>[];
  readonly dropped: number;
}
export interface SessionSaid {
  readonly kind: "session";
  readonly session: string;
  readonly event: Readonly<{ kind: string; [member: string]: unknown }>;
}
export interface Bye {
  readonly kind: "bye";
  readonly code: string;
}
export type Frame = Hello | Reset | Changed | Operations | SessionSaid | Bye;

/** What each kind must have for it to be used at all. */
const MEMBERS: Readonly<Record<Frame["kind"], Readonly<Record<string, "string" | "number" | "object">>>> = {
  hello: { epoch: "string", seq: "number" },
  reset: { seq: "number" },
  changed: { seq: "number", topic: "string", ids: "object" },
  operations: { session: "string", items: "object", dropped: "number" },
  session: { session: "string", event: "object" },
  bye: { code: "string" },
};

/** Read a frame; null for what is none that we know. */
export function readFrame(text: unknown): Frame | null {
  const value = parse(text);
  if (!isRecord(value)) return null;
  const kind = value.kind;
  if (typeof kind !== "string" || !Object.hasOwn(MEMBERS, kind)) return null;
  const members = Object.entries(MEMBERS[kind as Frame["kind"]]);
  const isWhole = members.every(([name, type]) => value[name] !== null && typeof value[name] === type);
  return isWhole ? (value as unknown as Frame) : null;
}

function parse(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
