import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { IconDownload } from "@tabler/icons-react";
import { Link } from "wouter";

import { answer, api } from "../../api/client";
import { useTexts } from "../../i18n/language";
import { Page, Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { save } from "../../ui/saving";
import { Signal } from "../../ui/Signal";
import { useToast } from "../../ui/toasts";
import type { ImportResult } from "./data";
import { WhatRests } from "./Editing";
import { FileImport, type Rehearsal } from "./FileImport";
import classes from "./inventory.module.css";
import { texts } from "./texts";

const MOST_PATHS = 200;

/** Takes an inventory in from a file, as `wicket inventory import` does, and gives the present one out. */
export default function ImportPage() {
  const t = useTexts(texts);
  const cache = useQueryClient();
  const say = useToast();
  const exporting = useMutation({
    mutationFn: () => answer(api.GET("/api/v1/inventory/export", { parseAs: "blob" })),
    onSuccess: (file) => {
      save(file, "inventory.yaml");
    },
  });
  return (
    <Page
      title={t("import")}
      lead={t("import_lead")}
      above={<Link href="/inventory">{t("inventory")}</Link>}
      width="narrow"
      actions={
        <Button
          variant="default"
          leftSection={<IconDownload size={17} aria-hidden />}
          loading={exporting.isPending}
          onClick={() => {
            exporting.mutate();
          }}
        >
          {t("export")}
        </Button>
      }
    >
      <Panel>
        <Problem error={exporting.error} />
        <FileImport
          accept=".yaml,.yml,application/yaml"
          check={check}
          take={async (yaml) => (await send(yaml, false)).problems}
          taken={() => {
            say(t("taken"));
            void cache.invalidateQueries({ queryKey: ["sites"] });
            void cache.invalidateQueries({ queryKey: ["assets"] });
          }}
        >
          {(found) => <Found found={found} />}
        </FileImport>
      </Panel>
    </Page>
  );
}

function send(yaml: string, isRehearsal: boolean): Promise<ImportResult> {
  return answer(api.POST("/api/v1/inventory/import", { body: { yaml, dry_run: isRehearsal } }));
}

async function check(yaml: string): Promise<Rehearsal<ImportResult>> {
  const found = await send(yaml, true);
  return { faults: found.problems, found };
}

/** Of sites and assets, assets alone stand at a site: `north/press-1`. */
function isAsset(path: string): boolean {
  return path.includes("/");
}

function Found({ found }: { readonly found: ImportResult }) {
  const t = useTexts(texts);
  const { created, changes, unchanged, uses } = found;
  const rests = uses.sessions + uses.grants + uses.requests > 0;
  return (
    <>
      <div className={classes.counts}>
        <Signal tone="good">{t("created", { count: created.length })}</Signal>
        <Signal tone="notice">{t("changed", { count: changes.length })}</Signal>
        <Signal tone="calm">{t("unchanged", { count: unchanged.length })}</Signal>
      </div>
      {created.length + changes.length === 0 ? <span>{t("checked_nothing")}</span> : null}
      {rests ? (
        <div className={classes.notice}>
          <strong>{t("consequences")}</strong>
          <WhatRests uses={uses} isCertain={false} />
        </div>
      ) : null}
      {changes.some(({ path }) => isAsset(path)) ? <p className={classes.hint}>{t("import_policies_hint")}</p> : null}
      {created.length === 0 ? null : (
        <section>
          <strong>{t("added_title")}</strong>
          <ul className={classes.paths} tabIndex={0} aria-label={t("added_title")}>
            {created.slice(0, MOST_PATHS).map((path) => (
              <li key={path}>{path}</li>
            ))}
            {created.length > MOST_PATHS ? <li>…</li> : null}
          </ul>
        </section>
      )}
      {changes.length === 0 ? null : (
        <section>
          <strong>{t("changes_title")}</strong>
          <ul className={classes.paths} tabIndex={0} aria-label={t("changes_title")}>
            {changes.slice(0, MOST_PATHS).map(({ path, lines }) => (
              <li key={path}>
                {path}
                <ul className={classes.lines} lang="en">
                  {lines.map((line) => (
                    <li key={line}>{line}</li>
                  ))}
                </ul>
              </li>
            ))}
            {changes.length > MOST_PATHS ? <li>…</li> : null}
          </ul>
        </section>
      )}
    </>
  );
}
