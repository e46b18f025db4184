import { useLanguage } from "../../i18n/language";

/** A number as the language writes it. */
export function Figure({ value }: { readonly value: number }) {
  const { language } = useLanguage();
  return <span className="figures">{value.toLocaleString(language)}</span>;
}
