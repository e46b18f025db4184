import { Button, Group, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconPlus, IconRouter } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useParams } from "wouter";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { siteQuery } from "../../api/queries";
import type { Agent, Site } from "../../api/types";
import { useLanguage, useTexts, type Translator } from "../../i18n/language";
import { writeMoment } from "../../i18n/times";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Facts } from "../../ui/Facts";
import { Empty, Loaded } from "../../ui/Loaded";
import { findingTexts } from "../../ui/findings/texts";
import { Columns, Page, Panel } from "../../ui/Page";
import { Phrase } from "../../ui/phrases/Phrase";
import { RecordList, type Column } from "../../ui/RecordList";
import { StateBadge } from "../../ui/states";
import { useNow } from "../../ui/ticker";
import { Ago, BothClocks, Moment } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import { siteName } from "../../ui/zones";
import classes from "./assets.module.css";
import { agentsQuery } from "./data";
import { Locks } from "./Locks";
import { texts } from "./texts";

/** Beyond this an agent refuses every grant. */
const CLOCK_SECONDS = 60;

/** One site: its agents and how they are, its clock, its notice, its locks. */
export default function SitePage() {
  const { site } = useParams<{ site: string }>();
  const t = useTexts(texts);
  const me = useMe();
  const found = useQuery(siteQuery(site));
  return (
    <Page
      title={found.data === undefined ? t("site") : siteName(found.data)}
      above={<Link href="/inventory">{t("title")}</Link>}
      lead={
        found.data === undefined ? undefined : (
          <span className={classes.badges}>
            <code className={classes.code}>{found.data.name}</code>
            <StateBadge state={found.data.online ? "online" : "offline"} />
            {found.data.lock === null ? null : <StateBadge state="locked" />}
          </span>
        )
      }
      actions={
        me.may("inventory:manage") ? (
          <>
            <Button component={Link} href={`/inventory/sites/${site}/edit`} variant="default">
              {t("edit")}
            </Button>
            <Button
              component={Link}
              href={`/inventory/sites/${site}/enrol`}
              leftSection={<IconPlus size={17} aria-hidden />}
            >
              {t("enrol")}
            </Button>
          </>
        ) : undefined
      }
    >
      <Loaded query={found}>{(shown) => <Details site={shown} />}</Loaded>
    </Page>
  );
}

function Details({ site }: { readonly site: Site }) {
  const t = useTexts(texts);
  const me = useMe();
  return (
    <Columns
      main={
        <>
          {site.lock === null ? null : (
            <Panel title={t("plant_lock")} tone="alarm">
              <p className={classes.pre}>
                <Phrase text={site.lock.reason} phrases={findingTexts} isAnybodys />
              </p>
              <span className={classes.dim}>
                {site.lock.until === null
                  ? t("plant_lock_text")
                  : t.rich("locked_until", { at: <BothClocks at={site.lock.until} site={site.id} /> })}
              </span>
            </Panel>
          )}
          {me.may("inventory:read") ? <Agents site={site} /> : null}
        </>
      }
      side={
        <>
          <Panel title={t("about")}>
            <Facts
              facts={[
                { label: t("local_time"), value: <LocalTime zone={site.timezone} /> },
                { label: t("time_zone"), value: site.timezone },
                {
                  label: t("banner"),
                  value: site.banner === "" ? t("banner_none") : <span className={classes.pre}>{site.banner}</span>,
                },
              ]}
            />
          </Panel>
          {me.may("locks:manage", "sessions:read_all") ? (
            <Locks kind="site" target={site.id} name={siteName(site)} />
          ) : null}
        </>
      }
    />
  );
}

function LocalTime({ zone }: { readonly zone: string }) {
  const { language } = useLanguage();
  const now = useNow();
  return <span className="figures">{writeMoment(new Date(now), "second", language, zone)}</span>;
}

function Agents({ site }: { readonly site: Site }) {
  const t = useTexts(texts);
  const me = useMe();
  const agents = useQuery(agentsQuery(site.id));
  return (
    <Panel title={t("agents")} flush>
      <Loaded query={agents}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<IconRouter />} title={t("agents_none")}>
              {t("agents_none_text")}
            </Empty>
          ) : (
            <RecordList
              label={t("agents")}
              items={items}
              columns={columns(t, me.may("inventory:manage"))}
              id={({ id }) => id}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function columns(t: Translator<typeof texts>, mayManage: boolean): readonly Column<Agent>[] {
  return [
    { title: t("agent"), cell: (agent) => agent.name },
    { title: t("link"), cell: (agent) => <Standing agent={agent} /> },
    {
      title: t("last_seen"),
      cell: (agent) => (agent.last_seen_at === null ? null : <Ago at={agent.last_seen_at} site={agent.site} />),
    },
    { title: t("software"), cell: (agent) => agent.software },
    { title: t("clock"), cell: (agent) => <Clock offset={agent.clock_offset_seconds} /> },
    {
      title: t("certificate"),
      cell: (agent) =>
        agent.certificate_expires_at === null ? null : (
          <Moment at={agent.certificate_expires_at} site={agent.site} style="day" />
        ),
    },
    ...(mayManage
      ? [
          {
            title: t("revoke"),
            isTitleHidden: true,
            cell: (agent: Agent) => <AgentActs agent={agent} />,
            align: "end" as const,
          },
        ]
      : []),
  ];
}

function Standing({ agent }: { readonly agent: Agent }) {
  if (agent.state !== "active") return <StateBadge state={agent.state} />;
  if (agent.locked) return <StateBadge state="locked" />;
  return <StateBadge state={agent.online ? "online" : "offline"} plain />;
}

function Clock({ offset }: { readonly offset: number | null }) {
  const t = useTexts(texts);
  if (offset === null) return null;
  const isOff = Math.abs(offset) > CLOCK_SECONDS;
  return isOff ? <strong>{t("clock_off", { seconds: Math.round(offset) })}</strong> : t("clock_good");
}

function AgentActs({ agent }: { readonly agent: Agent }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const [act, setAct] = useState<"revoke" | "release" | null>(null);
  if (agent.state === "revoked") return null;
  const done = async (text: string) => {
    await cache.invalidateQueries({ queryKey: ["agents"] });
    say(text);
  };
  const params = { path: { agent: agent.id } };
  const confirm = async (reason: string) => {
    if (act === "release") {
      await answer(api.POST("/api/v1/agents/{agent}/release", { params, body: { reason } }));
      await done(t("released"));
    } else {
      await answer(api.POST("/api/v1/agents/{agent}/revoke", { params, body: { reason } }));
      await done(t("revoked"));
    }
  };
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {agent.state === "quarantined" ? (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            setAct("release");
          }}
        >
          {t("release")}
        </Button>
      ) : null}
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => {
          setAct("revoke");
        }}
      >
        {t("revoke")}
      </Button>
      {act === null ? null : (
        <ConfirmDialog
          title={t(`${act}_title`, { name: agent.name })}
          action={t(act)}
          isGrave={act === "revoke"}
          confirm={confirm}
          close={() => {
            setAct(null);
          }}
        >
          <Text>{t(`${act}_text`)}</Text>
        </ConfirmDialog>
      )}
    </Group>
  );
}
