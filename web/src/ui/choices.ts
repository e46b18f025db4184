import { useState } from "react";

/** What a list offers: what it stands for, and what people read. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/**
 * The choices, and among them always the chosen one, as it was called when it was seen last: a field whose choice
 * changes its name takes what is being typed for done. Until it was seen it is called `unseen`.
 */
export function useChoices(choices: readonly Choice[], value: string, unseen = value): Choice[] {
  const [seen, setSeen] = useState<Choice | null>(null);
  const listed = choices.find((each) => each.value === value);
  if (listed !== undefined) {
    if (seen?.value !== listed.value || seen.label !== listed.label) setSeen(listed);
    return [...choices];
  }
  if (value === "") return [...choices];
  return [seen?.value === value ? seen : { value, label: unseen }, ...choices];
}
