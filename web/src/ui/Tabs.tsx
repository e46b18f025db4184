import type { ReactNode } from "react";

import classes from "./Tabs.module.css";

interface TabsProps<Value extends string> {
  /** What is chosen among, for those who do not see it. */
  readonly label: string;
  readonly value: Value;
  readonly tabs: readonly { readonly value: Value; readonly label: string; readonly mark?: ReactNode }[];
  readonly choose: (value: Value) => void;
}

/** Several views of one thing, one at a time; `mark` stands behind a name. */
export function Tabs<Value extends string>({ label, value, tabs, choose }: TabsProps<Value>) {
  return (
    <nav className={classes.tabs} aria-label={label}>
      {tabs.map((tab) => (
        <button
          key={tab.value}
          type="button"
          className={classes.tab}
          aria-current={tab.value === value ? "page" : undefined}
          onClick={() => {
            choose(tab.value);
          }}
        >
          {tab.label}
          {tab.mark === undefined ? null : <span className={classes.mark}>{tab.mark}</span>}
        </button>
      ))}
    </nav>
  );
}
