import { expect, test } from "vitest";

import type { AccessRequest } from "../src/api/types";
import { addressFault, narrowingOf, wholeOf } from "../src/features/requests/narrowing";
import { areWithin, readSpans, writeSpans } from "../src/ui/spans";

const RULE = { table: "holding", addresses: [{ first: 100, last: 119 }], minimum: 0, maximum: 800 };
const REQUEST = { duration: 3600, rules: { tiers: ["read", "operate"], writes: [RULE] } } as unknown as AccessRequest;

function narrowed(addresses: string) {
  const form = wholeOf(REQUEST);
  return narrowingOf(REQUEST, { ...form, writes: form.writes.map((write) => ({ ...write, addresses })) });
}

test("spans are read as they are typed and as the pages show them", () => {
  expect(readSpans("100, 110 - 119,200–201")).toEqual([
    { first: 100, last: 100 },
    { first: 110, last: 119 },
    { first: 200, last: 201 },
  ]);
  expect(writeSpans(readSpans("100, 110-119, 200-201") ?? [])).toBe("100, 110-119, 200, 201");
  expect(readSpans("")).toEqual([]);
});

test.each(["x", "9-3", "1-2-3", "-1", "1;2"])("%s is no span", (text) => {
  expect(readSpans(text)).toBeNull();
});

test("a span is within others that touch, and not across a gap", () => {
  const halves = [
    { first: 5, last: 9 },
    { first: 0, last: 4 },
  ];
  expect(areWithin([{ first: 3, last: 6 }], halves)).toBe(true);
  expect(areWithin([{ first: 3, last: 10 }], halves)).toBe(false);
  expect(
    areWithin(
      [{ first: 3, last: 6 }],
      [
        { first: 0, last: 3 },
        { first: 6, last: 9 },
      ],
    ),
  ).toBe(false);
});

test("fewer addresses of one rule are asked for with the rule's bounds", () => {
  expect(narrowed("100-103")).toEqual({ writes: [{ ...RULE, addresses: [{ first: 100, last: 103 }] }] });
});

test.each(["", "100-119", "110-119, 100-109"])("addresses %o take nothing away", (text) => {
  expect(narrowed(text)).toBeNull();
});

test("what was not asked for, and what cannot be read, is a fault of the field", () => {
  expect(addressFault("99-103", RULE)).toBe("narrow_beyond");
  expect(addressFault("a", RULE)).toBe("narrow_addresses");
  expect(addressFault("100, 119", RULE)).toBeNull();
  expect(addressFault("7", { table: "holding" })).toBeNull();
});
