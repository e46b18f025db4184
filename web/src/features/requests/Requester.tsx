import type { Deciding, RequestDetail } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Facts } from "../../ui/Facts";
import { Panel } from "../../ui/Page";
import { Moment } from "../../ui/times";
import { methodTexts } from "../../ui/words";
import { texts } from "./texts";

/** Who asks: whose person, answered for by whom, proved how, and seen here before or not. */
export function Requester({ request }: { readonly request: RequestDetail }) {
  const t = useTexts(texts);
  const deciding = request.deciding ?? null;
  return (
    <Panel title={t("who_asks")}>
      <Facts
        facts={[
          { label: t("person"), value: request.user_name },
          ...(deciding === null
            ? []
            : [
                { label: t("company"), value: `${deciding.organization} (${t(deciding.organization_kind)})` },
                deciding.organization_kind === "vendor"
                  ? { label: t("sponsor"), value: deciding.sponsor ?? t("no_sponsor") }
                  : null,
                { label: t("proved_by"), value: <Methods methods={deciding.methods} /> },
                { label: t("past_sessions"), value: <Past deciding={deciding} site={request.site} /> },
              ]),
        ]}
      />
    </Panel>
  );
}

function Methods({ methods }: { readonly methods: readonly string[] }) {
  const t = useTexts(methodTexts);
  const known = methods.filter((method): method is keyof (typeof methodTexts)["en"] => method in methodTexts.en);
  return known.map((method) => t(method)).join(", ");
}

function Past({ deciding, site }: { readonly deciding: Deciding; readonly site: string }) {
  const t = useTexts(texts);
  const { count, last_at } = deciding.past_sessions;
  if (count === 0 || last_at === null) return t("past_none");
  return t.rich("past", { count, last: <Moment at={last_at} site={site} style="day" /> });
}
