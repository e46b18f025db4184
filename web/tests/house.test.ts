import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const text = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => readFileSync(`src/${path}`, "utf8"))
  .join("\n");
const style = (component: string) => `node_modules/@mantine/core/styles/${component}.layer.css`;

/** The components whose files a component imports: their styles are needed as well. */
function partsOf(component: string): string[] {
  const folder = `node_modules/@mantine/core/esm/components/${component}`;
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".mjs"));
  const source = files.map((file) => readFileSync(`${folder}/${file}`, "utf8")).join("\n");
  return [...source.matchAll(/from "(?:\.\.\/)+(\w+)\//g)].map(([, name = ""]) => name);
}

/** Imported by others for their context only: nothing of them is shown. */
const CONTEXT_ONLY = new Set(["Accordion", "CheckboxCard", "Radio", "RadioCard"]);

function withParts(components: readonly string[]): Set<string> {
  const found = new Set(components);
  for (const component of found) for (const part of partsOf(component)) found.add(part);
  return found;
}

describe("Mantine's styles", () => {
  const used = [...text.matchAll(/import \{([^}]+)\} from "@mantine\/core"/g)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.trim().replace(/^type /, "")),
  );
  const needed = [...withParts(used)].filter((name) => existsSync(style(name)) && !CONTEXT_ONLY.has(name));
  const imported = new Set([...text.matchAll(/styles\/([\w-]+)\.layer\.css/g)].map(([, name = ""]) => name));

  test("of every component that is used, and of its parts, are there", () => {
    expect(needed.length).toBeGreaterThan(5);
    expect(needed.filter((name) => !imported.has(name))).toEqual([]);
  });
  test("that are imported exist", () => {
    expect([...imported].filter((name) => !existsSync(style(name)))).toEqual([]);
  });
});

describe("the sources", () => {
  test("keep no secret in the browser's stores: only what somebody likes to see", () => {
    const kept = [...text.matchAll(/(?:local|session)Storage\.setItem\(([^,]+),/g)].map(([, key = ""]) => key);
    expect(new Set(kept)).toEqual(new Set(["STORED_AS", "RELOADED_FROM"]));
  });
  test("set no HTML and run no text", () => {
    expect(text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
  });
  test("name no address but the broker's own", () => {
    expect(text.match(/https?:\/\/[\w.-]+/g) ?? []).toEqual([]);
  });
});
