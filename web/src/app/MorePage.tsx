import { useMe } from "../api/me";
import { useTexts } from "../i18n/language";
import { Page, Panel } from "../ui/Page";
import { Places } from "./Places";
import { places } from "./routes";
import { texts } from "./texts";

/** On a phone, the pages that the bar has no room for. */
export default function MorePage() {
  const t = useTexts(texts);
  const me = useMe();
  return (
    <Page title={t("more_pages")} width="narrow">
      <Panel>
        <Places places={places(me.permissions)} />
      </Panel>
    </Page>
  );
}
