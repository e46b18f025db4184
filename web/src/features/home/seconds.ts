import { useLanguage } from "../../i18n/language";

/** Seconds as one reads them off a stopwatch. */
export function useSeconds(): (milliseconds: number) => string {
  const { language } = useLanguage();
  return (milliseconds) =>
    (milliseconds / 1000).toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
