import type { ReactNode } from "react";

import classes from "./Facts.module.css";

export interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

/** What is known of one thing, as names and values; a fact without value is left out. */
export function Facts({ facts }: { readonly facts: readonly (Fact | null)[] }) {
  return (
    <dl className={classes.facts}>
      {facts
        .filter((fact) => fact !== null && (fact.value ?? "") !== "")
        .map((fact) => (
          <div key={fact?.label} className={classes.fact}>
            <dt>{fact?.label}</dt>
            <dd>{fact?.value}</dd>
          </div>
        ))}
    </dl>
  );
}
