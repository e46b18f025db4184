import { useTexts } from "../../i18n/language";
import { ChangeFiles } from "../../ui/changes/ChangeFiles";
import { Page, Panel } from "../../ui/Page";
import { ChangeList } from "./ChangeList";
import type { ChangeFilter } from "./data";
import { EvidenceFilters, useFiltering } from "./EvidenceFilters";
import { texts } from "./texts";

/** What did they do? Every write that was let through, out of all recordings. */
export default function ChangesPage() {
  const t = useTexts(texts);
  const filtering = useFiltering();
  const { site, asset, user, since, until } = filtering.wanted;
  const filter: ChangeFilter = { site, asset, user, since, until };
  return (
    <Page title={t("changes")} lead={t("changes_lead")} actions={<ChangeFiles filter={{ ...filter }} />}>
      <Panel flush>
        <EvidenceFilters filtering={filtering} has={["asset", "user", "from", "to"]} />
        <ChangeList filter={filter} />
      </Panel>
    </Page>
  );
}
