import { useLanguage, useTexts } from "../../i18n/language";
import { writeMoment, zoneName } from "../../i18n/times";
import { Facts, type Fact } from "../Facts";
import { Reason } from "../reasons/Reason";
import { TierBadge, TIERS } from "../tiers";
import { unitOf } from "../units";
import { unitTexts } from "../words";
import { useZone } from "../zones";
import { writeClock } from "./clock";
import classes from "./OperationFacts.module.css";
import { functionName, outcomeOf, writeValues, type Exchange, type Operation, type Value } from "./operations";
import { texts } from "./texts";

interface OperationFactsProps {
  readonly exchange: Exchange;
  readonly site: string | undefined;
}

/** Everything that is known of one operation and its answer: nothing is cut off here. */
export function OperationFacts({ exchange: { asked, answer }, site }: OperationFactsProps) {
  const t = useTexts(texts);
  const unit = useTexts(unitTexts);
  const outcome = outcomeOf(asked);
  const isRead = asked.tier === "read";
  const took = answer === null ? null : Date.parse(answer.at) - Date.parse(asked.at);
  return (
    <Facts
      facts={[
        { label: t("at"), value: <Exactly at={asked.at} site={site} /> },
        { label: t("number"), value: asked.number === null ? "" : asked.number.toLocaleString() },
        { label: t("outcome"), value: <Outcome asked={asked} answer={answer} said={t(outcome)} /> },
        { label: t("reason"), value: asked.reason === "" ? "" : <Reason operation={asked} /> },
        { label: t("tier"), value: <Tier operation={asked} /> },
        { label: t("function"), value: `${functionName(asked)} (${t("code", { code: asked.function_code })})` },
        code(t("objects"), asked.objects.join(", ")),
        values(asked.is_response ? t("values") : t("written"), asked.values),
        isRead && answer !== null ? values(t("read"), answer.values) : null,
        { label: t("upload_name"), value: asked.is_upload ? t("upload") : "" },
        { label: unit(unitOf(asked.protocol)), value: asked.unit === null ? "" : String(asked.unit) },
        code(t("route"), asked.route),
        took === null ? null : { label: t("took"), value: t("milliseconds", { count: took }) },
        { label: t("protocol"), value: asked.protocol },
        { label: t("stream"), value: String(asked.stream) },
        { label: t("transaction"), value: asked.transaction === null ? "" : String(asked.transaction) },
      ]}
    />
  );
}

/** To the millisecond, by the site's clock. */
function Exactly({ at, site }: { readonly at: string; readonly site: string | undefined }) {
  const { language } = useLanguage();
  const zone = useZone(site);
  return (
    <time dateTime={at}>
      {writeClock(at, zone)}
      <span className={classes.day}>{`${writeMoment(new Date(at), "day", language, zone)}, ${zoneName(zone)}`}</span>
    </time>
  );
}

function values(label: string, all: readonly Value[]): Fact | null {
  return code(label, writeValues(all, all.length));
}

function code(label: string, text: string): Fact | null {
  return text === "" ? null : { label, value: <code className={classes.code}>{text}</code> };
}

function Tier({ operation }: { readonly operation: Operation }) {
  const tier = TIERS.find((each) => each === operation.tier);
  return tier === undefined ? operation.tier : <TierBadge tier={tier} />;
}

interface OutcomeProps {
  readonly asked: Operation;
  readonly answer: Operation | null;
  readonly said: string;
}

function Outcome({ asked, answer, said }: OutcomeProps) {
  const t = useTexts(texts);
  if (outcomeOf(asked) !== "passed") return <strong>{said}</strong>;
  if (asked.is_response) return `${said}: ${t("own_answer")}`;
  if (answer === null) return said;
  if (answer.exception_code !== null) return `${said}, ${t("exception", { code: answer.exception_code })}`;
  const ended = asked.tier === "read" ? t("answered") : t("accepted");
  return `${said}, ${ended}`;
}
