/** Texts that the record keeps in English, said in another language: a text is known again by its template. Pure. */

import { parts, type Catalogue, type Language } from "../../i18n/texts";
import { stateTexts, tierTexts } from "../words";
import { sweepTexts } from "./words";

export interface Found {
  readonly key: string;
  readonly values: Readonly<Record<string, string>>;
}

type Templates = Readonly<Record<string, string>>;

/** A catalogue of sentences alone, made of a table that the broker keeps in English. */
export type Phrases = Catalogue<Templates>;

interface Pattern {
  readonly key: string;
  readonly places: readonly string[];
  readonly expression: RegExp;
}

const compiled = new WeakMap<Templates, readonly Pattern[]>();

/** Which of the templates a text was made of, and with what: the one that says most of it by itself. */
export function recognise(templates: Templates, text: string): Found | null {
  for (const { key, places, expression } of patternsOf(templates)) {
    const match = expression.exec(text);
    if (match !== null) {
      return { key, values: Object.fromEntries(places.map((place, index) => [place, match[index + 1] ?? ""])) };
    }
  }
  return null;
}

/** Says a value that was put into a text, by the name of its place. */
type SayValue = (place: string, value: string) => string;

/** The text in the language, or null if none of the phrases makes it. */
export function speak(phrases: Phrases, language: Language, text: string): string | null {
  if (language === "en" || text === "") return text;
  const found = recognise(phrases.en, text);
  const template = found === null ? undefined : phrases[language][found.key];
  if (found === null || template === undefined) return null;
  const say = valuesIn(phrases, language);
  return parts(template)
    .map((part, index) => (index % 2 === 0 ? part : say(part, found.values[part] ?? "")))
    .join("");
}

/** Most values are names and numbers; some are words of the product, or a phrase of the same table again. */
function valuesIn(phrases: Phrases, language: Language): SayValue {
  const words: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    tier: tierTexts[language],
    kind: sweepTexts[language],
    state: stateTexts[language],
    current: stateTexts[language],
    wanted: stateTexts[language],
  };
  return (place, value) => {
    if (place === "reason" || place === "load") return speak(phrases, language, value) ?? value;
    const word = Object.hasOwn(words, place) ? words[place]?.[value] : undefined;
    return typeof word === "string" ? word : value;
  };
}

function patternsOf(templates: Templates): readonly Pattern[] {
  const known = compiled.get(templates);
  if (known !== undefined) return known;
  // What says nothing of its own would be found in every text.
  const made = Object.entries(templates)
    .map(([key, template]) => pattern(key, template))
    .filter(({ said }) => said > 0);
  made.sort((one, other) => other.said - one.said);
  compiled.set(templates, made);
  return made;
}

function pattern(key: string, template: string): Pattern & { readonly said: number } {
  const pieces = parts(template);
  const words = pieces.filter((_, index) => index % 2 === 0);
  return {
    key,
    places: pieces.filter((_, index) => index % 2 === 1),
    expression: new RegExp(`^${words.map(escaped).join("(.+)")}$`, "s"),
    said: words.join("").length,
  };
}

const escaped = (words: string) => words.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
