import type { ReactNode } from "react";

import { useLanguage } from "../../i18n/language";
import type { Language } from "../../i18n/texts";
import { detailTexts } from "../ends/texts";
import { faultTexts } from "../faults/texts";
import { speak } from "../phrases/speak";
import { refusalTexts } from "./texts";

/** What the broker says of a refusal or of a field, in a language, or null where the words are not its own. */
export function tell(text: string, language: Language): string | null {
  const catalogues = [refusalTexts, detailTexts, faultTexts];
  return catalogues.reduce<string | null>((said, phrases) => said ?? speak(phrases, language, text), null);
}

/** The same on a page; what is not known stands as it came, and is marked as English. */
export default function Told({ text }: { readonly text: string }): ReactNode {
  const { language } = useLanguage();
  return tell(text, language) ?? <span lang="en">{text}</span>;
}
