import { expect, test } from "vitest";

import { ruleLines } from "../src/ui/rules";

const range = (first: number, last: number) => ({ first, last });

test("what may be written is told with its bounds", () => {
  const writes = [
    { table: "holding" as const, addresses: [range(100, 100), range(110, 119)], minimum: 0, maximum: 800 },
  ];
  expect(ruleLines({ tiers: ["read", "operate"], units: [1, 2], writes })).toEqual([
    { says: "read_all" },
    { says: "write_between", objects: "holding 100, 110–119", low: "0", high: "800" },
    { says: "units", units: "1, 2" },
  ]);
});

test("ranges of a tier that is not there are not told: they give nothing", () => {
  const writes = [{ table: "holding" as const, addresses: [range(100, 100)] }];
  expect(ruleLines({ tiers: ["read"], writes })).toEqual([{ says: "read_all" }]);
});

test("no range at all is told as nothing, not left out", () => {
  expect(ruleLines({ tiers: ["operate"], writes: [] })).toEqual([{ says: "write_none" }]);
});

test("a bound on one side is open on the other", () => {
  const writes = [{ table: "holding" as const, addresses: [range(1, 2)], maximum: 9 }];
  expect(ruleLines({ tiers: ["operate"], writes })).toEqual([
    { says: "write_between", objects: "holding 1–2", low: "…", high: "9" },
  ]);
});

test("content that nobody understands comes first", () => {
  expect(ruleLines({ opaque: true })[0]).toEqual({ says: "opaque" });
});
