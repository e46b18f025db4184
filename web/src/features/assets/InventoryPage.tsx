import { Button, Checkbox } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { IconCpu, IconPlus, IconX } from "@tabler/icons-react";
import { Link, useSearchParams } from "wouter";

import { useMe } from "../../api/me";
import type { Asset, Site } from "../../api/types";
import { useLanguage, useTexts, type Translator } from "../../i18n/language";
import { writeMoment, zoneName } from "../../i18n/times";
import { Filters, SearchField } from "../../ui/fields";
import { Empty, Loaded } from "../../ui/Loaded";
import { Page, Panel, Panels } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { StateBadge } from "../../ui/states";
import { useNow } from "../../ui/ticker";
import { siteName, useSiteOfWork } from "../../ui/zones";
import classes from "./assets.module.css";
import { CriticalityMark } from "./Criticality";
import { assetsQuery } from "./data";
import { texts } from "./texts";

/** Everything that can be reached: sites, and their assets to search and filter. The filters stand in the address. */
export default function InventoryPage() {
  const t = useTexts(texts);
  const me = useMe();
  return (
    <Page
      title={t("title")}
      actions={
        me.may("inventory:manage") ? (
          <>
            <Button component={Link} href="/inventory/import" variant="default">
              {t("import")}
            </Button>
            <Button component={Link} href="/inventory/sites/new" variant="default">
              {t("new_site")}
            </Button>
            <Button component={Link} href="/inventory/assets/new" leftSection={<IconPlus size={17} aria-hidden />}>
              {t("new_asset")}
            </Button>
          </>
        ) : undefined
      }
    >
      <Panels>
        <Sites />
        <Assets />
      </Panels>
    </Page>
  );
}

function Sites() {
  const t = useTexts(texts);
  const { sites, site } = useSiteOfWork();
  const shown = site === null ? sites : [site];
  return (
    <ul className={classes.sites} aria-label={t("sites")}>
      {shown.map((each) => (
        <SiteCard key={each.id} site={each} />
      ))}
    </ul>
  );
}

function SiteCard({ site }: { readonly site: Site }) {
  const { language } = useLanguage();
  const now = useNow();
  return (
    <li className={classes.siteCard}>
      <Link href={`/inventory/sites/${site.id}`} className={classes.siteLink}>
        {siteName(site)}
      </Link>
      <span className={classes.siteTime}>
        {writeMoment(new Date(now), "time", language, site.timezone)} {zoneName(site.timezone)}
      </span>
      <span className={classes.siteState}>
        <StateBadge state={site.lock !== null ? "locked" : site.online ? "online" : "offline"} plain />
      </span>
    </li>
  );
}

function useFilters() {
  const [search, setSearch] = useSearchParams();
  const put = (change: (next: URLSearchParams) => void) => {
    setSearch(
      (present) => {
        const next = new URLSearchParams(present);
        change(next);
        return next;
      },
      { replace: true },
    );
  };
  return {
    q: search.get("q") ?? "",
    labels: search.getAll("label"),
    zone: search.get("zone"),
    isOnlineOnly: search.has("online"),
    search: (q: string) => {
      put((next) => {
        if (q === "") next.delete("q");
        else next.set("q", q);
      });
    },
    add: (label: string) => {
      put((next) => {
        if (!next.getAll("label").includes(label)) next.append("label", label);
      });
    },
    remove: (label: string) => {
      put((next) => {
        next.delete("label", label);
      });
    },
    choose: (zone: string | null) => {
      put((next) => {
        if (zone === null) next.delete("zone");
        else next.set("zone", zone);
      });
    },
    showOnlineOnly: (isOnly: boolean) => {
      put((next) => {
        if (isOnly) next.set("online", "");
        else next.delete("online");
      });
    },
  };
}

function Assets() {
  const t = useTexts(texts);
  const filters = useFilters();
  const { sites, site } = useSiteOfWork();
  const { q, labels, zone, isOnlineOnly } = filters;
  const assets = useInfiniteQuery(assetsQuery({ q, site: site?.id ?? null, labels, zone, isOnlineOnly }));
  const online = new Set(sites.filter((each) => each.online).map((each) => each.id));
  const isFiltered = q !== "" || labels.length > 0 || zone !== null || isOnlineOnly;
  return (
    <Panel flush>
      <Filters>
        <SearchField label={t("search")} value={q} search={filters.search} />
        <Checkbox
          label={t("only_online")}
          checked={isOnlineOnly}
          onChange={(event) => {
            filters.showOnlineOnly(event.currentTarget.checked);
          }}
        />
        {zone === null ? null : (
          <Chosen
            text={t(zone === "" ? "zone_none" : "zone_is", { zone })}
            remove={() => {
              filters.choose(null);
            }}
          />
        )}
        {labels.map((label) => (
          <Chosen
            key={label}
            text={label}
            remove={() => {
              filters.remove(label);
            }}
          />
        ))}
      </Filters>
      <Loaded query={assets}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<IconCpu />} title={t(isFiltered ? "none" : "none_at_all")}>
              {t(isFiltered ? "none_text" : "none_at_all_text")}
            </Empty>
          ) : (
            <RecordList
              label={t("assets")}
              items={items}
              columns={columns(t, online, filters)}
              id={(asset) => asset.id}
              href={(asset) => `/inventory/assets/${asset.id}`}
              more={assets}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

interface ChosenProps {
  readonly text: string;
  readonly remove: () => void;
}

/** A filter that holds, to be taken away. */
function Chosen({ text, remove }: ChosenProps) {
  const t = useTexts(texts);
  return (
    <Button
      size="compact-xs"
      variant="light"
      rightSection={<IconX size={13} aria-hidden />}
      aria-label={t("remove_filter", { label: text })}
      onClick={remove}
    >
      {text}
    </Button>
  );
}

function columns(
  t: Translator<typeof texts>,
  online: ReadonlySet<string>,
  { add, choose }: Pick<ReturnType<typeof useFilters>, "add" | "choose">,
): readonly Column<Asset>[] {
  return [
    {
      title: t("asset"),
      cell: (asset) => (
        <>
          {asset.path}
          {asset.display_name === "" ? null : <span className={classes.displayName}>{asset.display_name}</span>}
        </>
      ),
    },
    {
      title: t("services"),
      cell: (asset) => <span className={classes.protocols}>{asset.services.map(({ name }) => name).join(", ")}</span>,
    },
    {
      title: t("zone"),
      cell: ({ zone }) =>
        zone === "" ? null : (
          <button
            type="button"
            className={classes.label}
            onClick={() => {
              choose(zone);
            }}
          >
            {zone}
          </button>
        ),
    },
    { title: t("criticality"), cell: (asset) => <CriticalityMark criticality={asset.criticality} /> },
    { title: t("labels"), cell: (asset) => <Labels labels={asset.labels} add={add} /> },
    {
      title: t("reach"),
      cell: (asset) => <StateBadge state={online.has(asset.site) ? "online" : "offline"} plain />,
    },
  ];
}

interface LabelsProps {
  readonly labels: Readonly<Record<string, string>>;
  readonly add: (label: string) => void;
}

function Labels({ labels, add }: LabelsProps) {
  return (
    <span className={classes.labels}>
      {Object.entries(labels).map(([name, value]) => (
        <button
          key={name}
          type="button"
          className={classes.label}
          onClick={() => {
            add(`${name}=${value}`);
          }}
        >
          {name}={value}
        </button>
      ))}
    </span>
  );
}
