import { useLanguage } from "../../i18n/language";
import { fill, type Language } from "../../i18n/texts";
import { speak } from "../phrases/speak";
import { malformedTexts, reasonTexts } from "./texts";

interface Told {
  /** What is said before the text, in the page's language. */
  readonly lead: string;
  readonly text: string;
  /** Whether the text is as the record has it, because none of ours makes it. */
  readonly isEnglish: boolean;
}

interface Noted {
  readonly reason: string;
  readonly verdict: string;
}

/** What a guard noted of an operation, in a language: why it was refused, or what the guard itself had to do with it. */
export function tell({ reason, verdict }: Noted, language: Language): Told {
  const said = speak(reasonTexts, language, reason);
  if (said !== null) return { lead: "", text: said, isEnglish: false };
  const lead = verdict === "malformed" ? fill(malformedTexts[language].malformed, language, { detail: "" }) : "";
  return { lead, text: reason, isEnglish: true };
}

interface ReasonProps {
  readonly operation: Noted;
  readonly className?: string | undefined;
}

/** The same on a page, with all of it to be read where it is cut off. */
export function Reason({ operation, className }: ReasonProps) {
  const { language } = useLanguage();
  const { lead, text, isEnglish } = tell(operation, language);
  return (
    <span className={className} title={lead + text}>
      {lead}
      {isEnglish ? <span lang="en">{text}</span> : text}
    </span>
  );
}
