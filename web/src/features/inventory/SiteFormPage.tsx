import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link, useLocation, useParams } from "wouter";

import { answer, api, newIntent } from "../../api/client";
import { asApiError } from "../../api/problems";
import { siteQuery } from "../../api/queries";
import type { Site } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { viewerZone } from "../../i18n/times";
import { byField, useFieldWords } from "../../ui/fieldProblems";
import { Loaded } from "../../ui/Loaded";
import { Page, Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { useToast } from "../../ui/toasts";
import { siteName } from "../../ui/zones";
import { ChangedMeanwhile, isConflict, isNameTaken, useEditing } from "./Editing";
import classes from "./inventory.module.css";
import { Removing } from "./Removing";
import { texts } from "./texts";
import { isName } from "./typed";

interface SiteForm {
  readonly name: string;
  readonly display_name: string;
  readonly timezone: string;
  readonly banner: string;
}

const ZONES = [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC"])];
const LONGEST_BANNER = 2000;

function formOf({ name, display_name, timezone, banner }: Site): SiteForm {
  return { name, display_name, timezone, banner };
}

/** Adds a site, or changes what people call it, its clock and its notice. */
export default function SiteFormPage() {
  const { site } = useParams<{ site?: string }>();
  return site === undefined ? <NewSite /> : <EditSite id={site} />;
}

function NewSite() {
  const t = useTexts(texts);
  const cache = useQueryClient();
  const say = useToast();
  const [, go] = useLocation();
  const [form, setForm] = useState<SiteForm>({ name: "", display_name: "", timezone: viewerZone(), banner: "" });
  const [intent, setIntent] = useState(newIntent);
  const making = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/sites", { body: { ...form }, headers: intent })),
    onSuccess: async (site) => {
      await cache.invalidateQueries({ queryKey: ["sites"] });
      say(t("site_added"));
      go(`/inventory/sites/${site.id}`);
    },
  });
  return (
    <Page title={t("new_site")} above={<Link href="/inventory">{t("inventory")}</Link>} width="narrow">
      <Panel>
        <Fields
          form={form}
          set={(part) => {
            setForm((present) => ({ ...present, ...part }));
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
                {t("add_site")}
              </Button>
            </>
          }
        />
      </Panel>
    </Page>
  );
}

function EditSite({ id }: { readonly id: string }) {
  const t = useTexts(texts);
  const found = useQuery(siteQuery(id));
  const name = found.data === undefined ? "" : siteName(found.data);
  return (
    <Page title={t("edit_site", { name })} above={<Link href={`/inventory/sites/${id}`}>{name}</Link>} width="narrow">
      <Loaded query={found}>
        {(site) => (
          <Panel>
            <SiteEditor live={site} />
          </Panel>
        )}
      </Loaded>
    </Page>
  );
}

function SiteEditor({ live }: { readonly live: Site }) {
  const t = useTexts(texts);
  const cache = useQueryClient();
  const say = useToast();
  const [, go] = useLocation();
  const editing = useEditing(live, formOf);
  const { base, form, before } = editing;
  const here = `/inventory/sites/${live.id}`;
  const params = { path: { site: live.id } };
  const change = {
    ...(form.display_name === before.display_name ? {} : { display_name: form.display_name.trim() }),
    ...(form.timezone === before.timezone ? {} : { timezone: form.timezone }),
    ...(form.banner === before.banner ? {} : { banner: form.banner }),
  };
  const isSame = Object.keys(change).length === 0;
  const saving = useMutation({
    mutationFn: () => answer(api.PATCH("/api/v1/sites/{site}", { params, body: { ...change, version: base.version } })),
    onSuccess: (saved) => {
      cache.setQueryData(siteQuery(live.id).queryKey, saved);
      say(t("site_saved"));
      go(here);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["sites"] }),
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
            name={t("remove_site")}
            title={t("remove_site_title", { name: siteName(live) })}
            text={t("remove_site_text")}
            remove={async () => {
              await answer(api.DELETE("/api/v1/sites/{site}", { params }));
              say(t("site_removed"));
              go("/inventory");
              await cache.invalidateQueries({ queryKey: ["sites"] });
            }}
          />
          <Button component={Link} href={here} variant="default">
            {t("cancel")}
          </Button>
          <Button type="submit" disabled={isSame || editing.isStale} loading={saving.isPending}>
            {t("save")}
          </Button>
        </>
      }
    >
      {form.banner === before.banner ? null : <div className={classes.notice}>{t("banner_change")}</div>}
      {editing.isStale && !saving.isPending ? <ChangedMeanwhile {...editing} /> : null}
    </Fields>
  );
}

interface FieldsProps {
  readonly form: SiteForm;
  readonly set: (part: Partial<SiteForm>) => void;
  readonly isNew: boolean;
  readonly send: () => void;
  readonly error: Error | null;
  readonly children?: ReactNode;
  readonly foot: ReactNode;
}

function Fields({ form, set, isNew, send, error, children, foot }: FieldsProps) {
  const t = useTexts(texts);
  const [wasTried, setWasTried] = useState(false);
  const fault = !isNew || isName(form.name) ? null : t(form.name === "" ? "needed" : "name_form");
  const refused: Record<string, ReactNode> = {
    ...byField(asApiError(error)?.fields ?? [], form, useFieldWords()),
    ...(isNameTaken(error) ? { name: t("name_taken") } : {}),
  };
  const text = (name: keyof SiteForm) => ({
    value: form[name],
    error: refused[name] ?? (name === "name" && wasTried ? fault : null),
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
        if (fault === null) send();
      }}
    >
      {isNew ? (
        <TextInput
          label={t("name")}
          description={t("site_name_hint")}
          withAsterisk
          maxLength={63}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...text("name")}
        />
      ) : null}
      <TextInput label={t("display_name")} maxLength={200} autoComplete="off" {...text("display_name")} />
      <Select
        label={t("time_zone")}
        description={t("time_zone_hint")}
        withAsterisk
        searchable
        allowDeselect={false}
        limit={50}
        data={ZONES.includes(form.timezone) ? ZONES : [form.timezone, ...ZONES]}
        value={form.timezone}
        error={refused.timezone}
        nothingFoundMessage={t("none_such")}
        onChange={(timezone) => {
          if (timezone !== null) set({ timezone });
        }}
      />
      <Textarea
        label={t("banner")}
        description={t("banner_hint")}
        autosize
        minRows={3}
        maxRows={12}
        maxLength={LONGEST_BANNER}
        {...text("banner")}
      />
      {children}
      <Problem error={Object.keys(refused).length > 0 || isConflict(error) ? null : error} />
      <div className={classes.foot}>{foot}</div>
    </form>
  );
}
