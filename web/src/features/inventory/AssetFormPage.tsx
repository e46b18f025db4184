import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link, useLocation, useParams, useSearchParams } from "wouter";

import { answer, api, newIntent } from "../../api/client";
import { asApiError } from "../../api/problems";
import { assetQuery } from "../../api/queries";
import type { Asset } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { byField, useFieldWords } from "../../ui/fieldProblems";
import { Loaded } from "../../ui/Loaded";
import { Page, Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { useToast } from "../../ui/toasts";
import { siteName, useSiteOfWork } from "../../ui/zones";
import { BLANK, bodyOf, changeOf, faultsOf, formOf, type AssetForm } from "./asset";
import { changeAsset } from "./data";
import { ChangedMeanwhile, Consequences, isConflict, isNameTaken, useEditing, usePreview } from "./Editing";
import classes from "./inventory.module.css";
import { Removing } from "./Removing";
import { texts } from "./texts";

const CRITICALITIES = ["low", "medium", "high", "safety"] as const;

/** Adds an asset, or changes one: what it is and where it belongs. Its services have pages of their own. */
export default function AssetFormPage() {
  const { asset } = useParams<{ asset?: string }>();
  return asset === undefined ? <NewAsset /> : <EditAsset id={asset} />;
}

function NewAsset() {
  const t = useTexts(texts);
  const [search] = useSearchParams();
  return (
    <Page title={t("new_asset")} above={<Link href="/inventory">{t("inventory")}</Link>} width="narrow">
      <Panel>
        <AssetMaker initial={{ ...BLANK, site: search.get("site") ?? "" }} />
      </Panel>
    </Page>
  );
}

function AssetMaker({ initial }: { readonly initial: AssetForm }) {
  const t = useTexts(texts);
  const cache = useQueryClient();
  const say = useToast();
  const [, go] = useLocation();
  const [typed, setTyped] = useState(initial);
  const [intent, setIntent] = useState(newIntent);
  const { site } = useSiteOfWork();
  // The sites may be known only after the first drawing.
  const form = typed.site === "" ? { ...typed, site: site?.id ?? "" } : typed;
  const making = useMutation({
    mutationFn: () =>
      answer(api.POST("/api/v1/assets", { body: { ...bodyOf(form), site: form.site, services: [] }, headers: intent })),
    onSuccess: async (asset) => {
      await cache.invalidateQueries({ queryKey: ["assets"] });
      say(t("asset_added"));
      go(`/inventory/assets/${asset.id}`);
    },
  });
  return (
    <Fields
      form={form}
      set={(part) => {
        setTyped((present) => ({ ...present, ...part }));
        setIntent(newIntent());
        making.reset();
      }}
      isNew
      send={() => {
        making.mutate();
      }}
      error={making.error}
      foot={
        <>
          <Button component={Link} href="/inventory" variant="default">
            {t("cancel")}
          </Button>
          <Button type="submit" loading={making.isPending}>
            {t("add_asset")}
          </Button>
        </>
      }
    />
  );
}

function EditAsset({ id }: { readonly id: string }) {
  const t = useTexts(texts);
  const found = useQuery(assetQuery(id));
  const path = found.data?.path ?? "";
  return (
    <Page
      title={t("edit_asset", { name: path })}
      above={<Link href={`/inventory/assets/${id}`}>{path}</Link>}
      width="narrow"
    >
      <Loaded query={found}>
        {(asset) => (
          <Panel>
            <AssetEditor live={asset} />
          </Panel>
        )}
      </Loaded>
    </Page>
  );
}

function AssetEditor({ live }: { readonly live: Asset }) {
  const t = useTexts(texts);
  const cache = useQueryClient();
  const say = useToast();
  const [, go] = useLocation();
  const editing = useEditing(live, formOf);
  const { base, form, before } = editing;
  const here = `/inventory/assets/${live.id}`;
  const hasFaults = Object.keys(faultsOf(form)).length > 0;
  const change = hasFaults ? {} : changeOf(form, before);
  const isSame = Object.keys(change).length === 0;
  const preview = usePreview(live.id, isSame ? null : change);
  const saving = useMutation({
    mutationFn: () => changeAsset(live.id, { ...change, version: base.version }),
    onSuccess: (saved) => {
      cache.setQueryData(assetQuery(live.id).queryKey, saved);
      say(t("asset_saved"));
      go(here);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["assets"] }),
  });
  return (
    <Fields
      form={form}
      set={(part) => {
        editing.set(part);
        saving.reset();
      }}
      isNew={false}
      send={() => {
        saving.mutate();
      }}
      error={saving.error}
      foot={
        <>
          <Removing
            name={t("remove_asset")}
            title={t("remove_asset_title", { name: live.path })}
            text={t("remove_asset_text")}
            asChange={{ asset: live.id, change: { services: [] } }}
            remove={async () => {
              await answer(api.DELETE("/api/v1/assets/{asset}", { params: { path: { asset: live.id } } }));
              say(t("asset_removed"));
              go("/inventory");
              await cache.invalidateQueries({ queryKey: ["assets"] });
            }}
          />
          <Button component={Link} href={here} variant="default">
            {t("cancel")}
          </Button>
          <Button
            type="submit"
            disabled={(isSame && !hasFaults) || editing.isStale || !preview.mayGoOn}
            loading={saving.isPending}
          >
            {t("save")}
          </Button>
        </>
      }
    >
      {form.name === before.name ? null : <div className={classes.notice}>{t("name_change_hint")}</div>}
      <Consequences preview={preview} />
      {isSame ? null : <p className={classes.hint}>{t("policies_hint")}</p>}
      {editing.isStale && !saving.isPending ? <ChangedMeanwhile {...editing} /> : null}
    </Fields>
  );
}

interface FieldsProps {
  readonly form: AssetForm;
  readonly set: (part: Partial<AssetForm>) => void;
  readonly isNew: boolean;
  readonly send: () => void;
  readonly error: Error | null;
  readonly children?: ReactNode;
  readonly foot: ReactNode;
}

function Fields({ form, set, isNew, send, error, children, foot }: FieldsProps) {
  const t = useTexts(texts);
  const { sites } = useSiteOfWork();
  const [wasTried, setWasTried] = useState(false);
  const faults = faultsOf(form);
  const refused: Record<string, ReactNode> = {
    ...byField(asApiError(error)?.fields ?? [], form, useFieldWords()),
    ...(isNameTaken(error) ? { name: t("name_taken") } : {}),
  };
  const said = (name: keyof AssetForm) => {
    const own = wasTried ? faults[name] : undefined;
    return refused[name] ?? (own === undefined ? null : t(own));
  };
  const text = (name: keyof AssetForm) => ({
    value: form[name],
    error: said(name),
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      set({ [name]: event.currentTarget.value });
    },
  });
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        setWasTried(true);
        if (Object.keys(faults).length === 0) send();
      }}
    >
      {isNew ? (
        <Select
          label={t("site")}
          withAsterisk
          searchable
          allowDeselect={false}
          data={sites.map((site) => ({ value: site.id, label: siteName(site) }))}
          value={form.site === "" ? null : form.site}
          error={said("site")}
          nothingFoundMessage={t("none_such")}
          onChange={(site) => {
            set({ site: site ?? "" });
          }}
        />
      ) : null}
      <TextInput
        label={t("name")}
        description={t("name_hint")}
        withAsterisk
        maxLength={63}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        {...text("name")}
      />
      <TextInput label={t("display_name")} maxLength={200} autoComplete="off" {...text("display_name")} />
      <div className={classes.pair}>
        <TextInput
          label={t("zone")}
          description={t("zone_hint")}
          maxLength={63}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...text("zone")}
        />
        <Select
          label={t("criticality")}
          description={t("criticality_hint")}
          allowDeselect={false}
          data={CRITICALITIES.map((value) => ({ value, label: t(value) }))}
          value={form.criticality}
          error={said("criticality")}
          onChange={(criticality) => {
            if (criticality !== null) set({ criticality: criticality });
          }}
        />
      </div>
      <Textarea
        label={t("labels")}
        description={t("labels_hint")}
        autosize
        minRows={2}
        maxRows={10}
        spellCheck={false}
        autoCapitalize="none"
        classNames={{ input: classes.mono ?? "" }}
        {...text("labels")}
      />
      <TextInput
        label={t("asset_units")}
        description={t("units_hint")}
        autoComplete="off"
        inputMode="text"
        {...text("units")}
      />
      {children}
      <Problem error={Object.keys(refused).length > 0 || isConflict(error) ? null : error} />
      <div className={classes.foot}>{foot}</div>
    </form>
  );
}
