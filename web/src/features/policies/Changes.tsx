import { useTexts } from "../../i18n/language";
import { plain, readChange, type FieldChange } from "./changes";
import classes from "./policies.module.css";
import { texts } from "./texts";

/** What changed in meaning, field by field, as the broker tells it. */
export function Changes({ lines }: { readonly lines: readonly string[] }) {
  const t = useTexts(texts);
  if (lines.length === 0) return <p className={classes.dimmed}>{t("same_meaning")}</p>;
  return (
    <ul className={classes.changes} aria-label={t("changes")}>
      {inOrder(lines).map(({ path, before, after }) => (
        <li key={`${path} ${before} ${after}`}>
          {path === "" ? null : <code>{path}</code>}
          {before === "" ? null : (
            <del>
              <span className="visually-hidden">{t("was")} </span>
              {plain(before)}
            </del>
          )}
          {after === "" ? null : (
            <ins>
              <span className="visually-hidden">{t("becomes")} </span>
              {plain(after)}
            </ins>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What went stands before what came in its place. */
function inOrder(lines: readonly string[]): FieldChange[] {
  const changes = lines.map(readChange);
  const rank = (change: FieldChange) => (change.after === "" ? 0 : 1);
  return changes.sort((one, other) => (one.path === other.path ? rank(one) - rank(other) : 0));
}
