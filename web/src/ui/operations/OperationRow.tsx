import {
  IconAdjustmentsHorizontal,
  IconAlertTriangle,
  IconBan,
  IconBolt,
  IconEye,
  IconHandStop,
  IconSourceCode,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

import { useTexts } from "../../i18n/language";
import { Signal, type Tone } from "../Signal";
import { tierTexts } from "../words";
import { writeClock } from "./clock";
import { functionName, outcomeOf, writeValues, type Exchange, type Operation, type Outcome } from "./operations";
import classes from "./OperationRow.module.css";
import { texts } from "./texts";

/** Pixels that a row takes, where there is room for one line and where it needs two. */
export const ROW_HEIGHT = 30;
export const PHONE_ROW_HEIGHT = 56;
const MOST_VALUES = 12;

interface Look {
  readonly tone: Tone;
  readonly Icon: ComponentType<{ "aria-hidden"?: boolean }>;
}
const TIERS: Readonly<Record<string, Look>> = {
  read: { tone: "calm", Icon: IconEye },
  operate: { tone: "info", Icon: IconAdjustmentsHorizontal },
  program: { tone: "notice", Icon: IconSourceCode },
  firmware: { tone: "alarm", Icon: IconBolt },
};
const OUTCOMES: Readonly<Record<Exclude<Outcome, "passed">, Look>> = {
  denied: { tone: "alarm", Icon: IconBan },
  asked: { tone: "notice", Icon: IconHandStop },
  malformed: { tone: "alarm", Icon: IconAlertTriangle },
  unreadable: { tone: "alarm", Icon: IconAlertTriangle },
};

interface OperationRowProps {
  readonly exchange: Exchange;
  readonly zone: string;
}

/** One operation in a line: when, of what kind, what was said, and what the device answered. */
export function OperationRow({ exchange: { asked, answer }, zone }: OperationRowProps) {
  const t = useTexts(texts);
  const outcome = outcomeOf(asked);
  return (
    <div className={classes.row} data-outcome={outcome} data-tier={asked.tier}>
      <time className={classes.time} dateTime={asked.at}>
        {writeClock(asked.at, zone)}
      </time>
      <span className={classes.unit}>{asked.unit === null ? asked.route : t("unit", { unit: asked.unit })}</span>
      <span className={classes.sign}>
        <Sign operation={asked} outcome={outcome} />
      </span>
      <span className={classes.said}>
        <span className={classes.what}>
          {asked.is_response ? `${t("answer")}: ` : ""}
          {functionName(asked)} <code>{asked.objects.join(", ")}</code>
          {asked.is_upload ? <span className={classes.upload}> {t("upload")}</span> : null}
          {asked.values.length === 0 ? null : (
            <span className={classes.written}>
              {asked.is_response ? " = " : " ← "}
              <code>{writeValues(asked.values, MOST_VALUES)}</code>
            </span>
          )}
        </span>
        <span className={classes.answer} title={asked.reason}>
          {outcome === "passed" ? <Answer answer={answer} /> : asked.reason}
        </span>
      </span>
    </div>
  );
}

function Sign({ operation, outcome }: { readonly operation: Operation; readonly outcome: Outcome }) {
  const t = useTexts(texts);
  const tier = useTexts(tierTexts);
  if (outcome !== "passed") {
    const { tone, Icon } = OUTCOMES[outcome];
    return (
      <Signal tone={tone} icon={<Icon aria-hidden />} plain>
        {t(outcome)}
      </Signal>
    );
  }
  const look = TIERS[operation.tier];
  if (look === undefined) return <span>{operation.tier}</span>;
  return (
    <Signal tone={look.tone} icon={<look.Icon aria-hidden />} plain>
      {tier(operation.tier as "read")}
    </Signal>
  );
}

function Answer({ answer }: { readonly answer: Operation | null }) {
  const t = useTexts(texts);
  if (answer === null) return null;
  if (answer.exception_code !== null) {
    return <span className={classes.exception}>{t("exception", { code: answer.exception_code })}</span>;
  }
  if (answer.tier !== "read") return <span>{t("accepted")}</span>;
  return answer.values.length === 0 ? null : (
    <>
      {"= "}
      <code>{writeValues(answer.values, MOST_VALUES)}</code>
    </>
  );
}
