import type { AccessRequest, Card } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Facts, type Fact } from "../../ui/Facts";
import { Panel } from "../../ui/Page";
import { Signal } from "../../ui/Signal";
import { Ago, Moment } from "../../ui/times";
import { methodTexts } from "../../ui/words";
import { texts } from "./texts";

/** Who asks: whose person, answered for by whom, proved how, and seen here before or not. */
export function Requester({ request }: { readonly request: AccessRequest }) {
  const t = useTexts(texts);
  const facts = useCardFacts(request);
  return (
    <Panel title={t("who_asks")}>
      <Facts facts={[{ label: t("person"), value: request.user_name }, ...facts]} />
    </Panel>
  );
}

/** What those who decide are told beside the terms. */
function useCardFacts({ card, site }: AccessRequest): (Fact | null)[] {
  const t = useTexts(texts);
  if (card == null) return [];
  const kind = card.organization_kind;
  return [
    card.is_active ? null : { label: t("state"), value: <Signal tone="alarm">{t("not_active")}</Signal> },
    { label: t("company"), value: kind === null ? card.organization : `${card.organization} (${t(kind)})` },
    kind === "vendor" ? { label: t("sponsor"), value: card.sponsor === "" ? t("no_sponsor") : card.sponsor } : null,
    card.account_ends_at === null
      ? null
      : { label: t("account_ends"), value: <Moment at={card.account_ends_at} site={site} style="day" /> },
    { label: t("proved_by"), value: <Proof card={card} site={site} /> },
    { label: t("from_address"), value: card.address },
    { label: t("past_sessions"), value: <Past card={card} site={site} /> },
  ];
}

interface CardProps {
  readonly card: Card;
  readonly site: string;
}

function Proof({ card, site }: CardProps) {
  const t = useTexts(methodTexts);
  const known = card.methods.filter((method): method is keyof (typeof methodTexts)["en"] => method in methodTexts.en);
  return (
    <>
      {known.map((method) => t(method)).join(", ")}
      {card.mfa_at === null ? null : (
        <>
          {" · "}
          <Ago at={card.mfa_at} site={site} />
        </>
      )}
    </>
  );
}

function Past({ card, site }: CardProps) {
  const t = useTexts(texts);
  const { count, last_at } = card.past_sessions;
  if (count === 0 || last_at === null) return t("past_none");
  return t.rich("past", { count, last: <Moment at={last_at} site={site} style="day" /> });
}
