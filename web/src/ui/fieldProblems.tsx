/** What the broker refuses of a form, field by field, in the page's language. */

import type { ReactNode } from "react";

import { asApiError, type FieldProblem } from "../api/problems";
import { useTexts } from "../i18n/language";
import { useProblemCatalogue } from "./problemCatalogue";
import { fieldProblemTexts } from "./texts";

type Rule = keyof (typeof fieldProblemTexts)["en"];

export type FieldWords = (problem: FieldProblem) => ReactNode;

/** Says what is wrong with a field: by its rule where that is a common one, else in the broker's words. */
export function useFieldWords(): FieldWords {
  const t = useTexts(fieldProblemTexts);
  const catalogue = useProblemCatalogue();
  return ({ rule = "", limit = 0, message }) => {
    if (!isKnown(rule)) return catalogue?.tell(message) ?? <span lang="en">{message}</span>;
    return rule === "string_too_long" || rule === "string_too_short" ? t(rule, { count: limit }) : t(rule);
  };
}

function isKnown(rule: string): rule is Rule {
  return Object.hasOwn(fieldProblemTexts.en, rule);
}

/** The refused fields that a form has, by name; `duration.0` belongs to `duration`. */
export function byField<Words>(
  problems: readonly FieldProblem[],
  known: object,
  say: (problem: FieldProblem) => Words,
): Record<string, Words> {
  const found: Record<string, Words> = {};
  for (const problem of problems) {
    const name = nameOf(problem);
    if (name in known) found[name] ??= say(problem);
  }
  return found;
}

/** What is left to be told of a refusal when every field of a form says its own. */
export function withoutFields(error: Error | null, known: object): Error | null {
  const problems = asApiError(error)?.fields ?? [];
  return problems.length > 0 && problems.every((problem) => nameOf(problem) in known) ? null : error;
}

function nameOf({ path }: FieldProblem): string {
  return path.split(".", 1)[0] ?? "";
}
