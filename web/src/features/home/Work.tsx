import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconCpu, IconKey, IconPlus } from "@tabler/icons-react";
import { Link } from "wouter";

import type { Grant } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeDuration } from "../../i18n/times";
import { lineAmong } from "../../ui/commands";
import { CopyLine } from "../../ui/CopyLine";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { StateBadge } from "../../ui/states";
import { TierBadges } from "../../ui/tiers";
import { BothClocks, Countdown } from "../../ui/times";
import { askedQuery, assetsQuery, grantsQuery } from "./data";
import classes from "./home.module.css";
import { texts } from "./texts";

interface Optional {
  /** Not shown while there is nothing in it: for people who do this now and then. */
  readonly hideEmpty?: boolean;
}

/** What one may use right now: the line that connects, and the time that is left. */
export function UseNow({ hideEmpty = false }: Optional) {
  const t = useTexts(texts);
  const grants = useQuery(grantsQuery);
  if (hideEmpty && (grants.data ?? []).length === 0) return null;
  return (
    <Panel title={t("use_now")} flush>
      <Loaded query={grants}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<IconKey />} title={t("use_none")}>
              {t("use_none_text")}
            </Empty>
          ) : (
            <ul className={classes.items}>
              {items.map((grant) => (
                <Usable key={grant.id} grant={grant} held={items} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Usable({ grant, held }: { readonly grant: Grant; readonly held: readonly Grant[] }) {
  const t = useTexts(texts);
  const name = `${grant.asset_name} · ${grant.service_name}`;
  return (
    <li className={classes.stackedItem}>
      <span className={classes.itemHead}>
        <strong>{grant.request === null ? name : <Link href={`/requests/${grant.request}`}>{name}</Link>}</strong>
        <StateBadge state={grant.state} />
        <TierBadges tiers={grant.tiers} opaque={grant.rules.opaque ?? false} />
        <span className={classes.left}>
          {grant.ends_at === null ? (
            <span className={classes.dim}>
              {t("usable_until")} <BothClocks at={grant.usable_until} site={grant.site} />
            </span>
          ) : (
            <>
              <Countdown until={grant.ends_at} whole={grant.duration} /> {t("time_left")}
            </>
          )}
        </span>
      </span>
      <CopyLine prompt label={t("connect_line")} text={lineAmong(grant, held)} />
    </li>
  );
}

/** One's own requests that wait for others. */
export function Asked({ hideEmpty = false }: Optional) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const asked = useQuery(askedQuery);
  if (hideEmpty && (asked.data ?? []).length === 0) return null;
  return (
    <Panel title={t("asked")} flush aside={<Link href="/requests?view=mine">{t("all_requests")}</Link>}>
      <Loaded query={asked}>
        {(items) =>
          items.length === 0 ? (
            <Empty
              title={t("asked_none")}
              action={
                <Button component={Link} href="/requests/new" variant="default" size="xs">
                  {t("ask")}
                </Button>
              }
            />
          ) : (
            <ul className={classes.items}>
              {items.map((request) => (
                <li key={request.id} className={classes.stackedItem}>
                  <Link href={`/requests/${request.id}`}>
                    {request.asset_name} · {request.service_name}
                  </Link>
                  <span className={classes.itemHead}>
                    <StateBadge state={request.state} />
                    <span className={classes.dim}>
                      {t("for_duration", { duration: writeDuration(request.duration, language) })}
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

/** Assets that policies open to this person, with the way to ask. */
export function MyAssets() {
  const t = useTexts(texts);
  const assets = useQuery(assetsQuery);
  return (
    <Panel title={t("my_assets")} flush aside={<Link href="/inventory">{t("all_assets")}</Link>}>
      <Loaded query={assets}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<IconCpu />} title={t("assets_none")} />
          ) : (
            <ul className={classes.items}>
              {items.map((asset) => (
                <li key={asset.id} className={classes.item}>
                  <div className={classes.itemBody}>
                    <Link href={`/inventory/assets/${asset.id}`}>{asset.path}</Link>
                    <span className={classes.dim}>
                      {[asset.display_name, asset.services.map(({ name }) => name).join(", ")]
                        .filter((text) => text !== "")
                        .join(" · ")}
                    </span>
                  </div>
                  <Button
                    component={Link}
                    href={`/requests/new?asset=${asset.id}`}
                    variant="default"
                    size="xs"
                    leftSection={<IconPlus size={15} aria-hidden />}
                  >
                    {t("ask")}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
