import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { IconFileCheck, IconPlus } from "@tabler/icons-react";
import { Link, useSearchParams } from "wouter";

import { useMe, type Me } from "../../api/me";
import type { AccessRequest } from "../../api/types";
import { useTexts, type Translator } from "../../i18n/language";
import { Choice, Filters } from "../../ui/fields";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Signal } from "../../ui/Signal";
import { StateBadge } from "../../ui/states";
import { TierBadges } from "../../ui/tiers";
import { Ago, Duration } from "../../ui/times";
import { useSiteOfWork } from "../../ui/zones";
import { requestsQuery, type View } from "./data";
import classes from "./requests.module.css";
import { RequestsFrame } from "./RequestsFrame";
import { texts } from "./texts";

function viewsOf(me: Me): readonly View[] {
  return [
    ...(me.may("requests:decide") ? (["waiting"] as const) : []),
    ...(me.may("requests:create") ? (["mine"] as const) : []),
    ...(me.may("requests:read_all") ? (["all"] as const) : []),
  ];
}

/** Requests: what waits for one's word, what one asked for, and all. */
export default function RequestsPage() {
  const t = useTexts(texts);
  const me = useMe();
  const views = viewsOf(me);
  const [search, setSearch] = useSearchParams();
  const view = views.find((each) => each === search.get("view")) ?? views[0] ?? "mine";
  return (
    <RequestsFrame
      here="/requests"
      actions={
        me.may("requests:create") ? (
          <Button component={Link} href="/requests/new" leftSection={<IconPlus size={17} aria-hidden />}>
            {t("new")}
          </Button>
        ) : undefined
      }
    >
      <Panel flush>
        {views.length > 1 ? (
          <Filters>
            <Choice
              label={t("view")}
              value={view}
              options={views.map((value) => ({ value, label: t(`view_${value}`) }))}
              choose={(next) => {
                setSearch({ view: next }, { replace: true });
              }}
            />
          </Filters>
        ) : null}
        <Requests key={view} view={view} />
      </Panel>
    </RequestsFrame>
  );
}

function Requests({ view }: { readonly view: View }) {
  const t = useTexts(texts);
  const requests = useInfiniteQuery(requestsQuery(view));
  const { site } = useSiteOfWork();
  return (
    <Loaded query={requests}>
      {(all) => {
        const items = site === null ? all : all.filter((request) => request.site === site.id);
        return items.length === 0 && !requests.hasNextPage ? (
          <Empty icon={<IconFileCheck />} title={t(`none_${view}`)}>
            {view === "all" ? undefined : t(`none_${view}_text`)}
          </Empty>
        ) : (
          <RecordList
            label={t("title")}
            items={items}
            columns={columns(t)}
            id={(request) => request.id}
            href={(request) => `/requests/${request.id}`}
            more={requests}
          />
        );
      }}
    </Loaded>
  );
}

function columns(t: Translator<typeof texts>): readonly Column<AccessRequest>[] {
  return [
    {
      title: t("asset"),
      cell: (request) => (
        <>
          {request.asset_name} <span className={classes.service}>{request.service_name}</span>
        </>
      ),
    },
    { title: t("who"), cell: (request) => request.user_name },
    {
      title: t("what"),
      cell: (request) => <TierBadges tiers={request.tiers} opaque={request.rules.opaque ?? false} />,
    },
    { title: t("how_long"), cell: (request) => <Duration seconds={request.duration} /> },
    { title: t("asked_at"), cell: (request) => <Ago at={request.created_at} site={request.site} /> },
    { title: t("state"), cell: (request) => <Standing request={request} /> },
  ];
}

/** Where a request stands; of a waiting one also how many approvals it has. */
function Standing({ request }: { readonly request: AccessRequest }) {
  const t = useTexts(texts);
  const needed = request.approvals_needed.reduce((sum, need) => sum + need.count, 0);
  const met = request.approvals_needed.reduce((sum, need) => sum + Math.min(need.met, need.count), 0);
  return (
    <span className={classes.standing}>
      <StateBadge state={request.state} />
      {request.emergency ? <Signal tone="alarm">{t("emergency")}</Signal> : null}
      {request.state === "pending" && needed > 0 ? (
        <span className={classes.met}>{t("approvals_of", { met, needed })}</span>
      ) : null}
    </span>
  );
}
