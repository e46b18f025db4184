import { describe, expect, test } from "vitest";

import { partsOf } from "../src/ui/fingerprint/words";

describe("the name of a fact", () => {
  test.each([
    ["mode", "mode", ""],
    ["unit1.vendor_name", "vendor_name", "unit1"],
    ["0.10.0.firmware", "firmware", "0.10.0"],
    ["unit1.umas.program_check", "program_check", "unit1.umas"],
    ["block.DB7", null, "block.DB7"],
    ["constructor", null, "constructor"],
  ])("of %s", (fact, name, where) => {
    expect(partsOf(fact)).toEqual({ name, where });
  });
});
