import { describe, expect, expectTypeOf, test } from "vitest";

import { defineTexts, fill, languages, type Catalogue } from "../src/i18n/texts";

const modules = import.meta.glob<Record<string, unknown>>("../src/**/{texts,words}.ts", { eager: true });
const isCatalogue = (value: unknown): value is Catalogue =>
  typeof value === "object" && value !== null && "de" in value;
const all = Object.entries(modules).flatMap(([path, exported]) =>
  Object.entries(exported)
    .filter((entry): entry is [string, Catalogue] => isCatalogue(entry[1]))
    .map(([name, catalogue]): [string, Catalogue] => [`${path} ${name}`, catalogue]),
);
const sources = import.meta.glob<string>(["../src/**/*.{ts,tsx}"], { eager: true, query: "?raw", import: "default" });

function places(entry: unknown): string[] {
  const sentences = typeof entry === "string" ? [entry] : Object.values(entry as Record<string, string>);
  return [...new Set(sentences.flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();
}

describe("the texts", () => {
  test("stand in texts.ts and words.ts, where this test finds them", () => {
    const makers = Object.keys(sources).filter((path) => (sources[path] ?? "").includes("= defineTexts("));
    expect(makers.sort()).toEqual(
      Object.keys(modules)
        .filter((path) => !path.includes("i18n"))
        .sort(),
    );
    expect(all.length).toBeGreaterThan(10);
  });

  test.each(all)("%s has the same keys in every language", (_, catalogue) => {
    for (const language of languages) expect(Object.keys(catalogue[language])).toEqual(Object.keys(catalogue.en));
  });

  test.each(all)("%s puts the same values into every language", (_, catalogue) => {
    for (const [key, english] of Object.entries(catalogue.en)) {
      expect([key, places(catalogue.de[key])]).toEqual([key, places(english)]);
    }
  });

  test.each(all)("%s says something in every language, and says it formally", (_, catalogue) => {
    for (const text of Object.values(catalogue.de).flatMap((entry) =>
      typeof entry === "string" ? [entry] : [entry.one, entry.other],
    )) {
      expect(text.trim()).not.toBe("");
      expect(text).not.toMatch(/\b(du|dein|deine|deinen|dir|dich)\b/i);
    }
  });
});

const sample = defineTexts(
  { plain: "Requests", of: "{part} of {whole}", left: { one: "{count} day", other: "{count} days" } },
  { de: { plain: "Anträge", of: "{part} von {whole}", left: { one: "{count} Tag", other: "{count} Tage" } } },
);

describe("filling a text", () => {
  test("puts values in their places", () => {
    expect(fill(sample.de.of, "de", { part: 2, whole: "3" })).toBe("2 von 3");
  });
  test("chooses between one and many", () => {
    expect([1, 2].map((count) => fill(sample.en.left, "en", { count }))).toEqual(["1 day", "2 days"]);
  });
  test("writes numbers as the language does", () => {
    expect([fill("{n}", "en", { n: 1234 }), fill("{n}", "de", { n: 1234 })]).toEqual(["1,234", "1.234"]);
  });
  test("leaves braces in a value alone", () => {
    expect(fill("{name} left", "en", { name: "{whole}" })).toBe("{whole} left");
  });
  test("the compiler knows the keys", () => {
    expectTypeOf<keyof typeof sample.de>().toEqualTypeOf<"plain" | "of" | "left">();
  });
});
