import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { proposalsAt, type PlantNames } from "../../src/features/policies/editor/completion";
import { placeAt } from "../../src/features/policies/editor/place";
import { type Schema } from "../../src/features/policies/editor/schema";
import { fieldTexts } from "../../src/features/policies/words";

/** The broker's own schema. */
const SCHEMA = JSON.parse(readFileSync("../policies/library/schema.json", "utf8")) as Schema;
const PLANT: PlantNames = {
  groups: ["acme-engineers", "ot-operations"],
  users: ["engineer"],
  organizations: ["acme"],
  sites: ["north"],
  assets: ["plc-1"],
  services: ["modbus"],
  freezes: ["autumn-shutdown"],
  timezones: ["Europe/Berlin"],
  tables: ["holding", "coils"],
};

/** A text with a bar where the cursor stands. */
function cut(text: string): [string, number] {
  return [text.replace("|", ""), text.indexOf("|")];
}
const place = (text: string) => placeAt(...cut(text));
const proposals = (text: string) => proposalsAt(SCHEMA, PLANT, ...cut(text)).items;
const proposed = (text: string) => proposals(text).map((item) => item.text);

const HEAD = "apiVersion: wicketgate/v1\nkind: AccessPolicy\nmetadata: {name: x}\n";

describe("the place of the cursor", () => {
  test.each([
    ["|", [], "name", ""],
    ["ki|", [], "name", "ki"],
    ["kind: Acc|", ["kind"], "value", "Acc"],
    ["spec:\n  |", ["spec"], "name", ""],
    ["spec:\n  who: {groups: [a]}\n  wh|", ["spec"], "name", "wh"],
    ["spec:\n  access:\n    mode: request\n    max|", ["spec", "access"], "name", "max"],
    ["spec:\n  access:\n    mode: request\n  al|", ["spec"], "name", "al"],
    ["spec:\n  access:\n    mode: request\nme|", [], "name", "me"],
    ["spec:\n  who: {|", ["spec", "who"], "name", ""],
    ["spec:\n  who: {groups: [|", ["spec", "who", "groups", "[]"], "value", ""],
    ["spec:\n  who: {groups: [a, b|", ["spec", "who", "groups", "[]"], "value", "b"],
    ["spec:\n  who: {groups: [a], us|", ["spec", "who"], "name", "us"],
    ["spec:\n  what: {assets: {labels: {ty|", ["spec", "what", "assets", "labels"], "name", "ty"],
    ["spec:\n  what: {sites: [n],\n    serv|", ["spec", "what"], "name", "serv"],
    ["spec:\n  access:\n    approvals: [{group: a}, {gr|", ["spec", "access", "approvals", "[]"], "name", "gr"],
    ["spec:\n  access:\n    approvals:\n      - gr|", ["spec", "access", "approvals", "[]"], "entry", "gr"],
    [
      "spec:\n  access:\n    approvals:\n    - group: a\n      co|",
      ["spec", "access", "approvals", "[]"],
      "name",
      "co",
    ],
    ["spec:\n  access:\n    approvals:\n    - group: a\n    mo|", ["spec", "access"], "name", "mo"],
    ["spec:\n  who:\n    groups:\n      - a\n      - |", ["spec", "who", "groups", "[]"], "entry", ""],
    ["a: {b: c}\n---\nki|", [], "name", "ki"],
    ["spec:\n  # a note: with a colon\n\n  wh|", ["spec"], "name", "wh"],
    ['spec:\n  when: {from: "07:00", to: "|', ["spec", "when", "to"], "value", '"'],
    ['spec:\n  when: {from: "a: {b", da|', ["spec", "when"], "name", "da"],
    ["spec:\n  when: {freezes: [a]} # more {\n  wh|", ["spec"], "name", "wh"],
  ] as const)("%j", (text, path, writes, word) => {
    expect(place(text)).toMatchObject({ path, writes, word });
  });
});

describe("what is proposed", () => {
  test("names the members that a mapping lacks, those that it needs first", () => {
    expect(proposed(`${HEAD}spec:\n  who: {anyone: true}\n  |\n  allow: {tiers: [read]}`).slice(0, 2).sort()).toEqual([
      "access",
      "what",
    ]);
    expect(proposed(`${HEAD}spec:\n  who: {anyone: true}\n  |\n  allow: {}`)).not.toContain("allow");
  });
  test("is what the kind of the document has", () => {
    expect(proposed("kind: Freeze\nspec: {|").sort()).toEqual(["from", "reason", "to"]);
    expect(proposed(`${HEAD}spec:\n  effect: deny\n  |`)).toContain("reason");
    expect(proposed(`${HEAD}spec:\n  effect: deny\n  |`)).not.toContain("access");
    expect(proposed(`${HEAD}spec:\n  |`)).not.toContain("reason");
  });
  test("is what this document is, not the one before it", () => {
    expect(proposed("kind: Freeze\n---\nkind: AccessPolicy\nspec: {|")).toContain("who");
  });
  test("are the words of the language where it has some", () => {
    expect(proposed(`${HEAD}spec:\n  access: {mode: |`)).toEqual(["request", "standing", "emergency"]);
    expect(proposed(`${HEAD}spec:\n  allow: {tiers: [|`)).toEqual(["read", "operate", "program", "firmware"]);
    expect(proposed("kind: |").sort()).toEqual(["AccessPolicy", "Freeze"]);
    expect(proposed(`${HEAD}spec:\n  effect: |`).sort()).toEqual(["allow", "deny"]);
    expect(proposed(`${HEAD}spec:\n  session: {supervised: |`)).toEqual(["true", "false"]);
  });
  test("are the plant's own names where they belong", () => {
    expect(proposed(`${HEAD}spec:\n  who: {groups: [|`)).toEqual(PLANT.groups);
    expect(proposed(`${HEAD}spec:\n  access: {approvals: [{group: |`)).toEqual(PLANT.groups);
    expect(proposed(`${HEAD}spec:\n  what: {sites: [|`)).toEqual(PLANT.sites);
    expect(proposed(`${HEAD}spec:\n  allow:\n    writes:\n      - table: |`)).toEqual(PLANT.tables);
    expect(proposed(`${HEAD}spec:\n  when:\n    freezes:\n      - |`)).toEqual(PLANT.freezes);
  });
  test("comes with its brackets, and the cursor between them", () => {
    const inserted = (text: string, name: string) => proposals(text).find((item) => item.text === name);
    expect(inserted(`${HEAD}spec:\n  |`, "who")).toMatchObject({ insert: "who:\n    ", cursor: 9 });
    expect(inserted(`${HEAD}spec:\n  who: {|`, "groups")).toMatchObject({ insert: "groups: []", cursor: 9 });
    expect(inserted(`${HEAD}spec: {|`, "who")).toMatchObject({ insert: "who: {}", cursor: 6 });
    expect(inserted(`${HEAD}spec:\n  allow: {tiers: |`, "read")).toMatchObject({ insert: "[read]" });
    expect(inserted(`${HEAD}spec:\n  when: {timezone: |`, "Europe/Berlin")).toMatchObject({ insert: "Europe/Berlin" });
  });
  test("is nothing where the language has nothing", () => {
    expect(proposed(`${HEAD}spec:\n  nonsense: {|`)).toEqual([]);
    expect(proposed(`${HEAD}metadata: {name: |`)).toEqual([]);
  });
});

const POLICIES = readdirSync("../policies/library").filter((name) => name.endsWith(".yaml") && name !== "tests.yaml");

test.each(POLICIES)("in %s every name stands where it would have been proposed", (file) => {
  const text = readFileSync(`../policies/library/${file}`, "utf8");
  const names = [...text.matchAll(/(?<=^\s*(?:- )?|[{,]\s*)([a-z_]+)(?=:\s)/gim)].filter(({ index }) => {
    const line = text.slice(text.lastIndexOf("\n", index) + 1, index);
    return !line.includes("#") && !line.includes("labels") && !line.includes("description");
  });
  expect(names.length).toBeGreaterThan(4);
  for (const { 0: name, index } of names) {
    const without = text.slice(0, index) + text.slice(index + name.length + 1);
    const found = proposalsAt(SCHEMA, PLANT, without, index).items.map((item) => item.text);
    // What the kind of a document decides is known from its other lines only.
    if (name !== "kind" && name !== "apiVersion") expect(found, `${name} at ${index}`).toContain(name);
  }
});

test("every field of the language has words", () => {
  const found = new Set<string>();
  const walk = (schema: Schema, path: readonly string[]): void => {
    const own = schema.$ref === undefined ? schema : (SCHEMA.$defs?.[schema.$ref.split("/").at(-1) ?? ""] ?? {});
    for (const one of own.anyOf ?? []) walk(one, path);
    if (own.items !== undefined) walk(own.items, [...path, "[]"]);
    for (const [name, member] of Object.entries(own.properties ?? {})) {
      found.add([...path, name].join("."));
      walk(member, [...path, name]);
    }
  };
  walk(SCHEMA, []);
  expect(Object.keys(fieldTexts.en).sort()).toEqual([...found].sort());
});
