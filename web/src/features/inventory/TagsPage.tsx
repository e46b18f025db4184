import { Text } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconTags } from "@tabler/icons-react";
import { Link, useParams } from "wouter";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { asApiError } from "../../api/problems";
import { assetQuery } from "../../api/queries";
import type { Asset } from "../../api/types";
import { useTexts, type Translator } from "../../i18n/language";
import { Empty, Loaded } from "../../ui/Loaded";
import { Page, Panel, Panels } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Signal } from "../../ui/Signal";
import { useToast } from "../../ui/toasts";
import { tagsQuery, type Tag, type TagResult } from "./data";
import { FileImport, type FileFault, type Rehearsal } from "./FileImport";
import classes from "./inventory.module.css";
import { texts } from "./texts";

const COLUMNS = "protocol, table, address, unit, name, engineering_unit, scale";

/** What the objects of an asset are called, and how such a list is taken in. */
export default function TagsPage() {
  const { asset } = useParams<{ asset: string }>();
  const t = useTexts(texts);
  const me = useMe();
  const found = useQuery(assetQuery(asset));
  const path = found.data?.path ?? "";
  return (
    <Page
      title={t("tags", { name: path })}
      lead={t("tags_lead")}
      above={<Link href={`/inventory/assets/${asset}`}>{path}</Link>}
    >
      <Loaded query={found}>
        {(shown) => (
          <Panels>
            {me.may("inventory:manage") ? <Import asset={shown} /> : null}
            <Tags asset={shown} />
          </Panels>
        )}
      </Loaded>
    </Page>
  );
}

function Tags({ asset }: { readonly asset: Asset }) {
  const t = useTexts(texts);
  const tags = useInfiniteQuery(tagsQuery(asset.id));
  return (
    <Panel title={t("tags_short")} flush>
      <Loaded query={tags}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<IconTags />} title={t("tags_none")}>
              {t("tags_none_text")}
            </Empty>
          ) : (
            <RecordList
              label={t("tags_short")}
              items={items}
              columns={columns(t)}
              id={({ protocol, table, address, unit }) => [protocol, table, address, unit].join(" ")}
              more={tags}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function columns(t: Translator<typeof texts>): readonly Column<Tag>[] {
  return [
    { title: t("tag"), cell: (tag) => tag.name },
    { title: t("protocol"), cell: (tag) => tag.protocol },
    { title: t("object"), cell: (tag) => <span className={classes.mono}>{`${tag.table} ${tag.address}`}</span> },
    { title: t("unit"), cell: (tag) => tag.unit ?? "" },
    { title: t("engineering_unit"), cell: (tag) => tag.engineering_unit },
    { title: t("scale"), cell: (tag) => (tag.scale === 1 ? "" : tag.scale), align: "end" },
  ];
}

function Import({ asset }: { readonly asset: Asset }) {
  const t = useTexts(texts);
  const cache = useQueryClient();
  const say = useToast();
  const send = (csv: string, isRehearsal: boolean) =>
    answer(
      api.POST("/api/v1/assets/{asset}/tags/import", {
        params: { path: { asset: asset.id } },
        body: { csv, dry_run: isRehearsal },
      }),
    );
  return (
    <Panel title={t("tags_import")}>
      <Text component="p" className={classes.hint ?? ""} mb="sm">
        {t("tags_import_text", { columns: COLUMNS })}
      </Text>
      <FileImport<TagResult>
        accept=".csv,text/csv"
        check={(csv) => heard(send(csv, true))}
        take={async (csv) => {
          const { faults, found } = await heard(send(csv, false));
          if (found !== null) say(t("tags_taken", { count: found.count }));
          return faults;
        }}
        taken={() => void cache.invalidateQueries({ queryKey: ["assets"] })}
      >
        {(found) => (
          <>
            <div className={classes.counts}>
              <Signal tone="good">{t("created", { count: found.added })}</Signal>
              <Signal tone="notice">{t("changed", { count: found.changed })}</Signal>
              <Signal tone={found.removed > 0 ? "alarm" : "calm"}>{t("removed", { count: found.removed })}</Signal>
            </div>
            <span>{t("tags_total", { count: found.count })}</span>
          </>
        )}
      </FileImport>
    </Panel>
  );
}

/** Faults of the list are no failure of the page: each is shown with its line. */
async function heard(sent: Promise<TagResult>): Promise<Rehearsal<TagResult>> {
  try {
    return { faults: [], found: await sent };
  } catch (error) {
    const problem = asApiError(error);
    const said = problem?.code === "invalid_inventory" ? problem.records("problems") : [];
    if (said.length === 0) throw error;
    return { faults: said.map(faultIn), found: null };
  }
}

function faultIn({ line, path, message, hint }: Readonly<Record<string, unknown>>): FileFault {
  return { line: Number(line), path: String(path), message: String(message), hint: String(hint) };
}
