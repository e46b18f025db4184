import { useTexts } from "../../i18n/language";
import { faultTexts } from "../../ui/faults/texts";
import { Phrase } from "../../ui/phrases/Phrase";
import type { Fault, Target } from "./editor/CodeEditor";
import classes from "./policies.module.css";
import { texts } from "./texts";

interface FaultsProps {
  readonly faults: readonly Fault[];
  readonly show: (target: Target) => void;
}

/** What is wrong with a text, in the order of its lines; each leads to its place. */
export function Faults({ faults, show }: FaultsProps) {
  const t = useTexts(texts);
  if (faults.length === 0) return null;
  return (
    <ul className={classes.faults} aria-label={t("fault_list")}>
      {faults.map((fault) => (
        <li key={`${fault.line} ${fault.column} ${fault.message}`}>
          <button
            type="button"
            className={classes.fault}
            onClick={() => {
              show({ line: fault.line, column: fault.column });
            }}
          >
            <span className={classes.faultLine}>{t("line", { line: fault.line })}</span>
            <span>
              {fault.path === "" ? null : <code>{fault.path}</code>}{" "}
              <Phrase text={fault.message} phrases={faultTexts} />
              {fault.hint === "" ? null : (
                <span className={classes.dimmed}>
                  {" "}
                  <Phrase text={fault.hint} phrases={faultTexts} />
                </span>
              )}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
