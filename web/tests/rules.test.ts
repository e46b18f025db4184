import { expect, test } from "vitest";

import { ruleLines } from "../src/ui/rules";

const range = (first: number, last: number) => ({ first, last });

test("what may be written is told with its bounds", () => {
  const writes = [
    { table: "holding", addresses: [range(100, 100), range(110, 119)], minimum: 0, maximum: 800, step: 50 },
  ];
  expect(ruleLines({ tiers: ["read", "operate"], units: [1, 2], writes })).toEqual([
    { says: "read_all" },
    {
      says: "write_some",
      objects: "holding 100, 110–119",
      bounds: [
        { says: "between", low: "0", high: "800" },
        { says: "step", step: 50 },
      ],
      isAlso: false,
    },
    { says: "units", which: "1, 2" },
  ]);
});

test("ranges of a tier that is not there are not told: they give nothing", () => {
  expect(ruleLines({ tiers: ["read"], writes: [{ table: "holding" }] })).toEqual([{ says: "read_all" }]);
});

test("ranges of a tier that must be asked for each time are told", () => {
  expect(ruleLines({ ask: ["operate"], writes: [{ table: "coils" }] })[0]).toMatchObject({ objects: "coils" });
});

test("no range at all is told as nothing, not left out", () => {
  expect(ruleLines({ tiers: ["operate"], writes: [] })).toEqual([{ says: "write_none" }]);
});

test("a second list narrows the first, and is told as such", () => {
  const lines = ruleLines({ tiers: ["operate"], writes: [[{ table: "holding" }], [{ table: "holding", maximum: 9 }]] });
  expect(lines).toMatchObject([{ isAlso: false }, { isAlso: true, bounds: [{ low: "…", high: "9" }] }]);
});

test("content that nobody understands comes first, and nobody says that it is read", () => {
  expect(ruleLines({ opaque: true, tiers: ["read"] })).toEqual([{ says: "opaque" }]);
});

test("names, speeds and sweeps are told", () => {
  const rate = { change: 5, seconds: 60 as const };
  const writes = [{ table: "tags", names: ["Pump1.*"], rate }];
  expect(
    ruleLines({ tiers: ["operate"], writes, scan: [{ limit: 50, seconds: 10, action: "cut" }], routes: ["0/2"] }),
  ).toEqual([
    { says: "write_some", objects: "tags Pump1.*", bounds: [{ says: "per_minute", change: 5 }], isAlso: false },
    { says: "routes", which: "0/2" },
    { says: "scan_cut", limit: 50, seconds: 10 },
  ]);
});
