import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { Link, useParams } from "wouter";

import { useMe } from "../../api/me";
import { assetQuery } from "../../api/queries";
import type { Asset, Service } from "../../api/types";
import { useTexts, type Translator } from "../../i18n/language";
import { Facts } from "../../ui/Facts";
import { Empty, Loaded } from "../../ui/Loaded";
import { Columns, Page, Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Signal } from "../../ui/Signal";
import { StateBadge } from "../../ui/states";
import { unitOf } from "../../ui/units";
import { unitTexts } from "../../ui/words";
import { siteName, useSiteOfWork } from "../../ui/zones";
import { Access } from "./Access";
import classes from "./assets.module.css";
import { Changes } from "./Changes";
import { CriticalityMark } from "./Criticality";
import { Identities } from "./Identities";
import { Locks } from "./Locks";
import { Sessions } from "./Sessions";
import { texts } from "./texts";

/** One asset: how to talk to it, who may and why, who did, and what they changed. */
export default function AssetPage() {
  const { asset } = useParams<{ asset: string }>();
  const t = useTexts(texts);
  const me = useMe();
  const found = useQuery(assetQuery(asset));
  return (
    <Page
      title={found.data?.path ?? t("asset")}
      above={<Link href="/inventory">{t("title")}</Link>}
      lead={found.data === undefined ? undefined : <Lead asset={found.data} />}
      actions={
        <>
          {me.may("inventory:manage") ? (
            <Button component={Link} href={`/inventory/assets/${asset}/edit`} variant="default">
              {t("edit")}
            </Button>
          ) : null}
          {me.may("requests:create") ? (
            <Button
              component={Link}
              href={`/requests/new?asset=${asset}`}
              leftSection={<IconPlus size={17} aria-hidden />}
            >
              {t("ask")}
            </Button>
          ) : null}
        </>
      }
    >
      <Loaded query={found}>{(shown) => <Details asset={shown} />}</Loaded>
    </Page>
  );
}

function Lead({ asset }: { readonly asset: Asset }) {
  const { sites } = useSiteOfWork();
  const site = sites.find(({ id }) => id === asset.site);
  return (
    <span className={classes.badges}>
      {asset.display_name === "" ? null : <span>{asset.display_name}</span>}
      <Link href={`/inventory/sites/${asset.site}`}>{site === undefined ? asset.site_name : siteName(site)}</Link>
      {site === undefined ? null : <StateBadge state={site.online ? "online" : "offline"} />}
      {site?.lock == null ? null : <StateBadge state="locked" />}
    </span>
  );
}

function Details({ asset }: { readonly asset: Asset }) {
  const t = useTexts(texts);
  const unit = useTexts(unitTexts);
  const me = useMe();
  return (
    <Columns
      main={
        <>
          <Services asset={asset} />
          {me.may("policies:read") ? <Access asset={asset.id} /> : null}
          {me.may("recordings:read") ? <Changes asset={asset} /> : null}
          <Sessions asset={asset} />
        </>
      }
      side={
        <>
          <Panel title={t("about")}>
            <Facts
              facts={[
                { label: t("zone"), value: asset.zone },
                { label: t("criticality"), value: <CriticalityMark criticality={asset.criticality} /> },
                { label: t("labels"), value: <Labels labels={asset.labels} /> },
                { label: unitsLabel(asset, unit), value: asset.units?.join(", ") ?? "" },
                { label: t("tags"), value: <Link href={`/inventory/assets/${asset.id}/tags`}>{t("tags_show")}</Link> },
              ]}
            />
          </Panel>
          <Identities services={asset.services} />
          {me.may("locks:manage", "sessions:read_all") ? (
            <Locks kind="asset" target={asset.id} name={asset.path} />
          ) : null}
        </>
      }
    />
  );
}

function Services({ asset }: { readonly asset: Asset }) {
  const t = useTexts(texts);
  const unit = useTexts(unitTexts);
  const mayManage = useMe().may("inventory:manage");
  const here = `/inventory/assets/${asset.id}/services`;
  const acts: Column<Service> = {
    title: t("edit"),
    isTitleHidden: true,
    align: "end",
    cell: ({ name }) => (
      <Button
        component={Link}
        href={`${here}/${name}/edit`}
        size="compact-xs"
        variant="default"
        aria-label={t("edit_service", { name })}
      >
        {t("edit")}
      </Button>
    ),
  };
  return (
    <Panel
      title={t("services")}
      flush
      aside={
        mayManage ? (
          <Button component={Link} href={`${here}/new`} size="xs" variant="subtle">
            {t("new_service")}
          </Button>
        ) : undefined
      }
    >
      {asset.services.length === 0 ? (
        <Empty icon={<IconPlugConnected />} title={t("services_none")}>
          {t("services_none_text")}
        </Empty>
      ) : (
        <RecordList
          label={t("services")}
          items={asset.services}
          columns={mayManage ? [...columns(t, unit), acts] : columns(t, unit)}
          id={({ id }) => id}
        />
      )}
    </Panel>
  );
}

function Labels({ labels }: { readonly labels: Readonly<Record<string, string>> }) {
  return (
    <span className={classes.labels}>
      {Object.entries(labels).map(([name, value]) => (
        <Link
          key={name}
          href={`/inventory?label=${encodeURIComponent(`${name}=${value}`)}`}
          className={classes.label}
        >{`${name}=${value}`}</Link>
      ))}
    </span>
  );
}

/** What its protocols call a device behind it. */
function unitsLabel({ services }: Asset, unit: Translator<typeof unitTexts>): string {
  return [...new Set(services.map(({ protocol }) => unit(unitOf(protocol))))].join(" / ");
}

function columns(t: Translator<typeof texts>, unit: Translator<typeof unitTexts>): readonly Column<Service>[] {
  return [
    { title: t("name"), cell: (service) => service.name },
    { title: t("protocol"), cell: (service) => service.protocol },
    { title: t("address"), cell: ({ host, port }) => <code className={classes.code}>{`${host}:${port}`}</code> },
    {
      title: t("understood"),
      cell: ({ guarded }) => (
        <Signal tone={guarded ? "calm" : "deep"} plain>
          {t(guarded ? "understood_yes" : "understood_no")}
        </Signal>
      ),
    },
    { title: t("limits"), cell: (service) => limits(service, t, unit) },
  ];
}

function limits(
  { limits: { max_streams, max_rate }, units, routes, protocol }: Service,
  t: Translator<typeof texts>,
  unit: Translator<typeof unitTexts>,
): string {
  return [
    t("limit_streams", { count: max_streams ?? 1 }),
    ...(max_rate == null ? [] : [t("limit_rate", { rate: max_rate })]),
    ...(units === null ? [] : [`${unit(unitOf(protocol))} ${units.join(", ")}`]),
    ...(routes === null ? [] : [t("limit_routes", { routes: routes.join(", ") })]),
  ].join(" · ");
}
