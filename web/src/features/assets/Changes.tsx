import { useQuery } from "@tanstack/react-query";

import type { Asset, Change } from "../../api/types";
import { useTexts, type Translator } from "../../i18n/language";
import { ChangeFiles } from "../../ui/changes/ChangeFiles";
import { beforeOf, tagsOf } from "../../ui/changes/values";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Moment } from "../../ui/times";
import classes from "./assets.module.css";
import { changesOfAssetQuery } from "./data";
import { texts } from "./texts";

const MOST_TAGS = 3;

/** What was written to an asset: value before and after, by whom, on which ticket. */
export function Changes({ asset }: { readonly asset: Asset }) {
  const t = useTexts(texts);
  const changes = useQuery(changesOfAssetQuery(asset.id));
  return (
    <Panel title={t("changes")} flush aside={<ChangeFiles filter={{ asset: asset.id }} />}>
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

function Objects({ change }: { readonly change: Change }) {
  const tags = tagsOf(change);
  return (
    <>
      {tags.length === 0 ? null : <strong>{tags.slice(0, MOST_TAGS).join(", ")} </strong>}
      <code className={classes.code}>{change.objects.join(", ")}</code>
    </>
  );
}

function columns(t: Translator<typeof texts>, site: string): readonly Column<Change>[] {
  const written = (values: readonly unknown[] | null) => (
    <code className={classes.code}>{values === null || values.length === 0 ? t("unknown") : values.join(", ")}</code>
  );
  return [
    { title: t("changed_at"), cell: (change) => <Moment at={change.at} site={site} style="second" /> },
    { title: t("object"), cell: (change) => <Objects change={change} /> },
    { title: t("before"), cell: (change) => written(beforeOf(change, t("unknown"))), align: "end" },
    { title: t("after"), cell: (change) => written(change.after), align: "end" },
    { title: t("who"), cell: (change) => change.user_name },
    { title: t("ticket"), cell: (change) => change.ticket },
  ];
}
