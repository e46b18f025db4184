import type { ReactNode } from "react";

import { useLanguage, useTexts } from "../../i18n/language";
import { speak } from "../phrases/speak";
import { sentenceTexts } from "../sentences/texts";
import { detailTexts, endTexts } from "./texts";

interface EndProps {
  /** Why it ended, by the broker's code. */
  readonly code: string;
}

/** Why a session ended, in a word or two. */
export function EndReason({ code }: EndProps) {
  const t = useTexts(endTexts);
  return Object.hasOwn(endTexts.en, code) ? t(code as keyof (typeof endTexts)["en"]) : code.replaceAll("_", " ");
}

/** The same with what else is known of the end: somebody's own words, or what the broker says beyond its code. */
export function End({ code, detail }: EndProps & { readonly detail: string }) {
  const isKnownByCode = detail === "" || (Object.hasOwn(detailTexts.en, code) && detailOf(code) === detail);
  return (
    <>
      <EndReason code={code} />
      {isKnownByCode ? null : <>: {code === "killed" ? detail : <Detail text={detail} />}</>}
    </>
  );
}

/** What the broker says of an end, or of what is missing; other words stay as they are. */
export function Detail({ text }: { readonly text: string }): ReactNode {
  const { language } = useLanguage();
  return speak(detailTexts, language, text) ?? speak(sentenceTexts, language, text) ?? text;
}

function detailOf(code: string): string | undefined {
  return detailTexts.en[code as keyof (typeof detailTexts)["en"]];
}
