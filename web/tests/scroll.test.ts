import { describe, expect, test } from "vitest";

import { isStuck, outerHeight, positionAt, scrolled, START, TALLEST, top } from "../src/ui/operations/scrollSpace";

const few = { total: 5000, viewport: 500 };
const many = { total: 28_000_000, viewport: 600 };

describe("scrolling over few rows", () => {
  test("is the browser's own", () => {
    expect(outerHeight(few)).toBe(5000);
    expect(scrolled(few, START, 4200)).toEqual({ scrollTop: 4200, shift: 0 });
    expect(positionAt(few, 9999)).toEqual({ scrollTop: 4500, shift: 0 });
  });
});

describe("scrolling over a million rows", () => {
  test("lays out no more than a browser can", () => {
    expect(outerHeight(many)).toBe(TALLEST);
  });
  test("goes row by row in small steps, wherever it is", () => {
    for (const pixel of [0, 1_000_000, 27_999_000]) {
      const before = positionAt(many, pixel);
      expect(top(scrolled(many, before, before.scrollTop + 28)) - top(before)).toBeCloseTo(28);
    }
  });
  test("reaches both ends with the scrollbar", () => {
    const middle = positionAt(many, 14_000_000);
    expect(top(scrolled(many, middle, 0))).toBe(0);
    expect(top(scrolled(many, middle, TALLEST - many.viewport))).toBe(many.total - many.viewport);
  });
  test("jumps to the same part of the rows", () => {
    expect(top(scrolled(many, START, (TALLEST - many.viewport) / 2))).toBeCloseTo((many.total - many.viewport) / 2);
  });
  test("puts any row where it was asked for, and keeps the scrollbar in its way", () => {
    for (const pixel of [0, 28, 13_999_972, many.total - many.viewport, many.total]) {
      const position = positionAt(many, pixel);
      expect(top(position)).toBe(Math.min(pixel, many.total - many.viewport));
      expect(position.scrollTop).toBeGreaterThanOrEqual(0);
      expect(position.scrollTop).toBeLessThanOrEqual(TALLEST - many.viewport);
    }
  });
  test("ends small steps where the rows end", () => {
    let position = positionAt(many, 5_000);
    while (position.scrollTop > 0) position = scrolled(many, position, Math.max(0, position.scrollTop - 60));
    expect(top(position)).toBe(0);
  });
  test("notices when small steps end before the rows do, and never at the rows' own ends", () => {
    let position = positionAt(many, 100_000);
    while (position.scrollTop > 0) position = scrolled(many, position, Math.max(0, position.scrollTop - 60));
    expect([top(position) > 0, isStuck(many, position)]).toEqual([true, true]);
    expect(isStuck(many, positionAt(many, top(position)))).toBe(false);
    expect(isStuck(many, START)).toBe(false);
    expect(isStuck(many, positionAt(many, many.total))).toBe(false);
  });
});
