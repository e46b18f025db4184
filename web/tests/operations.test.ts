import { describe, expect, test } from "vitest";

import { writeClock } from "../src/ui/operations/clock";
import {
  functionName,
  isDenial,
  isWrite,
  outcomeOf,
  paired,
  readOperation,
  writeValues,
} from "../src/ui/operations/operations";

const asked = (transaction: number | null, more: object = {}) =>
  readOperation({ transaction, stream: 1, unit: 1, verdict: "allowed", tier: "read", ...more });
const answer = (transaction: number | null, more: object = {}) => asked(transaction, { is_response: true, ...more });

describe("answers", () => {
  test("stand beside what they answer", () => {
    const [first, second] = paired([asked(1), asked(2), answer(2, { values: [7] }), answer(1, { values: [5] })]);
    expect([first?.answer?.values, second?.answer?.values]).toEqual([[5], [7]]);
  });
  test("of another stream or unit stand alone", () => {
    const found = paired([asked(1), answer(1, { stream: 2 }), answer(1, { unit: 9 })]);
    expect(found.map((each) => each.answer)).toEqual([null, null, null]);
  });
  test("come once for each use of a number", () => {
    const found = paired([asked(1), answer(1, { values: [1] }), asked(1), answer(1, { values: [2] })]);
    expect(found.map((each) => each.answer?.values)).toEqual([[1], [2]]);
  });
  test("of protocols without numbers stand beside the last question of their kind", () => {
    const kind = { function_code: 4 };
    const found = paired([
      asked(null, kind),
      answer(null, { ...kind, values: [3] }),
      answer(null, { function_code: 5 }),
    ]);
    expect(found.map((each) => each.answer?.values)).toEqual([[3], undefined]);
  });
});

describe("an operation", () => {
  test("has every member, also those that were left out", () => {
    expect(readOperation({ number: 3 })).toMatchObject({ number: 3, values: [], reason: "", unit: null });
  });
  test("is a write when it passed and did more than read", () => {
    const write = { tier: "operate" };
    expect(
      [asked(1, write), asked(1, { ...write, verdict: "denied" }), answer(1, write), asked(1)].map(isWrite),
    ).toEqual([true, false, false, false]);
  });
  test("is a denial whatever kept it from passing", () => {
    expect(["denied", "asked", "malformed", "allowed"].map((verdict) => isDenial(asked(1, { verdict })))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
  test("that cannot be read is no operation that passed", () => {
    expect(outcomeOf(readOperation({ unreadable: true }))).toBe("unreadable");
  });
  test("is named in words, or by its code", () => {
    expect(functionName(readOperation({ function: "write_single_register" }))).toBe("write single register");
    expect(functionName(readOperation({ function_code: 43 }))).toBe("function 43");
  });
});

test("values are written until there are too many", () => {
  expect(writeValues([1, 2.5, true, "x", 5], 3)).toBe("1, 2.5, true … (+2)");
});
test("the clock is the zone's, to the millisecond", () => {
  expect(writeClock("2026-07-01T10:04:31.204567+00:00", "Europe/Berlin")).toBe("12:04:31.204");
  expect(writeClock("garbage", "Europe/Berlin")).toBe("garbage");
});
