import { createContext, Fragment, use, useEffect, useMemo, useState, type ReactNode } from "react";

import { fill, languages, parts, sentence, type Catalogue, type Language, type Values } from "./texts";

const STORED_AS = "wicketgate.language";

interface Chosen {
  readonly language: Language;
  readonly choose: (language: Language) => void;
}
const LanguageContext = createContext<Chosen>({ language: "en", choose: () => undefined });

/** Gives the pages their language: the one chosen here before, else the browser's, else English. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(rememberedLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const chosen = useMemo<Chosen>(
    () => ({
      language,
      choose: (next) => {
        localStorage.setItem(STORED_AS, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <LanguageContext value={chosen}>{children}</LanguageContext>;
}

/** The language, and how to choose another. */
export function useLanguage(): Chosen {
  return use(LanguageContext);
}

type English<C> = C extends Catalogue<infer E> ? E : never;

export interface Translator<C extends Catalogue> {
  /** The text for a key, with values put in. */
  <Key extends keyof English<C>>(key: Key, ...values: Values<English<C>[Key], string | number>): string;
  /** The same with elements as values: `t.rich("by", { who: <b>…</b> })`. */
  rich<Key extends keyof English<C>>(key: Key, ...values: Values<English<C>[Key], ReactNode>): ReactNode;
}

/** Texts of one catalogue in the page's language: `const t = useTexts(texts); t("title")`. */
export function useTexts<C extends Catalogue>(catalogue: C): Translator<C> {
  const { language } = useLanguage();
  return useMemo(() => translator(catalogue, language), [catalogue, language]);
}

function translator<C extends Catalogue>(catalogue: C, language: Language): Translator<C> {
  const texts: Catalogue[Language] = catalogue[language];
  const entry = (key: PropertyKey) => texts[key as string] ?? String(key);
  const plain = (key: PropertyKey, values?: Readonly<Record<string, string | number>>) =>
    fill(entry(key), language, values);
  const rich = (key: PropertyKey, values: Readonly<Record<string, ReactNode>> = {}) =>
    parts(sentence(entry(key), language, values.count)).map((part, index) => (
      <Fragment key={index}>{index % 2 === 0 ? part : values[part]}</Fragment>
    ));
  return Object.assign(plain, { rich }) as Translator<C>;
}

function rememberedLanguage(): Language {
  const wanted = [localStorage.getItem(STORED_AS) ?? "", ...navigator.languages];
  return wanted.map((each) => languages.find((known) => each.startsWith(known))).find(Boolean) ?? "en";
}
