import { useMemo } from "react";

import { useTexts } from "../../i18n/language";
import { diffLines, hunksOf, type DiffLine } from "./diff";
import classes from "./policies.module.css";
import { texts } from "./texts";

const SIGNS = { same: " ", gone: "−", come: "+" } as const;

interface TextDiffProps {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** Two texts as one: what went, what came, and some lines around it. */
export function TextDiff({ label, before, after }: TextDiffProps) {
  const t = useTexts(texts);
  const hunks = useMemo(() => hunksOf(diffLines(before, after)), [before, after]);
  if (hunks.length === 0) return <p className={classes.dimmed}>{t("same_text")}</p>;
  return (
    <div className={classes.diff} role="region" aria-label={label} tabIndex={0}>
      {hunks.map(({ lines, skipped }) => (
        <div key={`${lines[0]?.before ?? ""} ${lines[0]?.after ?? ""}`}>
          {skipped === 0 ? null : <div className={classes.skipped}>{t("skipped", { count: skipped })}</div>}
          {lines.map((line) => (
            <Line key={`${line.before ?? ""} ${line.after ?? ""}`} line={line} />
          ))}
        </div>
      ))}
    </div>
  );
}

function Line({ line }: { readonly line: DiffLine }) {
  const t = useTexts(texts);
  const said = { same: "", gone: t("line_gone"), come: t("line_come") }[line.kind];
  return (
    <div className={classes.line} data-kind={line.kind}>
      <span className={classes.number} aria-hidden>
        {line.before ?? ""}
      </span>
      <span className={classes.number} aria-hidden>
        {line.after ?? ""}
      </span>
      <span className={classes.sign} aria-hidden>
        {SIGNS[line.kind]}
      </span>
      <span className={classes.lineText}>
        {said === "" ? null : <span className="visually-hidden">{said} </span>}
        {line.text === "" ? " " : line.text}
      </span>
    </div>
  );
}
