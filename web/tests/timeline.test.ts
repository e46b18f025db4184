import { describe, expect, test } from "vitest";

import { advanced, holding, ticks, within, writeOffset, zoomed } from "../src/features/recordings/player";
import { Timeline } from "../src/features/recordings/timeline";

type Line = [first: number, last: number, operations: number, writes: number, denials: number];

function timelineOf(...lines: Line[]): Timeline {
  const index = new DataView(new ArrayBuffer(lines.length * 36));
  lines.forEach(([first, last, ...counts], segment) => {
    index.setBigUint64(segment * 36 + 8, BigInt(first));
    index.setBigUint64(segment * 36 + 16, BigInt(last));
    counts.forEach((count, place) => {
      index.setUint32(segment * 36 + 24 + 4 * place, count);
    });
  });
  return new Timeline(new Uint8Array(index.buffer));
}

const S = 1e9;
/** Two busy seconds, a segment without operations, a minute of silence, a write, and a refusal. */
const timeline = timelineOf(
  [0, S, 10, 0, 0],
  [S, 2 * S, 20, 5, 0],
  [2 * S, 3 * S, 0, 0, 0],
  [63 * S, 64 * S, 4, 1, 0],
  [64 * S, 65 * S, 2, 0, 2],
);

describe("the index", () => {
  test("counts the rows of each lane", () => {
    expect([timeline.rows("all"), timeline.rows("writes"), timeline.rows("denials")]).toEqual([36, 6, 2]);
  });
  test("finds the segment of a moment, as the format says", () => {
    expect([0, S, 1.5 * S, 30 * S, 65 * S, 66 * S].map((ns) => timeline.segmentAt(ns))).toEqual([0, 0, 1, 3, 4, 5]);
  });
  test("finds the segment of a row, past segments that hold none", () => {
    expect([0, 9, 10, 29, 30, 35].map((row) => timeline.segmentOf("all", row))).toEqual([0, 0, 1, 1, 3, 4]);
    expect([0, 5].map((row) => timeline.segmentOf("writes", row))).toEqual([1, 3]);
  });
  test("tells about which row a moment has, and about when a row was", () => {
    expect([0, 1.5 * S, 40 * S, 99 * S].map((ns) => timeline.rowAt("all", ns))).toEqual([0, 20, 30, 36]);
    expect([0, 20, 30].map((row) => timeline.timeOf("all", row))).toEqual([0, 1.5 * S, 63 * S]);
  });
  test("counts what there was up to a moment", () => {
    expect([0, 0.5 * S, 1.5 * S, 3 * S, 63 * S, 99 * S].map((ns) => timeline.upTo("all", ns))).toEqual([
      0, 5, 20, 30, 30, 36,
    ]);
    expect(timeline.upTo("denials", 64.5 * S)).toBe(1);
  });
  test("leads to the next segment with a write, and back", () => {
    expect([timeline.neighbour("writes", 0, "next"), timeline.neighbour("writes", 2, "next")]).toEqual([1, 3]);
    expect([timeline.neighbour("writes", 3, "previous"), timeline.neighbour("writes", 1, "previous")]).toEqual([
      1,
      null,
    ]);
    expect(timeline.neighbour("writes", 4, "next")).toBeNull();
  });
  test("of nothing holds nothing", () => {
    const empty = timelineOf();
    expect([empty.rows("all"), empty.endNs, empty.blockOf("all", 0), empty.segmentAt(0)]).toEqual([0, 0, null, 0]);
  });
});

describe("blocks", () => {
  const long = timelineOf(
    ...Array.from({ length: 5000 }, (_, n): Line => [n * S, n * S + 1, 17, n % 100 === 0 ? 1 : 0, 0]),
  );
  test("hold every row once, in order", () => {
    for (const lane of ["all", "writes"] as const) {
      let row = 0;
      while (row < long.rows(lane)) {
        const block = long.blockOf(lane, row);
        expect(block?.firstRow).toBe(row);
        row += block?.rows ?? Infinity;
      }
      expect(row).toBe(long.rows(lane));
    }
  });
  test("are small where there is much and wide where there is little", () => {
    expect(long.blockOf("all", 3000)?.count).toBe(9);
    expect(long.blockOf("writes", 3)?.count).toBe(1000);
  });
  test("are none beyond the rows", () => {
    expect([long.blockOf("all", -1), long.blockOf("all", 85_000)]).toEqual([null, null]);
  });
});

describe("a replay", () => {
  const play = { speed: 5, skipsIdle: false };
  test("moves at its speed, and stops at the end", () => {
    expect(advanced(timeline, 0, 200, play)).toBe(S);
    expect(advanced(timeline, 64 * S, 1000, play)).toBe(65 * S);
  });
  test("skips idle times where that is wanted, and nothing else", () => {
    expect(advanced(timeline, 2.9 * S, 100, { speed: 1, skipsIdle: true })).toBe(62.7 * S);
    expect(advanced(timeline, 2.9 * S, 100, { speed: 1, skipsIdle: false })).toBe(3 * S);
    expect(advanced(timeline, 0.5 * S, 100, { speed: 1, skipsIdle: true })).toBe(0.6 * S);
  });
});

describe("the part that is shown", () => {
  test("keeps the moment under the pointer in its place", () => {
    const closer = zoomed(100 * S, { from: 0, to: 100 * S }, 0.5, 25 * S);
    expect(closer).toEqual({ from: 12.5 * S, to: 62.5 * S });
    expect(zoomed(100 * S, closer, 4, 25 * S)).toEqual({ from: 0, to: 100 * S });
  });
  test("never leaves the recording, and never becomes nothing", () => {
    expect(within(100 * S, 90 * S, 20 * S)).toEqual({ from: 80 * S, to: 100 * S });
    expect(zoomed(100 * S, { from: 0, to: S }, 1e-9, 0)).toEqual({ from: 0, to: 2e8 });
    expect(within(0, 0, 5)).toEqual({ from: 0, to: 0 });
  });
  test("follows a moment that leaves it", () => {
    expect(holding(100 * S, { from: 0, to: 10 * S }, 5 * S)).toEqual({ from: 0, to: 10 * S });
    expect(holding(100 * S, { from: 0, to: 10 * S }, 50 * S)).toEqual({ from: 47.5 * S, to: 57.5 * S });
  });
  test("has times written at full steps of the clock", () => {
    const start = Date.parse("2026-03-02T07:29:30Z");
    expect(ticks({ from: 0, to: 3600 * S }, start, 6)).toEqual(
      [30, 630, 1230, 1830, 2430, 3030].map((each) => each * S),
    );
    expect(ticks({ from: 0, to: 0 }, start, 6)).toHaveLength(1);
  });
});

test("the time since the start is written as a clock", () => {
  expect([writeOffset(0, false), writeOffset(7449.87 * S, false), writeOffset(7449.87 * S, true)]).toEqual([
    "0:00:00",
    "2:04:09",
    "2:04:09.8",
  ]);
});
