import { useLanguage, useTexts } from "../../i18n/language";
import type { Session } from "../../api/types";
import { detailTexts } from "../ends/texts";
import { Facts } from "../Facts";
import { Panel } from "../Page";
import { Phrase } from "../phrases/Phrase";
import { speak } from "../phrases/speak";
import { Signal, type Tone } from "../Signal";
import { factTexts, partsOf } from "./words";
import { shortfallTexts, texts } from "./texts";

type Looked = NonNullable<Session["fingerprint"]>;

const TONES: Readonly<Record<Looked["outcome"], Tone>> = {
  unchanged: "good",
  changed: "alarm",
  not_taken: "notice",
  pending: "calm",
};

/** What two looks at a session's device say: nothing changed, or what did. Shows nothing where nobody looked. */
export function Fingerprint({ looked }: { readonly looked: Session["fingerprint"] }) {
  const t = useTexts(texts);
  const named = useTexts(factTexts);
  if (looked === null) return null;
  const label = (fact: string) => {
    const { name, where } = partsOf(fact);
    return [name === null ? "" : named(name), where].filter(Boolean).join(" · ");
  };
  return (
    <Panel title={t("title")}>
      <Signal tone={TONES[looked.outcome]}>{t(looked.outcome)}</Signal>
      <Words looked={looked} />
      <Facts
        facts={looked.differences.map(({ fact, before, after }) => ({
          label: label(fact),
          value: t("difference", { before: before ?? t("not_told"), after: after ?? t("not_told") }),
        }))}
      />
    </Panel>
  );
}

function Words({ looked }: { readonly looked: Looked }) {
  const t = useTexts(texts);
  switch (looked.outcome) {
    case "unchanged":
      return <p>{t("unchanged_text", { count: Object.keys(looked.after?.facts ?? {}).length })}</p>;
    case "pending":
      return <p>{t("pending_text")}</p>;
    case "not_taken":
      return <Shortfalls looked={looked} />;
    case "changed":
      return null;
  }
}

/** Why the looks cannot be compared. */
function Shortfalls({ looked: { before, after } }: { readonly looked: Looked }) {
  const t = useTexts(texts);
  return (
    <>
      {before === null || before.problem === "" ? null : (
        <p>{t.rich("before", { problem: <Shortfall text={before.problem} /> })}</p>
      )}
      {after === null || after.problem === "" ? null : (
        <p>{t.rich("after", { problem: <Shortfall text={after.problem} /> })}</p>
      )}
    </>
  );
}

/** A look that was not taken says why by itself, or that the session ended before it. */
function Shortfall({ text }: { readonly text: string }) {
  const { language } = useLanguage();
  const isEnd = speak(shortfallTexts, language, text) === null && speak(detailTexts, language, text) !== null;
  return <Phrase text={text} phrases={isEnd ? detailTexts : shortfallTexts} />;
}
