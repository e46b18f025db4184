import { useQuery } from "@tanstack/react-query";

import type { Asset, Session } from "../../api/types";
import { useTexts, type Translator } from "../../i18n/language";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { StateBadge, type State } from "../../ui/states";
import { TierBadges } from "../../ui/tiers";
import { Moment } from "../../ui/times";
import { sessionsOfAssetQuery } from "./data";
import { texts } from "./texts";

/** The newest sessions on an asset. */
export function Sessions({ asset }: { readonly asset: Asset }) {
  const t = useTexts(texts);
  const sessions = useQuery(sessionsOfAssetQuery(asset.id));
  return (
    <Panel title={t("sessions")} flush>
      <Loaded query={sessions}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t("sessions_none")} />
          ) : (
            <RecordList
              label={t("sessions")}
              items={items}
              columns={columns(t)}
              id={({ id }) => id}
              href={({ id }) => `/sessions/${id}`}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function columns(t: Translator<typeof texts>): readonly Column<Session>[] {
  return [
    { title: t("opened"), cell: (session) => <Moment at={session.opened_at} site={session.site} /> },
    { title: t("who"), cell: (session) => session.user_name },
    { title: t("services"), cell: (session) => session.service_name },
    { title: t("tiers"), cell: (session) => <TierBadges tiers={session.tiers} /> },
    { title: t("state"), cell: (session) => <StateBadge state={session.state as State} /> },
  ];
}
