import { Button, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconBroadcast, IconPlugConnectedX } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import type { Drill, Session } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { Signal } from "../../ui/Signal";
import { StateBadge } from "../../ui/states";
import { TierBadges } from "../../ui/tiers";
import { Countdown } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import { siteName, useSiteOfWork } from "../../ui/zones";
import { liveSessionsQuery } from "./data";
import classes from "./home.module.css";
import { LastDrill } from "./LastDrill";
import { texts } from "./texts";

const DrillReport = lazy(() => import("./DrillReport"));

/** Who is in the plant right now, with a red button for each, and one for all vendors. */
export function InPlant() {
  const t = useTexts(texts);
  const me = useMe();
  const { site } = useSiteOfWork();
  const sessions = useQuery(liveSessionsQuery);
  const here = sessions.data?.filter((session) => site === null || session.site === site.id) ?? [];
  const vendors = here.filter(({ vendor }) => vendor).length;
  return (
    <Panel
      title={t("in_plant")}
      flush
      aside={me.may("sessions:cut") && vendors > 0 ? <CutAll vendors={vendors} /> : undefined}
    >
      <Loaded query={sessions}>
        {() =>
          here.length === 0 ? (
            <Empty icon={<IconBroadcast />} title={t("in_plant_none")}>
              {t("in_plant_none_text")}
            </Empty>
          ) : (
            <ul className={classes.items}>
              {here.map((session) => (
                <LiveItem key={session.id} session={session} mayCut={me.may("sessions:cut")} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {me.may("sessions:cut") ? <LastDrill /> : null}
    </Panel>
  );
}

function LiveItem({ session, mayCut }: { readonly session: Session; readonly mayCut: boolean }) {
  const t = useTexts(texts);
  return (
    <li className={classes.item}>
      <div className={classes.itemBody}>
        <span className={classes.itemHead}>
          <strong>{session.user_name}</strong>
          {session.vendor ? <Signal tone="info">{t("vendor")}</Signal> : null}
          <Link href={`/sessions/${session.id}`}>
            {session.asset_name} · {session.service_name}
          </Link>
        </span>
        <span className={classes.itemHead}>
          <Signal tone={session.connected ? "good" : "calm"} plain>
            {t(session.connected ? "connected" : "not_connected")}
          </Signal>
          <TierBadges tiers={session.tiers_used.length > 0 ? session.tiers_used : session.tiers} />
          {session.writes > 0 ? <span className={classes.dim}>{t("writes", { count: session.writes })}</span> : null}
          {session.denials > 0 ? (
            <Signal tone="alarm" plain>
              {t("denials", { count: session.denials })}
            </Signal>
          ) : null}
          {session.rate > 0 ? <span className={classes.dim}>{t("per_second", { rate: session.rate })}</span> : null}
        </span>
      </div>
      <span className={classes.left}>
        {session.state === "held" ? <StateBadge state="held" /> : <Countdown until={session.not_after} />}
      </span>
      {mayCut ? <Cut session={session} /> : null}
    </li>
  );
}

function Cut({ session }: { readonly session: Session }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Button
        color="red"
        size="sm"
        leftSection={<IconPlugConnectedX size={16} aria-hidden />}
        aria-label={`${t("cut")}: ${session.user_name}, ${session.asset_name}`}
        onClick={() => {
          setIsAsking(true);
        }}
      >
        {t("cut")}
      </Button>
      {isAsking ? (
        <ConfirmDialog
          title={t("cut_title", { who: session.user_name })}
          action={t("cut")}
          isGrave
          confirm={async (reason) => {
            await answer(
              api.POST("/api/v1/sessions/{session}/kill", {
                params: { path: { session: session.id } },
                body: { reason },
              }),
            );
            await cache.invalidateQueries({ queryKey: ["sessions"] });
            say(t("cut_done"));
          }}
          close={() => {
            setIsAsking(false);
          }}
        >
          <Text>{t("cut_text", { asset: session.asset_name })}</Text>
        </ConfirmDialog>
      ) : null}
    </>
  );
}

/** The red button: every vendor session at once, at the site of work or everywhere, and how fast it was. */
function CutAll({ vendors }: { readonly vendors: number }) {
  const t = useTexts(texts);
  const cache = useQueryClient();
  const { site } = useSiteOfWork();
  const [isAsking, setIsAsking] = useState(false);
  const [drill, setDrill] = useState<Drill | null>(null);
  return (
    <>
      <Button
        color="red"
        size="xs"
        leftSection={<IconPlugConnectedX size={15} aria-hidden />}
        onClick={() => {
          setIsAsking(true);
        }}
      >
        {t("cut_all")}
      </Button>
      {isAsking ? (
        <ConfirmDialog
          title={site === null ? t("cut_all_title") : t("cut_all_title_site", { site: siteName(site) })}
          action={t("cut_all")}
          isGrave
          confirm={async (reason) => {
            const done = await answer(
              api.POST("/api/v1/sessions/kill-all", {
                body: { reason, vendor_only: true, ...(site === null ? {} : { site: site.id }) },
              }),
            );
            setDrill(done);
            await cache.invalidateQueries({ queryKey: ["sessions"] });
          }}
          close={() => {
            setIsAsking(false);
          }}
        >
          <Text>{t("cut_all_text", { count: vendors })}</Text>
        </ConfirmDialog>
      ) : null}
      {drill === null ? null : (
        <Suspense fallback={null}>
          <DrillReport
            drill={drill}
            close={() => {
              setDrill(null);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
