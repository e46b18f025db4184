/** What a guard saw, as pages show it: requests with their answers. Pure. */

import type { components } from "../../api/schema";

/** With all its members: the API leaves out what does not apply. */
export type Operation = Required<components["schemas"]["OperationsOut"]["items"][number]>;
export type Value = Operation["values"][number];

/** What was asked, and what the device said to it; `answer` is null where nothing is known of one. */
export interface Exchange {
  readonly asked: Operation;
  readonly answer: Operation | null;
}

export type Outcome = "passed" | "denied" | "asked" | "malformed" | "unreadable";

const NOTHING: Operation = {
  number: null,
  at: "",
  since_start_ns: 0,
  stream: 0,
  direction: "",
  protocol: "",
  function_code: 0,
  function: "",
  tier: "",
  verdict: "",
  is_response: false,
  is_upload: false,
  transaction: null,
  unit: null,
  route: "",
  exception_code: null,
  objects: [],
  values: [],
  reason: "",
  unreadable: false,
};

/** An operation with all its members: recordings and live events leave out what does not apply. */
export function readOperation(item: object): Operation {
  return { ...NOTHING, ...item };
}

/** Put answers beside what they answer. Answers to what is not here stand alone, as what they are. */
export function paired(operations: readonly Operation[]): Exchange[] {
  const found: { asked: Operation; answer: Operation | null }[] = [];
  const open = new Map<string, { asked: Operation; answer: Operation | null }>();
  for (const operation of operations) {
    const key = conversationOf(operation);
    const asked = open.get(key);
    if (operation.is_response && asked !== undefined) {
      asked.answer = operation;
      open.delete(key);
      continue;
    }
    const exchange = { asked: operation, answer: null };
    found.push(exchange);
    if (!operation.is_response) open.set(key, exchange);
  }
  return found;
}

/** What ties an answer to its request: the number that the protocol gives; without one, that it is of the same function. */
function conversationOf({ stream, transaction, unit, route, function_code: code }: Operation): string {
  return `${stream} ${unit ?? ""} ${route} ${transaction ?? `function ${code}`}`;
}

/** What became of an operation. */
export function outcomeOf({ verdict, unreadable }: Operation): Outcome {
  if (unreadable) return "unreadable";
  return verdict === "denied" || verdict === "asked" || verdict === "malformed" ? verdict : "passed";
}

/** Whether it was let through and did more than read. */
export function isWrite(operation: Operation): boolean {
  return outcomeOf(operation) === "passed" && operation.tier !== "read" && !operation.is_response;
}

/** Whether it was asked for and not let through. */
export function isDenial(operation: Operation): boolean {
  return outcomeOf(operation) !== "passed" && !operation.is_response;
}

/** "write single register": a function's name as people read it. */
export function functionName({ function: name, function_code: code }: Operation): string {
  return name === "" ? `function ${code}` : name.replaceAll("_", " ");
}

/** "12, 40, 7 … (+9)": values in a row, and how many more there are. */
export function writeValues(values: readonly Value[], most: number): string {
  const shown = values.slice(0, most).map(String);
  const rest = values.length - shown.length;
  return shown.join(", ") + (rest > 0 ? ` … (+${rest})` : "");
}
