import { describe, expect, test } from "vitest";

import protocols from "../src/api/protocols.json";
import { unitOf } from "../src/ui/units";

/** The broker's words for it, and the pages' texts. */
const SAME = {
  "unit id": "unit",
  outstation: "outstation",
  "common address": "common_address",
  "network number": "network",
} as const;

describe("the word for a device behind a service", () => {
  test.each(Object.entries(protocols))("is the one of %s", (protocol, { unit }) => {
    expect(unitOf(protocol)).toBe(unit === null ? "unit" : SAME[unit as keyof typeof SAME]);
  });

  test("of a protocol that is not known is unit", () => {
    expect([unitOf("telnet"), unitOf("constructor"), unitOf("")]).toEqual(["unit", "unit", "unit"]);
  });
});
