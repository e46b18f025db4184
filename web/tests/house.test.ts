import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const text = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => readFileSync(`src/${path}`, "utf8"))
  .join("\n");
const style = (component: string) => `node_modules/@mantine/core/styles/${component}.layer.css`;

describe("Mantine's styles", () => {
  const used = [...text.matchAll(/import \{([^}]+)\} from "@mantine\/core"/g)]
    .flatMap(([, names = ""]) => names.split(",").map((name) => name.trim().replace(/^type /, "")))
    .filter((name) => existsSync(style(name)));
  const imported = new Set([...text.matchAll(/styles\/([\w-]+)\.layer\.css/g)].map(([, name = ""]) => name));

  test("of every component that is used are there", () => {
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !imported.has(name))).toEqual([]);
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
