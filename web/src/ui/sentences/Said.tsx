import { Fragment, type ReactNode } from "react";

import type { Sentence, SentenceValue } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { parts } from "../../i18n/texts";
import { writeDuration } from "../../i18n/times";
import { Moment } from "../times";
import { sentenceTexts, wordTexts } from "./texts";

interface SaidProps {
  readonly sentence: Sentence;
  /** Whose clock the moments are shown by; without it the site of work. */
  readonly site?: string | undefined;
}

/** A sentence of the policies in the page's language. One that this page does not know stands in the broker's English. */
export function Said({ sentence: { key, values, text }, site }: SaidProps): ReactNode {
  const { language } = useLanguage();
  const known: Readonly<Record<string, string>> = sentenceTexts[language];
  const template = Object.hasOwn(known, key) ? known[key] : undefined;
  if (template === undefined) return <span lang="en">{text}</span>;
  return parts(template).map((part, index) => (
    <Fragment key={index}>{index % 2 === 0 ? part : <ValueView value={values[part] ?? ""} site={site} />}</Fragment>
  ));
}

function ValueView({ value, site }: { readonly value: SentenceValue; readonly site: string | undefined }) {
  const { language } = useLanguage();
  const t = useTexts(wordTexts);
  if (typeof value === "string") return value;
  if ("at" in value) return <Moment at={value.at} site={site} />;
  if ("seconds" in value) return writeDuration(value.seconds, language);
  const word = (each: string) =>
    Object.hasOwn(wordTexts.en, each) ? t(each as keyof (typeof wordTexts)["en"]) : each.replaceAll("_", " ");
  return value.words.length === 0 ? t("nothing") : value.words.map(word).join(", ");
}

interface WhyProps {
  readonly message: Sentence | null;
  readonly remedy: Sentence | null;
  readonly site?: string | undefined;
}

/** Why something is refused, and what would help. */
export function Why({ message, remedy, site }: WhyProps) {
  return (
    <>
      {message === null ? null : <Said sentence={message} site={site} />}
      {remedy === null ? null : (
        <>
          {" "}
          <Said sentence={remedy} site={site} />
        </>
      )}
    </>
  );
}
