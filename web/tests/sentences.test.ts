import { describe, expect, test } from "vitest";

import { daySpans, writeDay } from "../src/ui/sentences/days";

describe("days of the week", () => {
  test.each([
    [[], []],
    [["mon"], [["mon"]]],
    [
      ["sat", "mon", "tue", "wed"],
      [["mon", "wed"], ["sat"]],
    ],
    [
      ["mon", "tue"],
      [["mon"], ["tue"]],
    ],
    [
      ["mon", "sun"],
      [["mon"], ["sun"]],
    ],
  ] as const)("%s stand in spans of three or more", (days, spans) => {
    expect(daySpans(days)).toEqual(spans);
  });

  test("are written in the language", () => {
    expect([writeDay("mon", "de"), writeDay("sun", "en")]).toEqual(["Mo", "Sun"]);
  });
});
