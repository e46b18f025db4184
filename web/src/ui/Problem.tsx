import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

import { asApiError, type ApiError } from "../api/problems";
import { useLanguage, useTexts } from "../i18n/language";
import { germanProblems } from "./germanProblems";
import classes from "./Problem.module.css";
import { problemTexts } from "./texts";

interface Words {
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
}

/** What a problem says in the page's language: the broker's own words in English, ours for each code in German. */
export function useProblemWords(error: Error): Words {
  const t = useTexts(problemTexts);
  const { language } = useLanguage();
  const problem = asApiError(error);
  if (problem === null) return { title: t("fault"), detail: error.message, hint: t("fault_hint") };
  if (problem.code === "unreachable" || problem.code === "not_ours") {
    return { title: t(problem.code), detail: "", hint: t(`${problem.code}_hint`) };
  }
  const german = language === "de" ? germanProblems[problem.code] : undefined;
  return { title: problem.title, detail: problem.detail, hint: problem.hint, ...german };
}

interface ProblemProps {
  readonly error: Error | null | undefined;
  readonly retry?: (() => unknown) | undefined;
}

/** Why something was refused or failed: what happened, what to do, and the code and id to report. Nothing without an error. */
export function Problem({ error, retry }: ProblemProps) {
  return error === null || error === undefined ? null : <Shown error={error} retry={retry} />;
}

function Shown({ error, retry }: { readonly error: Error; readonly retry: (() => unknown) | undefined }) {
  const t = useTexts(problemTexts);
  const { title, detail, hint } = useProblemWords(error);
  return (
    <div role="alert" className={classes.problem}>
      <IconAlertTriangle aria-hidden className={classes.icon} />
      <div className={classes.words}>
        <strong>{title}</strong>
        {detail === "" ? null : <p>{detail}</p>}
        <Reasons problem={asApiError(error)} />
        {hint === "" ? null : <p>{hint}</p>}
        <Reference problem={asApiError(error)} code={t("code")} request={t("request")} />
        {retry === undefined ? null : (
          <Button variant="default" size="xs" mt="xs" onClick={() => void retry()}>
            {t("retry")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Each field that was refused, for problems that no form shows beside its fields. */
function Reasons({ problem }: { readonly problem: ApiError | null }) {
  if (problem === null || problem.fields.length === 0) return null;
  return (
    <ul>
      {problem.fields.map(({ path, message }) => (
        <li key={`${path} ${message}`}>
          {path}: {message}
        </li>
      ))}
    </ul>
  );
}

interface ReferenceProps {
  readonly problem: ApiError | null;
  readonly code: string;
  readonly request: string;
}

function Reference({ problem, code, request }: ReferenceProps) {
  if (problem === null) return null;
  return (
    <p className={classes.reference}>
      {code} <code>{problem.code}</code>
      {problem.requestId === "" ? null : (
        <>
          {" · "}
          {request} <code>{problem.requestId}</code>
        </>
      )}
    </p>
  );
}
