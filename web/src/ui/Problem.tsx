import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { now } from "../api/clock";
import { asApiError, type ApiError } from "../api/problems";
import { useLanguage, useTexts } from "../i18n/language";
import { useFieldWords } from "./fieldProblems";
import classes from "./Problem.module.css";
import { problemTexts } from "./texts";
import { useNow } from "./ticker";
import { Countdown } from "./times";

/** Loaded when something is denied: the sentences are many, and home does without them. */
const Refusals = lazy(() => import("./sentences/Refusals"));
/** Loaded on German pages alone. */
const Told = lazy(() => import("./refusals/Told"));

interface Words {
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
}

/** Fetched as soon as the pages are German: when the broker is gone and a fault has to be told, it is too late. */
const germanQuery = queryOptions({
  queryKey: ["german problems"],
  queryFn: async () => (await import("./germanProblems")).germanProblems,
  staleTime: Infinity,
  gcTime: Infinity,
});

/** What the codes of the broker mean in the page's language, where it is not the broker's own. */
export function useProblemCatalogue() {
  const { language } = useLanguage();
  return useQuery({ ...germanQuery, enabled: language === "de" });
}

/** What a problem says in the page's language: the broker's own words in English, ours for each code in German. */
export function useProblemWords(error: Error): Words {
  const t = useTexts(problemTexts);
  const { language } = useLanguage();
  const catalogue = useProblemCatalogue();
  const problem = asApiError(error);
  if (problem === null) return { title: t("fault"), detail: error.message, hint: t("fault_hint") };
  if (problem.code === "unreachable" || problem.code === "not_ours") {
    return { title: t(problem.code), detail: "", hint: t(`${problem.code}_hint`) };
  }
  const german = language === "de" ? catalogue.data?.[problem.code] : undefined;
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
  const { language } = useLanguage();
  const said = detail === "" ? null : <p lang="en">{detail}</p>;
  if (problem === null || said === null) return said;
  if (problem.records("reasons").length === 0) {
    if (language === "en") return said;
    if (problem.fields.length > 0) return null;
    return (
      <Suspense fallback={said}>
        <p>
          <Told text={detail} />
        </p>
      </Suspense>
    );
  }
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
