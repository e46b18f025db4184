import {
  IconArrowRight,
  IconCheck,
  IconCircleCheck,
  IconCircleX,
  IconHourglass,
  IconKey,
  IconX,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "wouter";

import { useLanguage, useTexts } from "../../i18n/language";
import { writeDuration } from "../../i18n/times";
import { Panel } from "../../ui/Page";
import { Said, Why } from "../../ui/sentences/Said";
import { Signal, type Tone } from "../../ui/Signal";
import { Moment } from "../../ui/times";
import { sorted, type Answer as Answered, type Explanation, type Finding } from "./findings";
import classes from "./policies.module.css";
import { texts } from "./texts";
import { codeTexts, endTexts } from "./words";

interface AnswerProps {
  readonly explanation: Explanation;
  /** Another question is on its way. */
  readonly isOld: boolean;
}

/** What the policies answer, in words, and each policy's part in it. */
export function Answer({ explanation, isOld }: AnswerProps) {
  const t = useTexts(texts);
  const { near, far } = sorted(explanation.findings);
  return (
    <div className={classes.answer} data-old={isOld} aria-live="polite" aria-busy={isOld}>
      {explanation.operation === null ? null : <OperationAnswer operation={explanation.operation} />}
      <Panel title={t("answer")}>
        <AnswerView answer={explanation.answer} />
      </Panel>
      <Panel title={t("policies_say", { count: near.length })}>
        {near.length === 0 ? <p className={classes.dimmed}>{t("no_policy_means")}</p> : null}
        <ul className={classes.findings}>
          {near.map((finding) => (
            <FindingView key={finding.policy} finding={finding} />
          ))}
        </ul>
        {far.length === 0 ? null : (
          <details className={classes.far}>
            <summary>{t("far", { count: far.length })}</summary>
            <ul className={classes.findings}>
              {far.map((finding) => (
                <FindingView key={finding.policy} finding={finding} />
              ))}
            </ul>
          </details>
        )}
      </Panel>
    </div>
  );
}

interface HeadProps {
  readonly tone: Tone;
  readonly icon: ReactNode;
  readonly title: ReactNode;
  readonly children?: ReactNode;
}

function Head({ tone, icon, title, children }: HeadProps) {
  return (
    <div className={classes.verdict} data-tone={tone}>
      <span className={classes.verdictIcon} aria-hidden>
        {icon}
      </span>
      <div>
        <strong className={classes.verdictTitle}>{title}</strong>
        {children}
      </div>
    </div>
  );
}

const PASSAGES = {
  passes: { tone: "good", icon: <IconCircleCheck /> },
  asks: { tone: "notice", icon: <IconHourglass /> },
  refused: { tone: "alarm", icon: <IconCircleX /> },
} as const;

function OperationAnswer({ operation }: { readonly operation: NonNullable<Explanation["operation"]> }) {
  const t = useTexts(texts);
  return (
    <Panel title={t("operation_answer")}>
      <Head {...PASSAGES[operation.passage]} title={t(`passage_${operation.passage}`)}>
        <p>
          <Said sentence={operation.message} />
        </p>
      </Head>
    </Panel>
  );
}

function AnswerView({ answer }: { readonly answer: Answered }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const policy = <Policy name={answer.policy ?? ""} />;
  switch (answer.decision) {
    case "allow":
      return (
        <Head tone="good" icon={<IconCircleCheck />} title={t("says_allow")}>
          <p>
            {t.rich("allow_until", { policy, until: <Moment at={answer.not_after ?? ""} /> })}{" "}
            <End cause={answer.deadline_cause ?? ""} />
          </p>
          {answer.supervised ? <p>{t("must_be_watched")}</p> : null}
        </Head>
      );
    case "needs_approval":
      return (
        <Head tone="notice" icon={<IconHourglass />} title={t("says_approval")}>
          <p>{t.rich("approval_by", { policy })}</p>
          <ul className={classes.missing}>
            {answer.approvals.map(({ group, count }) => (
              <li key={group}>{t.rich("people_of", { count, group: <strong>{group}</strong> })}</li>
            ))}
          </ul>
          {answer.supervised ? <p>{t("must_be_watched")}</p> : null}
        </Head>
      );
    case "needs_mfa":
      return (
        <Head tone="notice" icon={<IconKey />} title={t("says_mfa")}>
          <p>
            {t.rich("mfa_by", { policy })} {answer.methods.join(", ")}
            {answer.max_age === null ? null : ` (${t("mfa_within", { age: writeDuration(answer.max_age, language) })})`}
          </p>
        </Head>
      );
    case "deny":
      return (
        <Head tone="alarm" icon={<IconCircleX />} title={t("says_deny")}>
          <ul className={classes.reasons}>
            {answer.reasons.map((reason) => (
              <li key={`${reason.code} ${reason.policy ?? ""}`}>
                <Code code={reason.code} /> <Why {...reason} />
              </li>
            ))}
          </ul>
        </Head>
      );
  }
}

function End({ cause }: { readonly cause: string }) {
  const t = useTexts(endTexts);
  return Object.hasOwn(endTexts.en, cause) ? `(${t(cause as keyof (typeof endTexts)["en"])})` : null;
}

function Policy({ name }: { readonly name: string }) {
  return <Link href={`/policies/${name}`}>{name}</Link>;
}

/** A code in words; those of refusals as headings, those of conditions as what they ask. */
function Code({ code }: { readonly code: string }) {
  const t = useTexts(codeTexts);
  return Object.hasOwn(codeTexts.en, code) ? (
    <strong>{t(code as keyof (typeof codeTexts)["en"])}:</strong>
  ) : (
    <code>{code}</code>
  );
}

/** What only a grant can miss: met here, always. */
const OF_GRANTS = new Set(["other_policy", "not_yet", "expired"]);

function FindingView({ finding }: { readonly finding: Finding }) {
  const t = useTexts(texts);
  const { policy, effect, applies, conditions, operation } = finding;
  const missed = conditions.filter(({ met }) => !met);
  const met = conditions.filter((condition) => condition.met && !OF_GRANTS.has(condition.code));
  const denies = effect === "deny";
  return (
    <li>
      <div className={classes.versionHead}>
        <Policy name={policy} />
        <Signal tone={applies ? (denies ? "alarm" : "good") : "calm"}>
          {denies
            ? t(applies ? "denies" : "does_not_deny")
            : applies
              ? t("would_do")
              : t("misses", { count: missed.length })}
        </Signal>
      </div>
      <ul className={classes.conditions}>
        {missed.map((condition) => (
          <li key={condition.field} data-met={false}>
            <IconX aria-label={t("missed")} size={15} />
            <span>
              <Code code={condition.code} /> <Why {...condition} />
            </span>
          </li>
        ))}
        {applies || operation === null ? null : (
          <li data-met={operation.passage !== "refused"}>
            <IconArrowRight aria-hidden size={15} />
            <span>
              {t("with_all_that", { passage: t(`passage_${operation.passage}`) })}.{" "}
              <Said sentence={operation.message} />
            </span>
          </li>
        )}
        {met.length === 0 ? null : (
          <li data-met>
            <IconCheck aria-label={t("met")} size={15} />
            <Met codes={met.map(({ code }) => code)} />
          </li>
        )}
      </ul>
    </li>
  );
}

/** What is met, in one line: it is not what one looks for. */
function Met({ codes }: { readonly codes: readonly string[] }) {
  const t = useTexts(codeTexts);
  const words = [...new Set(codes)].map((code) =>
    Object.hasOwn(codeTexts.en, code) ? t(code as keyof (typeof codeTexts)["en"]) : code,
  );
  return <span className={classes.dimmed}>{words.join(", ")}</span>;
}
