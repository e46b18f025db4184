import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";

import { now } from "../api/clock";
import { asApiError, type ApiError } from "../api/problems";
import { useTexts } from "../i18n/language";
import { useFieldWords } from "./fieldProblems";
import classes from "./Problem.module.css";
import { useProblemCatalogue } from "./problemCatalogue";
import { problemTexts } from "./texts";
import { useNow } from "./ticker";
import { Countdown } from "./times";

/** Loaded when something is denied: the sentences are many, and home does without them. */
const Refusals = lazy(() => import("./sentences/Refusals"));

interface Words {
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
}

/** What a problem says in the page's language: the broker's own words in English, ours for each code in German. */
export function useProblemWords(error: Error): Words {
  const t = useTexts(problemTexts);
  const catalogue = useProblemCatalogue();
  const problem = asApiError(error);
  if (problem === null) return { title: t("fault"), detail: error.message, hint: t("fault_hint") };
  if (problem.code === "unreachable" || problem.code === "not_ours") {
    return { title: t(problem.code), detail: "", hint: t(`${problem.code}_hint`) };
  }
  return {
    title: problem.title,
    detail: problem.detail,
    hint: problem.hint,
    ...catalogue?.germanProblems[problem.code],
  };
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
        <Detail problem={asApiError(error)} detail={detail} />
        <Reasons problem={asApiError(error)} />
        {hint === "" ? null : <p>{hint}</p>}
        <Wait problem={asApiError(error)} />
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

/** The broker's own words, in German as far as they are known; of a denial its reasons, and of fields what each says. */
function Detail({ problem, detail }: { readonly problem: ApiError | null; readonly detail: string }) {
  const catalogue = useProblemCatalogue();
  if (detail === "") return null;
  // What each field says in German below need not be said in English first.
  if (catalogue !== undefined && (problem?.fields ?? []).length > 0) return null;
  const told = catalogue?.tell(detail) ?? null;
  const said = told === null ? <p lang="en">{detail}</p> : <p>{told}</p>;
  if (problem === null || problem.records("reasons").length === 0) return said;
  return (
    <Suspense fallback={said}>
      <Refusals problem={problem} />
    </Suspense>
  );
}

/** How long it is in vain to try again, where the broker said so. */
function Wait({ problem }: { readonly problem: ApiError | null }) {
  if (problem?.retryAfter == null) return null;
  return <Waiting key={problem.requestId} seconds={problem.retryAfter} />;
}

function Waiting({ seconds }: { readonly seconds: number }) {
  const t = useTexts(problemTexts);
  const [until] = useState(() => now() + seconds * 1000);
  const isOver = useNow() >= until;
  return <p>{isOver ? t("waited") : t.rich("wait", { time: <Countdown until={new Date(until).toISOString()} /> })}</p>;
}

/** Each field that was refused, for problems that no form shows beside its fields. */
function Reasons({ problem }: { readonly problem: ApiError | null }) {
  const say = useFieldWords();
  if (problem === null || problem.fields.length === 0) return null;
  return (
    <ul>
      {problem.fields.map((field) => (
        <li key={`${field.path} ${field.message}`}>
          <code>{field.path}</code>: {say(field)}
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
