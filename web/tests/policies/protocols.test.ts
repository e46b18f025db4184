import { describe, expect, test } from "vitest";

import { tables, wordsOf } from "../../src/features/policies/protocols";

describe("the words of a protocol", () => {
  test.each([
    ["modbus", "coils", "unit id", undefined],
    ["s7", "inputs", null, "0/2"],
    ["enip", "tag", null, "1/0"],
    ["dnp3", "binary_input", "outstation", undefined],
    ["iec104", "single_command", "common address", undefined],
    ["opcua", "node", null, undefined],
    ["bacnet", "analog_input", "network number", "10/05"],
    ["fins", "cio", null, "0.10.0"],
    ["slmp", "sm", null, "0/255"],
  ])("%s begins with %s", (protocol, table, unit, route) => {
    const words = wordsOf(protocol);
    expect([words.tables[0], words.unit, words.route?.example]).toEqual([table, unit, route]);
  });

  test("say where objects have names and no numbers, and what a name looks like", () => {
    expect([wordsOf("opcua").isNamed, wordsOf("opcua").name]).toEqual([true, "ns=2;s=Pump1"]);
    expect([wordsOf("enip").isNamed, wordsOf("modbus").isNamed, wordsOf("modbus").name]).toEqual([true, false, ""]);
  });

  test("of one that is not known, and of none, are all that there are", () => {
    for (const protocol of ["telnet", "constructor", null]) {
      expect(wordsOf(protocol).tables).toEqual(tables);
      expect(wordsOf(protocol).route).not.toBeNull();
    }
    expect(new Set(tables).size).toBe(tables.length);
  });
});
