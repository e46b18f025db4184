import { useTexts } from "../../i18n/language";
import type { Session } from "../../api/types";
import { Facts } from "../Facts";
import { Panel } from "../Page";
import { Signal, type Tone } from "../Signal";
import { texts } from "./texts";

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
  if (looked === null) return null;
  return (
    <Panel title={t("title")}>
      <Signal tone={TONES[looked.outcome]}>{t(looked.outcome)}</Signal>
      <Words looked={looked} />
      <Facts
        facts={looked.differences.map(({ fact, before, after }) => ({
          label: fact,
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
      return <p>{looked.reason}</p>;
    case "changed":
      return null;
  }
}
