import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";

import { asApiError } from "../../api/problems";
import { assetQuery } from "../../api/queries";
import type { Asset, Service } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Empty, Loaded } from "../../ui/Loaded";
import { Page, Panel } from "../../ui/Page";
import { useFieldWords } from "../../ui/fieldProblems";
import { Problem } from "../../ui/Problem";
import { useToast } from "../../ui/toasts";
import { changeAsset } from "./data";
import { ChangedMeanwhile, Consequences, isConflict, useEditing, usePreview } from "./Editing";
import classes from "./inventory.module.css";
import { Removing } from "./Removing";
import { BLANK, faultsOf, formOf, refusedOf, servicesWith, specOf, withProtocol, type ServiceForm } from "./service";
import { ServiceFields } from "./ServiceFields";
import { texts } from "./texts";

/** Adds a way to talk to an asset, or changes one: by which protocol, where, and what the device can take. */
export default function ServiceFormPage() {
  const { asset, service } = useParams<{ asset: string; service?: string }>();
  const t = useTexts(texts);
  const found = useQuery(assetQuery(asset));
  const name = found.data?.path ?? "";
  return (
    <Page
      title={service === undefined ? t("new_service", { name }) : t("edit_service", { service, name })}
      above={<Link href={`/inventory/assets/${asset}`}>{name}</Link>}
      width="narrow"
    >
      <Loaded query={found}>
        {(live) => (
          <Panel>
            <ServiceEditor live={live} name={service ?? null} />
          </Panel>
        )}
      </Loaded>
    </Page>
  );
}

interface EditorProps {
  readonly live: Asset;
  /** Null: a new one. */
  readonly name: string | null;
}

function ServiceEditor({ live, name }: EditorProps) {
  const t = useTexts(texts);
  const cache = useQueryClient();
  const say = useToast();
  const [, go] = useLocation();
  const [wasTried, setWasTried] = useState(false);
  const editing = useEditing(live, (asset) => formIn(asset, name));
  const { base, form, before } = editing;
  const here = `/inventory/assets/${live.id}`;
  const others = base.services.map((service) => service.name).filter((other) => other !== name);
  const fieldWords = useFieldWords();
  const faults = faultsOf(form, others);
  const isWhole = Object.keys(faults).length === 0;
  const isSame = name !== null && JSON.stringify(form) === JSON.stringify(before);
  const services = isWhole ? servicesWith(base, name, specOf(form)) : [];
  const preview = usePreview(live.id, name === null || isSame || !isWhole ? null : { services });
  const saving = useMutation({
    mutationFn: () => changeAsset(live.id, { services, version: base.version }),
    onSuccess: (saved) => {
      cache.setQueryData(assetQuery(live.id).queryKey, saved);
      say(t(name === null ? "service_added" : "service_saved"));
      go(here);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["assets"] }),
  });
  if (name !== null && !live.services.some((service) => service.name === name) && !saving.isPending) {
    return <Empty title={t("gone")} />;
  }
  const refused = refusedOf(asApiError(saving.error)?.fields ?? [], services.length - 1, fieldWords);
  const set = (part: Partial<ServiceForm>) => {
    editing.set(part);
    saving.reset();
  };
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        setWasTried(true);
        if (isWhole) saving.mutate();
      }}
    >
      <ServiceFields
        form={form}
        set={set}
        choose={(protocol) => {
          editing.put(withProtocol(form, protocol, name === null));
          saving.reset();
        }}
        said={(field) => {
          const own = wasTried ? faults[field] : undefined;
          return refused[field] ?? (own === undefined ? null : t(own));
        }}
      />
      <Consequences preview={preview} />
      {form.host === before.host ? null : <p className={classes.hint}>{t("ceiling_hint")}</p>}
      {editing.isStale && !saving.isPending ? <ChangedMeanwhile {...editing} /> : null}
      <Problem error={Object.keys(refused).length > 0 || isConflict(saving.error) ? null : saving.error} />
      <div className={classes.foot}>
        {name === null ? null : (
          <Removing
            name={t("remove_service")}
            title={t("remove_service_title", { service: name, name: live.path })}
            text={t("remove_service_text")}
            asChange={{ asset: live.id, change: { services: servicesWith(live, name, null) } }}
            remove={async () => {
              await changeAsset(live.id, { services: servicesWith(live, name, null), version: live.version });
              say(t("service_removed"));
              go(here);
              await cache.invalidateQueries({ queryKey: ["assets"] });
            }}
          />
        )}
        <Button component={Link} href={here} variant="default">
          {t("cancel")}
        </Button>
        <Button type="submit" disabled={isSame || editing.isStale || !preview.mayGoOn} loading={saving.isPending}>
          {t(name === null ? "add_service" : "save")}
        </Button>
      </div>
    </form>
  );
}

/** A new service of an asset that has a Modbus service already is not another "modbus". */
function formIn(asset: Asset, name: string | null): ServiceForm {
  const found: Service | undefined = asset.services.find((service) => service.name === name);
  if (found !== undefined) return formOf(found);
  return { ...BLANK, name: asset.services.some((service) => service.name === BLANK.protocol) ? "" : BLANK.protocol };
}
