import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "wouter";

import { useMe, type Me } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Page } from "../../ui/Page";
import { CutAll } from "../../ui/red/RedButtons";
import { Tabs } from "../../ui/Tabs";
import { Blocks } from "./Blocks";
import { Board } from "./Board";
import { blocksQuery } from "./data";
import { Drills } from "./Drills";
import { Past } from "./Past";
import { texts } from "./texts";

type View = "live" | "past" | "blocks" | "drills";

function viewsOf(me: Me): readonly View[] {
  return me.may("sessions:read_all") ? ["live", "past", "blocks", "drills"] : ["live", "past"];
}

/** Sessions: who is connected now, who was, who may not come back, and what the red button did. */
export default function SessionsPage() {
  const t = useTexts(texts);
  const me = useMe();
  const [search, setSearch] = useSearchParams();
  const views = viewsOf(me);
  const view = views.find((each) => each === search.get("view")) ?? "live";
  return (
    <Page title={t("sessions")} actions={me.may("sessions:cut") ? <CutAll /> : undefined}>
      <Tabs
        label={t("views")}
        value={view}
        tabs={views.map((value) => ({
          value,
          label: t(`view_${value}`),
          ...(value === "blocks" ? { mark: <BlockCount /> } : {}),
        }))}
        choose={(next) => {
          setSearch(next === "live" ? {} : { view: next }, { replace: true });
        }}
      />
      {view === "live" ? <Board /> : null}
      {view === "past" ? <Past /> : null}
      {view === "blocks" ? <Blocks /> : null}
      {view === "drills" ? <Drills /> : null}
    </Page>
  );
}

function BlockCount() {
  const blocks = useQuery(blocksQuery);
  const count = blocks.data?.length ?? 0;
  return count === 0 ? null : count;
}
