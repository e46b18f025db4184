/** What a watched session has said, as far back as is kept here. Pure, but for being added to. */

import { isDenial, isWrite, readOperation, type Exchange, type Operation } from "../../ui/operations/operations";

export type Only = "all" | "writes" | "denials";

export interface OperationFilter {
  readonly only: Only;
  /** Empty: every tier. */
  readonly tiers: readonly string[];
  /** Null: every sub-address. */
  readonly unit: string | null;
}

/** Answers are looked for among so many of the last requests. */
const OPEN = 500;

interface Kept {
  readonly asked: Operation;
  answer: Operation | null;
}

/** Holds the last requests with their answers; `dropped` were missed before the first of them or in between. */
export class OperationLog {
  readonly #most: number;
  #kept: Kept[] = [];
  #open = new Map<string, Kept>();
  #dropped = 0;
  #taken = 0;
  #last = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** How many requests came so far, those that are kept no more included. */
  get taken(): number {
    return this.#taken;
  }

  /** Take a batch as live events have it. What was taken before is passed over: after a break a broker may say it again. */
  take(items: readonly Readonly<{ number: number }>[], dropped: number): void {
    this.#dropped += dropped;
    for (const item of items) {
      if (item.number <= this.#last) continue;
      this.#last = item.number;
      this.#add(readOperation(item));
    }
    if (this.#kept.length > this.#most) this.#kept = this.#kept.slice(-this.#most);
  }

  /** What is kept and passes a filter, the oldest first. */
  exchanges({ only, tiers, unit }: OperationFilter): readonly Exchange[] {
    return this.#kept.filter(
      ({ asked }) =>
        (only === "all" || (only === "writes" ? isWrite(asked) : isDenial(asked))) &&
        (tiers.length === 0 || tiers.includes(asked.tier)) &&
        (unit === null || addressOf(asked) === unit),
    );
  }

  /** The sub-addresses that were spoken to, in order. */
  units(): readonly string[] {
    const found = new Set(this.#kept.map(({ asked }) => addressOf(asked)).filter((address) => address !== ""));
    return [...found].sort((one, other) => one.localeCompare(other, undefined, { numeric: true }));
  }

  #add(operation: Operation): void {
    const key = `${operation.stream} ${addressOf(operation)} ${operation.transaction ?? `function ${operation.function_code}`}`;
    const asked = this.#open.get(key);
    if (operation.is_response && asked !== undefined) {
      asked.answer = operation;
      this.#open.delete(key);
      return;
    }
    const kept = { asked: operation, answer: null };
    this.#kept.push(kept);
    this.#taken += 1;
    if (operation.is_response) return;
    this.#open.set(key, kept);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= OPEN) break;
      this.#open.delete(oldest);
    }
  }
}

/** Where behind the service's address: a unit's number, or a route. */
export function addressOf({ unit, route }: Operation): string {
  return unit === null ? route : String(unit);
}
