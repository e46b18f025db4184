import { useInfiniteQuery } from "@tanstack/react-query";
import { IconHelpCircle, IconRouteAltLeft } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";

import { useTexts } from "../../i18n/language";
import { Filters, SearchField } from "../../ui/fields";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Signal } from "../../ui/Signal";
import { Meant } from "../../ui/sentences/Meant";
import { WindowsView } from "../../ui/sentences/Windows";
import { TierBadges } from "../../ui/tiers";
import { useSiteOfWork } from "../../ui/zones";
import { reachQuery, type ReachedAsset } from "./data";
import classes from "./policies.module.css";
import { PolicyFrame } from "./PolicyFrame";
import { texts } from "./texts";
import { modeTexts } from "./words";

/** Who reaches what: each asset with the policies that mean it. */
export default function ReachPage() {
  const t = useTexts(texts);
  const { site } = useSiteOfWork();
  const [wanted, setWanted] = useState("");
  const assets = useInfiniteQuery(reachQuery(wanted, site?.id));
  const columns: readonly Column<ReachedAsset>[] = [
    {
      title: t("what"),
      cell: (asset) => <span className={classes.reached}>{asset.display_name || asset.name}</span>,
      width: "16rem",
    },
    { title: t("who_reaches"), cell: (asset) => <Reached access={asset.access} /> },
    {
      title: t("why"),
      cell: (asset) => (
        <Link href={`/policies/tools/explain?asset=${asset.id}`} className={classes.explainLink}>
          <IconHelpCircle size={15} aria-hidden />
          {t("explain_one")}
        </Link>
      ),
      width: "8rem",
      align: "end",
    },
  ];
  return (
    <PolicyFrame here="/policies/tools/reach" lead={t("reach_lead")}>
      <Panel flush>
        <Filters>
          <SearchField label={t("search_assets")} value={wanted} search={setWanted} />
        </Filters>
        <Loaded query={assets}>
          {(items) =>
            items.length === 0 ? (
              <Empty icon={<IconRouteAltLeft />} title={t("no_assets")} />
            ) : (
              <RecordList
                label={t("reach")}
                items={items}
                id={(asset) => asset.id}
                columns={columns}
                href={(asset) => `/inventory/assets/${asset.id}`}
                more={assets}
              />
            )
          }
        </Loaded>
      </Panel>
    </PolicyFrame>
  );
}

/** The policies that mean one asset. */
function Reached({ access }: { readonly access: ReachedAsset["access"] }) {
  const t = useTexts(texts);
  const mode = useTexts(modeTexts);
  if (access.length === 0) return <span className={classes.dimmed}>{t("reached_by_nobody")}</span>;
  return (
    <ul className={classes.accesses}>
      {access.map((item) => (
        <li key={item.policy}>
          <span className={classes.accessHead}>
            <Link href={`/policies/${item.policy}`}>{item.policy}</Link>
            {item.mode === "deny" ? (
              <Signal tone="alarm">{t("denies")}</Signal>
            ) : (
              <TierBadges tiers={item.tiers} opaque={item.tiers.length === 0} />
            )}
          </span>
          <span className={classes.dimmed}>
            <Meant named={item.who} all="anyone" /> · {item.services.join(", ")} ·{" "}
            <WindowsView windows={item.when} refuses={item.mode === "deny"} />
          </span>
          {item.mode === "deny" ? null : (
            <span className={classes.dimmed}>
              {Object.hasOwn(modeTexts.en, item.mode) ? mode(item.mode as keyof (typeof modeTexts)["en"]) : item.mode}
              {item.approvals.length === 0
                ? null
                : `: ${item.approvals.map(({ group, count }) => `${count} × ${group}`).join(", ")}`}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
