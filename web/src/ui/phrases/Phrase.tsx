import type { ReactNode } from "react";

import { useLanguage } from "../../i18n/language";
import { speak, type Phrases } from "./speak";

interface PhraseProps {
  readonly text: string;
  readonly phrases: Phrases;
  /** Whether it may be somebody's own text as well, in whatever language. */
  readonly isAnybodys?: boolean;
}

/** A text of the broker's in the page's language; one that is not known is shown as it is, and marked as English. */
export function Phrase({ text, phrases, isAnybodys = false }: PhraseProps): ReactNode {
  const { language } = useLanguage();
  return speak(phrases, language, text) ?? (isAnybodys ? text : <span lang="en">{text}</span>);
}
