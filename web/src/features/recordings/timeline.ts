/**
 * A recording's index, to seek and to draw by: where in it something was said, and how much. Pure.
 *
 * A row is one request. Which rows a segment holds is known from the counts alone, so that a list of a million rows can be laid
 * out, and any of them shown, with nothing read but the segments in sight.
 */

import { viewOf, type Bytes } from "./verify/bytes";
import { ENTRY_BYTES } from "./verify/layout";

/** Which operations: all, the writes that passed, or what was refused. */
export type Lane = "all" | "writes" | "denials";

const LANES = ["all", "writes", "denials"] as const;
/** So many rows are fetched at once, or the rows of so many segments. */
const BLOCK_ROWS = 150;
const BLOCK_SEGMENTS = 1000;

/** Neighbouring segments whose operations are fetched together; rows count from the first of the whole recording. */
export interface Block {
  readonly first: number;
  readonly count: number;
  readonly firstRow: number;
  readonly rows: number;
}

export class Timeline {
  readonly segments: number;
  /** The last moment, in nanoseconds since the session's start. */
  readonly endNs: number;
  readonly #firstNs: Float64Array;
  readonly #lastNs: Float64Array;
  /** For each lane how many rows there are before a segment. */
  readonly #before: Readonly<Record<Lane, Float64Array>>;
  readonly #blocks: Partial<Record<Lane, Uint32Array>> = {};

  constructor(index: Bytes) {
    this.segments = Math.floor(index.length / ENTRY_BYTES);
    this.#firstNs = new Float64Array(this.segments);
    this.#lastNs = new Float64Array(this.segments);
    const sums = () => new Float64Array(this.segments + 1);
    this.#before = { all: sums(), writes: sums(), denials: sums() };
    const view = viewOf(index);
    for (let segment = 0; segment < this.segments; segment += 1) {
      const at = segment * ENTRY_BYTES;
      this.#firstNs[segment] = Number(view.getBigUint64(at + 8));
      this.#lastNs[segment] = Number(view.getBigUint64(at + 16));
      LANES.forEach((lane, place) => {
        this.#before[lane][segment + 1] = this.before(lane, segment) + view.getUint32(at + 24 + 4 * place);
      });
    }
    this.endNs = this.#lastNs[this.segments - 1] ?? 0;
  }

  /** How many rows a lane has. */
  rows(lane: Lane): number {
    return this.before(lane, this.segments);
  }

  /** How many of them come before a segment. */
  before(lane: Lane, segment: number): number {
    return this.#before[lane][segment] ?? 0;
  }

  /** When a segment begins and ends. */
  span(segment: number): { readonly firstNs: number; readonly lastNs: number } {
    return { firstNs: this.#firstNs[segment] ?? this.endNs, lastNs: this.#lastNs[segment] ?? this.endNs };
  }

  /** The first segment that ends at a moment or later; as many as there are, when none does. */
  segmentAt(ns: number): number {
    return firstWhere(this.segments, (segment) => (this.#lastNs[segment] ?? 0) >= ns);
  }

  /** The segment that holds a row. */
  segmentOf(lane: Lane, row: number): number {
    return firstWhere(this.segments, (segment) => this.before(lane, segment + 1) > row);
  }

  /** About which row comes first at a moment or later: exact at the borders of segments, even in between. */
  rowAt(lane: Lane, ns: number): number {
    const segment = this.segmentAt(ns);
    const { firstNs, lastNs } = this.span(segment);
    const [before, after] = [this.before(lane, segment), this.before(lane, segment + 1)];
    if (segment >= this.segments) return this.rows(lane);
    const part = lastNs > firstNs ? Math.max(0, (ns - firstNs) / (lastNs - firstNs)) : 0;
    return before + Math.floor(part * (after - before));
  }

  /** About when a row was. */
  timeOf(lane: Lane, row: number): number {
    const segment = this.segmentOf(lane, row);
    const { firstNs, lastNs } = this.span(segment);
    const before = this.before(lane, segment);
    const count = this.before(lane, segment + 1) - before;
    return count > 0 ? firstNs + ((row - before) / count) * (lastNs - firstNs) : firstNs;
  }

  /** How many rows a lane has up to a moment, as if those of a segment were spread evenly over it. */
  upTo(lane: Lane, ns: number): number {
    const segment = this.segmentAt(ns);
    const before = this.before(lane, segment);
    const { firstNs, lastNs } = this.span(segment);
    if (segment >= this.segments || ns <= firstNs) return before;
    const count = this.before(lane, segment + 1) - before;
    return before + (lastNs > firstNs ? (ns - firstNs) / (lastNs - firstNs) : 1) * count;
  }

  /** The next segment from one on (or the last before it) that holds rows of a lane; null when there is none. */
  neighbour(lane: Lane, segment: number, way: "next" | "previous"): number | null {
    const row = way === "next" ? this.before(lane, segment) : this.before(lane, segment) - 1;
    return row >= 0 && row < this.rows(lane) ? this.segmentOf(lane, row) : null;
  }

  /** The block that holds a row; null where there is no such row. */
  blockOf(lane: Lane, row: number): Block | null {
    if (row < 0 || row >= this.rows(lane)) return null;
    const starts = (this.#blocks[lane] ??= this.#cut(lane));
    const segment = this.segmentOf(lane, row);
    const block = firstWhere(starts.length, (each) => (starts[each] ?? 0) > segment) - 1;
    const [first, end] = [starts[block] ?? 0, starts[block + 1] ?? this.segments];
    const firstRow = this.before(lane, first);
    return { first, count: end - first, firstRow, rows: this.before(lane, end) - firstRow };
  }

  /** Where blocks begin. */
  #cut(lane: Lane): Uint32Array {
    const starts = [0];
    let begun = 0;
    for (let segment = 1; segment < this.segments; segment += 1) {
      const isFull = this.before(lane, segment) - this.before(lane, begun) >= BLOCK_ROWS;
      if (!isFull && segment - begun < BLOCK_SEGMENTS) continue;
      starts.push(segment);
      begun = segment;
    }
    return Uint32Array.from(starts);
  }
}

/** The first of `count` numbers for which something holds that holds for all after it; `count` when for none. */
function firstWhere(count: number, holds: (place: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
