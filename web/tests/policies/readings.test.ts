import { describe, expect, test } from "vitest";

import { plain, readChange } from "../../src/features/policies/changes";
import { diffLines, hunksOf } from "../../src/features/policies/diff";
import { sorted, type Finding } from "../../src/features/policies/findings";

const written = (before: string, after: string) =>
  diffLines(before, after).map(({ kind, text }) => ({ same: " ", gone: "-", come: "+" })[kind] + text);

describe("a difference of texts", () => {
  test.each([
    ["a\nb\nc\n", "a\nb\nc\n", [" a", " b", " c"]],
    ["a\nb\nc\n", "a\nx\nc\n", [" a", "-b", "+x", " c"]],
    ["a\nb\n", "a\nb\nc\n", [" a", " b", "+c"]],
    ["a\nb\n", "b\n", ["-a", " b"]],
    ["", "a\n", ["+a"]],
    ["a\n", "", ["-a"]],
    ["", "", []],
    ["a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", ["-a", "-b", " c", "+b", " a", " b", "-b", " a", "+c"]],
    ["a", "a\n", [" a"]],
  ])("%j to %j", (before, after, lines) => {
    expect(written(before, after)).toEqual(lines);
  });

  test("makes one text of the other, whatever they are", () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const text = () => Array.from({ length: random(30) }, () => "abcd"[random(4)]).join("\n");
    for (let round = 0; round < 300; round++) {
      const [before, after] = [text(), text()];
      const lines = diffLines(before, after);
      const side = (gone: string) =>
        lines
          .filter(({ kind }) => kind !== gone)
          .map((line) => line.text)
          .join("\n");
      expect([side("come"), side("gone")]).toEqual([before, after]);
    }
  });

  test("of texts that have nothing in common is still found in time", () => {
    const many = (sign: string) => Array.from({ length: 8000 }, (_, at) => sign + String(at)).join("\n");
    expect(diffLines(many("a"), many("b"))).toHaveLength(16_000);
  });

  test("counts the lines of each side", () => {
    expect(diffLines("a\nb\nc", "a\nx\nc").map(({ before, after }) => [before, after])).toEqual([
      [1, 1],
      [2, null],
      [null, 2],
      [3, 3],
    ]);
  });

  test("is shown with some lines around it, and says how many are left out", () => {
    const before = Array.from({ length: 40 }, (_, at) => `line ${at}`).join("\n");
    const after = before.replace("line 5\n", "").replace("line 30", "line thirty");
    expect(hunksOf(diffLines(before, after)).map(({ lines, skipped }) => [lines.length, skipped])).toEqual([
      [7, 2],
      [8, 18],
    ]);
    expect(hunksOf(diffLines(before, before))).toEqual([]);
  });
});

describe("a change of a field", () => {
  test.each([
    ['spec.access.max_duration: "4h" -> "2h"', { path: "spec.access.max_duration", before: '"4h"', after: '"2h"' }],
    ['spec.who.groups[]: + "a"', { path: "spec.who.groups[]", before: "", after: '"a"' }],
    ["spec.allow.units[]: - 1", { path: "spec.allow.units[]", before: "1", after: "" }],
    ['metadata.description: "a -> b" -> "c"', { path: "metadata.description", before: '"a -> b"', after: '"c"' }],
    ["something else", { path: "", before: "", after: "something else" }],
    ["x: no json -> neither", { path: "", before: "", after: "x: no json -> neither" }],
  ])("%s", (line, change) => {
    expect(readChange(line)).toEqual(change);
  });
  test.each([
    ['"4h"', "4h"],
    ["[1,2]", "1, 2"],
    ['{"group":"a","count":2}', "group: a, count: 2"],
    ["true", "true"],
    ["", ""],
    ["no json", "no json"],
  ])("%s is written %s", (json, text) => {
    expect(plain(json)).toBe(text);
  });
});

describe("the findings of an explanation", () => {
  test("that mean others are put aside, and those that nearly say yes stand in front", () => {
    const finding = (policy: string, ...missed: string[]): Finding => ({
      policy,
      effect: "allow",
      applies: missed.length === 0,
      conditions: missed.map((code) => ({ field: "", code, met: false, message: null, remedy: null })),
    });
    const all = [
      finding("a", "frozen", "wrong_network"),
      finding("b", "not_who"),
      finding("c"),
      finding("d", "frozen"),
    ];
    const { near, far } = sorted(all);
    expect([near.map(({ policy }) => policy), far.map(({ policy }) => policy)]).toEqual([["c", "d", "a"], ["b"]]);
  });
});
