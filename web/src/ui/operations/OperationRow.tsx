import {
  IconAdjustmentsHorizontal,
  IconAlertTriangle,
  IconBan,
  IconBolt,
  IconEye,
  IconHandStop,
  IconSourceCode,
} from "@tabler/icons-react";
import type { ComponentType, CSSProperties } from "react";

import { useTexts } from "../../i18n/language";
import { Reason } from "../reasons/Reason";
import { Signal, type Tone } from "../Signal";
import { unitOf } from "../units";
import { tierTexts, unitTexts } from "../words";
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
  const unit = useTexts(unitTexts);
  const outcome = outcomeOf(asked);
  const word = unit(unitOf(asked.protocol));
  const where = asked.unit === null ? asked.route : `${word} ${asked.unit}`;
  // Every row of a protocol has the same width here, whatever its number.
  const room = { "--where": `${word.length + 2}ch` } as CSSProperties;
  return (
    <div className={classes.row} data-outcome={outcome} data-tier={asked.tier} style={room}>
      <time className={classes.time} dateTime={asked.at}>
        {writeClock(asked.at, zone)}
      </time>
      <span className={classes.unit} title={where}>
        {where}
      </span>
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
        {outcome === "passed" ? (
          <span className={classes.answer}>
            <Answer answer={answer} />
          </span>
        ) : (
          <Reason operation={asked} className={classes.answer} />
        )}
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
