import { useQuery } from "@tanstack/react-query";

import type { Asset, Change } from "../../api/types";
import { useTexts, type Translator } from "../../i18n/language";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Moment } from "../../ui/times";
import classes from "./assets.module.css";
import { changesOfAssetQuery } from "./data";
import { texts } from "./texts";

/** What was written to an asset: value before and after, by whom, on which ticket. */
export function Changes({ asset }: { readonly asset: Asset }) {
  const t = useTexts(texts);
  const changes = useQuery(changesOfAssetQuery(asset.id));
  return (
    <Panel title={t("changes")} flush>
      <Loaded query={changes}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t("changes_none")} />
          ) : (
            <RecordList
              label={t("changes")}
              items={items}
              columns={columns(t, asset.site)}
              id={(change) => `${change.recording} ${change.number}`}
              href={(change) => `/recordings/${change.recording}?at=${change.number}`}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function columns(t: Translator<typeof texts>, site: string): readonly Column<Change>[] {
  const written = (values: Change["before"]) => (
    <code className={classes.code}>{values === null ? t("unknown") : values.join(", ")}</code>
  );
  return [
    { title: t("changed_at"), cell: (change) => <Moment at={change.at} site={site} style="second" /> },
    { title: t("object"), cell: (change) => <code className={classes.code}>{change.objects.join(", ")}</code> },
    { title: t("before"), cell: (change) => written(change.before), align: "end" },
    { title: t("after"), cell: (change) => written(change.after), align: "end" },
    { title: t("who"), cell: (change) => change.user_name },
    { title: t("ticket"), cell: (change) => change.ticket },
  ];
}
