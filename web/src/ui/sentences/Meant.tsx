import type { Named } from "../../api/types";
import { useTexts, type Translator } from "../../i18n/language";
import { namedTexts } from "./texts";

interface MeantProps {
  readonly named: readonly Named[];
  /** What it is where nothing is named. */
  readonly all: "anyone" | "anything";
}

/** Whom or what a policy means: all of it must hold, and one name of each kind is enough. */
export function Meant({ named, all }: MeantProps) {
  const t = useTexts(namedTexts);
  return named.length === 0 ? t(all) : named.map((each) => said(each, t)).join(t("and"));
}

function said({ kind, names }: Named, t: Translator<typeof namedTexts>): string {
  const words = kind === "organization_kind" ? names.map((name) => (isPeople(name) ? t(name) : name)) : names;
  return t(kind, { names: words.join(t("or")) });
}

const isPeople = (name: string): name is "vendor" | "internal" => name === "vendor" || name === "internal";
