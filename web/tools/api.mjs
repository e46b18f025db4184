// npm run api: the broker's description of its API, the types made of it, the protocols' words and what the broker says. All are kept in the repository, and tests
// (tests/unit/architecture/test_web_api.py, web/tests/schema.test.ts) are red when one of them no longer fits.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const web = fileURLToPath(new URL("..", import.meta.url));
export const DESCRIPTION = `${web}api/openapi.json`;
const PROTOCOLS = `${web}src/api/protocols.json`;
/** What the broker says in English, key by key: `deploy/dev/phrases.py`. */
const PHRASES = [
  "sentences",
  "faults",
  "reasons",
  "malformations",
  "shortfalls",
  "ends",
  "findings",
  "details",
  "settings",
];
export const TYPES = `${web}src/api/schema.d.ts`;

/** Make the types of the description that is kept here. */
export async function typesOf(description) {
  const head = "// Made by `npm run api` from the broker's OpenAPI document; not to be edited.\n\n";
  return head + astToString(await openapiTS(JSON.parse(description), { defaultNonNullable: false }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const python = process.env.PYTHON ?? `${web}../.venv/bin/python`;
  const told = (...module) => execFileSync(python, ["-m", ...module], { cwd: `${web}..` });
  writeFileSync(DESCRIPTION, told("deploy.dev.openapi"));
  writeFileSync(PROTOCOLS, told("deploy.dev.protocol_words"));
  for (const name of PHRASES) writeFileSync(`${web}src/api/${name}.json`, told("deploy.dev.phrases", name));
  writeFileSync(TYPES, await typesOf(readFileSync(DESCRIPTION, "utf8")));
}
