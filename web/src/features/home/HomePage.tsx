import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Columns, Page } from "../../ui/Page";
import { Questions } from "../../ui/questions/Questions";
import { Agents, Expiring } from "./Administration";
import { Chain, Recordings, Reviews } from "./Evidence";
import { Figures } from "./Figures";
import { InPlant } from "./InPlant";
import { Readiness } from "./Readiness";
import { texts } from "./texts";
import { Waiting } from "./Waiting";
import { Asked, MyAssets, UseNow } from "./Work";

/** The first page: what needs this person now, by what their roles let them do. */
export default function HomePage() {
  const t = useTexts(texts);
  const { may } = useMe();
  const worksHere = may("sessions:read_all");
  return (
    <Page title={t("title")} lead={t("greeting")}>
      {may("system:manage") ? <Readiness /> : null}
      <Figures />
      <Columns
        main={
          <>
            {may("requests:decide") ? <Questions /> : null}
            {may("requests:decide") ? <Waiting /> : null}
            {worksHere ? <InPlant /> : null}
            {worksHere ? null : <UseNow />}
            {worksHere ? null : <MyAssets />}
            {may("recordings:read") && !may("requests:decide") ? <Recordings /> : null}
          </>
        }
        side={
          <>
            {may("requests:create") ? <Asked hideEmpty={worksHere} /> : null}
            {may("requests:create") && worksHere ? <UseNow hideEmpty /> : null}
            {may("inventory:manage") ? <Agents /> : null}
            {may("people:manage") ? <Expiring /> : null}
            {may("requests:read_all") ? <Reviews /> : null}
            {may("audit:read") ? <Chain /> : null}
          </>
        }
      />
    </Page>
  );
}
