/** What may be written at a place: names by the schema, values by the schema and by what the plant has. Pure. */

import { ENTRY, placeAt, type Place } from "./place";
import { knownAt, namesAt, valuesAt, type Known, type Schema, type Shape } from "./schema";

/** Names that the plant has given: a policy speaks of them. */
export interface PlantNames {
  readonly groups: readonly string[];
  readonly users: readonly string[];
  readonly organizations: readonly string[];
  readonly sites: readonly string[];
  readonly assets: readonly string[];
  readonly services: readonly string[];
  readonly freezes: readonly string[];
  readonly timezones: readonly string[];
  /** The protocols' own words for their objects. */
  readonly tables: readonly string[];
}

export interface Proposal {
  readonly text: string;
  readonly kind: "name" | "value" | "example" | "plant";
  /** For names: the path that tells what the name means. */
  readonly path: string;
  readonly isRequired: boolean;
  /** What takes the place of the word, and where the cursor stands in it afterwards. */
  readonly insert: string;
  readonly cursor: number;
}

export interface Proposals {
  /** Where the word begins that a proposal takes the place of. */
  readonly from: number;
  readonly items: readonly Proposal[];
}

/** Which of the plant's names belong where. */
const PLANT: Readonly<Record<string, keyof PlantNames>> = {
  "spec.who.groups.[]": "groups",
  "spec.who.users.[]": "users",
  "spec.who.organizations.[]": "organizations",
  "spec.access.approvals.[].group": "groups",
  "spec.access.after_review.group": "groups",
  "spec.what.sites.[]": "sites",
  "spec.what.assets.names.[]": "assets",
  "spec.what.services.[]": "services",
  "spec.when.freezes.[]": "freezes",
  "spec.when.timezone": "timezones",
  "spec.allow.reads.[].table": "tables",
  "spec.allow.writes.[].table": "tables",
};
const INDENT = "  ";

/** What may be written where the cursor stands. */
export function proposalsAt(schema: Schema, plant: PlantNames, text: string, offset: number): Proposals {
  const place = placeAt(text, offset);
  const known = knownFor(place, text, offset);
  const items = [
    ...(place.writes === "value" ? [] : names(schema, place, known)),
    ...(place.writes === "name" ? [] : values(schema, plant, place, known)),
  ];
  return { from: offset - place.word.length, items };
}

/** What is being written says nothing yet; and a policy that does not say `deny` allows. */
function knownFor(place: Place, text: string, offset: number): Known {
  const said = knownAt(text, offset);
  const own = place.path.join(".");
  const effect = said["spec.effect"] ?? (said.kind === "AccessPolicy" ? "allow" : undefined);
  const all: Record<string, string | undefined> = { ...said, "spec.effect": effect, [own]: undefined };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function names(schema: Schema, place: Place, known: Known): Proposal[] {
  return namesAt(schema, place.path, known)
    .filter(({ name }) => !place.taken.includes(name))
    .map(({ name, shape, isRequired }) => {
      const [before, after] = around(name, shape, place);
      const path = [...place.path, name].join(".");
      return { text: name, kind: "name", path, isRequired, insert: before + after, cursor: before.length };
    });
}

/** What a name is written with: its brackets, or the line below on which it goes on. */
function around(name: string, shape: Shape, { isFlow, indent }: Place): [string, string] {
  if (shape === "list") return [`${name}: [`, "]"];
  if (shape === "plain") return [`${name}: `, ""];
  return isFlow ? [`${name}: {`, "}"] : [`${name}:\n${" ".repeat(indent)}${INDENT}`, ""];
}

function values(schema: Schema, plant: PlantNames, place: Place, known: Known): Proposal[] {
  // "tiers: rea": a list is begun with its bracket, but who leaves it out means one of its values.
  const paths = [place.path, ...(place.path.at(-1) === ENTRY ? [] : [[...place.path, ENTRY]])];
  return paths.flatMap((path) => {
    const written = path.join(".");
    const isBare = path !== place.path;
    const own = PLANT[written];
    const { values, examples } = valuesAt(schema, path, known);
    const all = [
      ...(own === undefined ? [] : plant[own].map((text) => ({ text, kind: "plant" as const }))),
      ...values.map((text) => ({ text, kind: "value" as const })),
      ...(own === undefined ? examples.map((text) => ({ text, kind: "example" as const })) : []),
    ];
    return all.map(({ text, kind }) => {
      const insert = isBare ? `[${quoted(text)}]` : quoted(text);
      return { text, kind, path: written, isRequired: false, insert, cursor: insert.length };
    });
  });
}

/** As a text that YAML reads as this very text. */
function quoted(text: string): string {
  return /^[A-Za-z][\w./+-]*$|^(?:true|false)$|^[0-9]+$|^[0-9]+[smhd]$/.test(text) ? text : JSON.stringify(text);
}
