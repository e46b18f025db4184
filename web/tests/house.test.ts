import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const sources = new Map(
  readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => [path, readFileSync(`src/${path}`, "utf8")] as const),
);
const text = [...sources.values()].join("\n");
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

/** Parts that their owner shows only where it is asked to; no page asks for them. */
const UNASKED = new Set([
  "Popover Overlay",
  "Modal ScrollArea",
  "FocusTrap VisuallyHidden",
  "Menu Input",
  "Menu Checkbox",
  "Menu Radio",
]);

function withParts(components: readonly string[]): Set<string> {
  const found = new Set(components);
  for (const component of found)
    for (const part of partsOf(component)) if (!UNASKED.has(`${component} ${part}`)) found.add(part);
  return found;
}

/** The files that a file imports: with itself, or, `lazily`, when something is first shown. */
function importsOf(path: string, lazily = false): string[] {
  const pattern = lazily ? /import\("(\.[^"]+)"\)/g : /(?:from|^import) "(\.[^"]+)"/gm;
  return [...(sources.get(path) ?? "").matchAll(pattern)].flatMap(([, name = ""]) => {
    const file = join(dirname(path), name);
    return [file, `${file}.ts`, `${file}.tsx`].filter((each) => sources.has(each));
  });
}

/** What is fetched with a file. */
function fetchedWith(path: string): string[] {
  const found = new Set([path]);
  for (const each of found) for (const next of importsOf(each)) found.add(next);
  return [...found];
}

function stylesIn(paths: readonly string[]): Set<string> {
  const imports = paths.flatMap((path) => [...(sources.get(path) ?? "").matchAll(/styles\/([\w-]+)\.layer\.css/g)]);
  return new Set(imports.map(([, name = ""]) => name));
}

function neededBy(paths: readonly string[]): string[] {
  const imports = paths.flatMap((path) => [
    ...(sources.get(path) ?? "").matchAll(/import \{([^}]+)\} from "@mantine\/core"/g),
  ]);
  const used = imports.flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.trim().replace(/^type | as .*/g, "")),
  );
  return [...withParts(used)].filter((name) => existsSync(style(name)) && !CONTEXT_ONLY.has(name));
}

describe("Mantine's styles", () => {
  const always = stylesIn(fetchedWith("main.tsx"));
  const lazy = [...new Set([...sources.keys()].flatMap((path) => importsOf(path, true)))];

  test("are looked for everywhere", () => {
    expect(lazy).toContain("features/requests/NewRequestPage.tsx");
    expect(neededBy(["features/requests/NewRequestPage.tsx"])).toContain("Input");
  });
  test.each(["main.tsx", ...lazy])("of what %s shows come with it, whatever was open before", (path) => {
    const fetched = fetchedWith(path);
    const there = stylesIn(fetched);
    expect(neededBy(fetched).filter((name) => !there.has(name) && !always.has(name))).toEqual([]);
  });
  test("that are imported exist", () => {
    expect([...stylesIn([...sources.keys()])].filter((name) => !existsSync(style(name)))).toEqual([]);
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
