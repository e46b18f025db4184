import type { Language } from "../../i18n/texts";

/** "0.042": seconds to the millisecond, for what must be fast. Pure. */
export function writeSeconds(seconds: number, language: Language): string {
  return seconds.toLocaleString(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
}
