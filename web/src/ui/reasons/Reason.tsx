import { queryOptions, useQuery } from "@tanstack/react-query";

import { useLanguage } from "../../i18n/language";
import type { Language } from "../../i18n/texts";
import { speak, type Phrases } from "../phrases/speak";
import { reasonTexts } from "./texts";

/** Loaded when a malformed message has to be told in German: what can be wrong with one is much, and seldom is. */
const malformationsQuery = queryOptions({
  queryKey: ["malformations"],
  queryFn: async () => (await import("./malformations/texts")).malformationTexts,
  staleTime: Infinity,
  gcTime: Infinity,
});

/** What a guard noted of an operation, in a language; null if none of these texts makes it. */
export function tell(reason: string, language: Language, malformations?: Phrases): string | null {
  const said = speak(reasonTexts, language, reason);
  return said ?? (malformations === undefined ? null : speak(malformations, language, reason));
}

interface ReasonProps {
  readonly operation: { readonly reason: string };
  readonly className?: string | undefined;
}

/** Why an operation was refused, or what the guard itself had to do with it; all of it can be read where it is cut off. */
export function Reason({ operation: { reason }, className }: ReasonProps) {
  const { language } = useLanguage();
  const said = tell(reason, language);
  return said === null ? (
    <Malformation reason={reason} className={className} />
  ) : (
    <span className={className} title={said}>
      {said}
    </span>
  );
}

interface MalformationProps {
  readonly reason: string;
  readonly className: string | undefined;
}

/** The same of what is wrong with a message. What has no German (a device's own words) is as the record has it. */
function Malformation({ reason, className }: MalformationProps) {
  const { language } = useLanguage();
  const { data } = useQuery(malformationsQuery);
  const said = tell(reason, language, data);
  return (
    <span className={className} title={said ?? reason} lang={said === null ? "en" : undefined}>
      {said ?? reason}
    </span>
  );
}
