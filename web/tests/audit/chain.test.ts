import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { byCodePoint, readExact, writeCanonical } from "../../src/features/audit/chain/exactJson";
import { linesOf, NoLinesError } from "../../src/features/audit/chain/lines";
import { readKeptCheckpoint, readRecord } from "../../src/features/audit/chain/records";
import { verifyExport, type Options, type Outcome } from "../../src/features/audit/chain/verify";

/** Seven links and two checkpoints, written by the broker's own code: every kind of number, name and sign that could differ. */
const EXPORT: readonly string[] = readFileSync("tests/audit/export.jsonl", "utf8").trimEnd().split("\n");
const CHECKPOINT = 4;
const LAST_CHECKPOINT = 8;
const HEAD = "ffd5a978d965f63a7e59fbe52422782920f92c42392290e51345faaec233cfef";

function bytesOf(lines: readonly string[], chunk = 1000): ReadableStream<Uint8Array<ArrayBuffer>> {
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  return new ReadableStream({
    start(controller) {
      for (let from = 0; from < bytes.length; from += chunk) controller.enqueue(bytes.slice(from, from + chunk));
      controller.close();
    },
  });
}

function verified(lines: readonly string[], options: Options = {}): Promise<Outcome> {
  return verifyExport(linesOf(bytesOf(lines)), options);
}

/** The export with one line changed, or without it. */
function but(index: number, change: (line: string) => string | null): string[] {
  return EXPORT.flatMap((line, place) => (place === index ? (change(line) ?? []) : line));
}

async function collected(lines: AsyncIterable<string>): Promise<string[]> {
  const found = [];
  for await (const each of lines) found.push(each);
  return found;
}

const line = (index: number) => EXPORT[index] ?? "";

describe("an export of the broker", () => {
  test("is intact as it is, whatever numbers, names and signs stand in it", async () => {
    expect(await verified(EXPORT)).toEqual({
      isIntact: true,
      links: 7,
      checkpoints: 2,
      uncovered: 1,
      head: HEAD,
      signers: ["qmo6zbumjy8XNTa3V7ZDoKsrGK-YR0QTcuX86OCTkYI"],
      first: "2026-11-25T08:00:01.123456+00:00",
      last: "2026-11-25T08:00:07.123456+00:00",
    });
  });

  test.each([
    ["a word of it was changed", but(2, (text) => text.replace("vendor", "admin")), 2, "changed"],
    ["a number of it was written otherwise", but(3, (text) => text.replace("3600.0", "3600")), 3, "changed"],
    ["its last digit was changed", but(3, (text) => text.replace("567890", "567891")), 3, "changed"],
    ["a time of it was changed", but(1, (text) => text.replace("08:00:01", "08:00:02")), 1, "changed"],
    ["a name was added to its details", but(1, (text) => text.replace("{}", '{"code":"x"}')), 1, "changed"],
    ["a link was taken out", but(5, () => null), 4, "missing"],
    ["links changed places", but(6, () => line(7)).map((text, i) => (i === 7 ? line(6) : text)), 5, "missing"],
    ["a link names another link before it", but(2, (text) => text.replace("b4c180", "b4c181")), 2, "unlinked"],
    ["its end was cut off", EXPORT.slice(0, -1), 7, "cut_off"],
    ["its checkpoints hold another hash", but(CHECKPOINT, (text) => text.replace("b37089", "b37088")), 3, "other_hash"],
    ["a checkpoint says another time", but(CHECKPOINT, (text) => text.replace("08:03", "08:04")), 3, "bad_signature"],
    ["a signature is another one", but(CHECKPOINT, (text) => text.replace("S4FkLo", "S4FkLp")), 3, "bad_signature"],
    ["a signature is none", but(CHECKPOINT, (text) => text.replace("S4FkLo", "S4F=Lo")), 3, "bad_signature"],
    ["a checkpoint is another one's", but(LAST_CHECKPOINT, () => line(CHECKPOINT)), 6, "misplaced"],
    [
      "its key is missing",
      but(0, (text) => text.replace(/"keys":\[.*\],"links"/, '"keys":[],"links"')),
      3,
      "unknown_key",
    ],
    ["its key was put in another's place", but(0, (text) => text.replace("7W1Lj8", "7W1Lj9")), 3, "unknown_key"],
    ["a line is none", but(6, () => "{"), 5, "unreadable"],
    ["a line says a name twice", but(6, (text) => text.replace('"actor":', '"target":"x","actor":')), 5, "unreadable"],
    ["it begins with something else", EXPORT.slice(1), 0, "no_export"],
    ["it is empty", [], 0, "no_export"],
  ])("is broken when %s", async (_, lines, sequence, fault) => {
    expect(await verified(lines)).toEqual({ isIntact: false, sequence, fault, links: Math.max(0, sequence - 1) });
  });

  test("is broken at the next link when a changed one got the hash of its new content", async () => {
    const changed = line(2).replace("vendor", "admin");
    const link = readRecord(changed);
    if (link?.type !== "link") throw new Error("no link");
    const hash = createHash("sha256")
      .update("wicketgate-audit-v1\n")
      .update(Buffer.from(link.previous, "hex"))
      .update(link.body)
      .digest("hex");
    const forged = but(2, () => changed.replace(/"hash":"[0-9a-f]+"/, `"hash":"${hash}"`));
    expect(await verified(forged)).toMatchObject({ sequence: 3, fault: "unlinked" });
  });
});

describe("a checkpoint that was kept elsewhere", () => {
  const kept = readKeptCheckpoint(line(CHECKPOINT));
  test("is read from a line of the export, or of the broker's log", () => {
    const logged = '{"sequence": 3, "at": "2026-11-25T08:03:00.1+00:00", "hash": "' + "ab".repeat(32);
    expect(readKeptCheckpoint(logged + '", "key_id": "k", "signature": "00", "event": "audit_checkpoint"}')).toEqual({
      sequence: 3,
      at: "2026-11-25T08:03:00.1+00:00",
      hash: "ab".repeat(32),
      keyId: "k",
    });
    expect(
      ["", "{}", "[1]", '{"sequence":-1}', '{"sequence":1,"at":"","hash":"xy","key_id":"k"}'].map(readKeptCheckpoint),
    ).toEqual([null, null, null, null, null]);
  });
  test("agrees with the chain that it was made of", async () => {
    expect(await verified(EXPORT, { kept })).toMatchObject({ isIntact: true });
  });
  test("finds a chain that was written anew, although it is whole in itself", async () => {
    const other = kept && { ...kept, hash: "0".repeat(64) };
    expect(await verified(EXPORT, { kept: other })).toMatchObject({
      isIntact: false,
      sequence: 3,
      fault: "not_as_kept",
    });
  });
  test("finds a chain that is shorter than it was", async () => {
    const later = kept && { ...kept, sequence: 900 };
    expect(await verified(EXPORT, { kept: later })).toMatchObject({
      isIntact: false,
      sequence: 8,
      fault: "not_as_kept",
    });
  });
});

describe("lines", () => {
  test.each([1, 2, 3, 7, 100_000])("are the same when they arrive in pieces of %d bytes", async (chunk) => {
    expect(await collected(linesOf(bytesOf(EXPORT, chunk)))).toEqual(EXPORT);
  });
  test("without end are refused before they fill the memory", async () => {
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        controller.enqueue(new Uint8Array(100_000).fill(65));
      },
    });
    await expect(collected(linesOf(endless))).rejects.toThrow(NoLinesError);
  });
  test("that are no UTF-8 are refused", async () => {
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        controller.enqueue(new Uint8Array([0xff, 0xfe]));
        controller.close();
      },
    });
    await expect(collected(linesOf(stream))).rejects.toThrow(NoLinesError);
  });
});

describe("exact JSON", () => {
  test.each([
    ['{"b":1,"a":[true,false,null]}', '{"a":[true,false,null],"b":1}'],
    [' { "a" : [ ] , "b" : { } } ', '{"a":[],"b":{}}'],
    ["[1.0,-0.0,1e-07,12345678901234567890]", "[1.0,-0.0,1e-07,12345678901234567890]"],
    ['"\\u00fc\\u001f\\ud83d\\udd12\\/"', '"ü\\u001f🔒/"'],
    ['{"__proto__":1,"constructor":2}', '{"__proto__":1,"constructor":2}'],
  ])("%s is written %s", (text, written) => {
    expect(writeCanonical(readExact(text))).toBe(written);
  });
  test.each([
    "",
    "{",
    "[1,]",
    "[1 2]",
    '{"a":1,}',
    '{"a" 1}',
    "{a:1}",
    "01",
    "1.",
    "+1",
    "nul",
    '"a',
    "[1]x",
    '{"a":1,"a":2}',
    "'a'",
    "NaN",
    "Infinity",
    '"\u0001"',
  ])("%j is none", (text) => {
    expect(() => readExact(text)).toThrow(SyntaxError);
  });
  test("nested without end is refused, and not followed until the stack ends", () => {
    expect(() => readExact("[".repeat(100_000))).toThrow(SyntaxError);
  });
  test("sorts by code point, as the broker does: what lies beyond U+FFFF comes last", () => {
    expect(["🔒", "\ue000", "\uffff", "z", "a", "ab", ""].sort(byCodePoint)).toEqual([
      "",
      "a",
      "ab",
      "z",
      "\ue000",
      "\uffff",
      "🔒",
    ]);
  });
});
