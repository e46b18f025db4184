/**
 * Texts of the pages in every language that we speak.
 *
 * A text is a sentence with `{names}` of what is put into it, or a pair for one and for many. The compiler knows the keys and the
 * names from the English sentence: a key that a language lacks, or a name that a caller forgets, does not build.
 */

export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

interface Plural {
  readonly one: string;
  readonly other: string;
}
type Text = string | Plural;
type Texts = Readonly<Record<string, Text>>;

/** The same keys in another language: a sentence stays a sentence, a pair stays a pair. */
type Translation<English extends Texts> = {
  readonly [Key in keyof English]: English[Key] extends string ? string : Plural;
};

export type Catalogue<English extends Texts = Texts> = Readonly<Record<"en", English>> &
  Readonly<Record<Exclude<Language, "en">, Translation<English>>>;

type NamesIn<Sentence> = Sentence extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type NamesOf<Entry> = Entry extends { one: infer One; other: infer Other }
  ? "count" | NamesIn<One> | NamesIn<Other>
  : NamesIn<Entry>;

export type Values<Entry, Value> = [NamesOf<Entry>] extends [never]
  ? []
  : [values: Readonly<Record<NamesOf<Entry>, Value>>];

/** The keys of texts into which nothing is put. */
export type PlainKey<C extends Catalogue> = {
  [Key in keyof C["en"]]: [NamesOf<C["en"][Key]>] extends [never] ? Key : never;
}[keyof C["en"]];

/** Pair a feature's English with its translations. */
export function defineTexts<const English extends Texts>(
  en: English,
  translations: Omit<Catalogue<English>, "en">,
): Catalogue<English> {
  return { en, ...translations };
}

const PLACE = /\{(\w+)\}/;

/** Cut a sentence into words and what stands between them: "{a} of {b}" is ["", "a", " of ", "b", ""]. */
export function parts(sentence: string): string[] {
  return sentence.split(PLACE);
}

/** Choose the sentence of an entry: the one for this many, where there are two. */
export function sentence(entry: Text, language: Language, count: unknown): string {
  if (typeof entry === "string") return entry;
  const rule = new Intl.PluralRules(language).select(Number(count));
  return rule === "one" ? entry.one : entry.other;
}

/** Put values into a sentence. Numbers are written as the language writes them. */
export function fill(entry: Text, language: Language, values: Readonly<Record<string, string | number>> = {}): string {
  return parts(sentence(entry, language, values.count))
    .map((part, index) => (index % 2 === 0 ? part : written(values[part], language)))
    .join("");
}

function written(value: string | number | undefined, language: Language): string {
  return typeof value === "number" ? value.toLocaleString(language) : (value ?? "");
}
