import "../../ui/styles/forms";

import { Button, SegmentedControl, Select, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconBuildingFactory2, IconCpu, IconLock, IconLockOpen, IconUser } from "@tabler/icons-react";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { now } from "../../api/clock";
import { useMe } from "../../api/me";
import type { Lock, Site } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { useChoices } from "../../ui/choices";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Dialog } from "../../ui/Dialog";
import { DialogForm, ReasonField, useReasonCheck } from "../../ui/DialogForm";
import { Choice, Filters } from "../../ui/fields";
import { useApiForm } from "../../ui/form";
import { Empty, Loaded } from "../../ui/Loaded";
import { MomentField } from "../../ui/MomentField";
import { findingTexts } from "../../ui/findings/texts";
import { Page, Panel, Panels } from "../../ui/Page";
import { Phrase } from "../../ui/phrases/Phrase";
import { RecordList, type Column } from "../../ui/RecordList";
import { Signal } from "../../ui/Signal";
import { Ago, Moment } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import { useSiteOfWork } from "../../ui/zones";
import { locksQuery, targetsQuery, userQuery, type LockKind } from "./data";
import classes from "./settings.module.css";
import { lockTexts } from "./texts";

const KINDS: readonly LockKind[] = ["site", "asset", "user"];
const PAGES: Readonly<Record<LockKind, string>> = {
  site: "/inventory/sites/",
  asset: "/inventory/assets/",
  user: "/people/users/",
};
const ICONS: Readonly<Record<LockKind, React.ReactNode>> = {
  site: <IconBuildingFactory2 aria-hidden />,
  asset: <IconCpu aria-hidden />,
  user: <IconUser aria-hidden />,
};

/** What stands above all grants: locks on sites, assets and people, and those that a plant set at its own agent. */
export default function LocksPage() {
  const t = useTexts(lockTexts);
  const me = useMe();
  const { sites } = useSiteOfWork();
  const [view, setView] = useState<"holding" | "all">("holding");
  const [isSetting, setIsSetting] = useState(false);
  const locks = useInfiniteQuery(locksQuery(view === "all"));
  const locked = sites.filter(({ lock }) => lock !== null);
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      actions={
        me.may("locks:manage") ? (
          <Button
            leftSection={<IconLock size={17} aria-hidden />}
            onClick={() => {
              setIsSetting(true);
            }}
          >
            {t("set")}
          </Button>
        ) : null
      }
    >
      <Panels>
        {locked.map((site) => (
          <PlantLock key={site.id} site={site} />
        ))}
        <Panel flush>
          <Filters>
            <Choice
              label={t("which")}
              value={view}
              options={[
                { value: "holding", label: t("holding") },
                { value: "all", label: t("all") },
              ]}
              choose={setView}
            />
          </Filters>
          <Loaded query={locks}>
            {(items) =>
              items.length === 0 ? (
                <Empty icon={<IconLockOpen />} title={t("none")}>
                  {t("none_text")}
                </Empty>
              ) : (
                <Locks items={items} more={locks} />
              )
            }
          </Loaded>
        </Panel>
      </Panels>
      {isSetting ? (
        <SetDialog
          close={() => {
            setIsSetting(false);
          }}
        />
      ) : null}
    </Page>
  );
}

/** The plant's own lock: set on site, lifted on site. */
function PlantLock({ site }: { readonly site: Site }) {
  const t = useTexts(lockTexts);
  return (
    <Panel tone="alarm" title={t("plant_lock", { site: site.display_name || site.name })}>
      <Phrase text={site.lock?.reason ?? ""} phrases={findingTexts} isAnybodys />{" "}
      <span className={classes.dimmed}>{t("plant_lock_text")}</span>
    </Panel>
  );
}

interface LocksProps {
  readonly items: readonly Lock[];
  readonly more: React.ComponentProps<typeof RecordList<Lock>>["more"];
}

function Locks({ items, more }: LocksProps) {
  const t = useTexts(lockTexts);
  const me = useMe();
  const may = me.may("locks:manage");
  const columns: readonly Column<Lock>[] = [
    {
      title: t("what"),
      cell: (lock) => (
        <Signal plain tone={isHolding(lock) ? "alarm" : "calm"} icon={ICONS[lock.kind]}>
          {lock.target_name}
        </Signal>
      ),
    },
    { title: t("kind"), cell: (lock) => t(`kind_${lock.kind}`), width: "7rem" },
    { title: t("reason"), cell: (lock) => <span className={classes.reason}>{lock.reason}</span> },
    { title: t("set_by"), cell: (lock) => <By lock={lock} /> },
    { title: t("until"), cell: (lock) => <Until lock={lock} /> },
    ...(may
      ? [{ title: t("lift"), cell: (lock: Lock) => <Lift lock={lock} />, width: "8rem", align: "end" as const }]
      : []),
  ];
  return (
    <RecordList
      label={t("title")}
      items={items}
      id={(lock) => lock.id}
      columns={columns}
      href={(lock) => PAGES[lock.kind] + lock.target}
      {...(more === undefined ? {} : { more })}
    />
  );
}

function isHolding(lock: Lock): boolean {
  return lock.lifted_at === null && (lock.until === null || Date.parse(lock.until) > now());
}

function By({ lock }: { readonly lock: Lock }) {
  const t = useTexts(lockTexts);
  const me = useMe();
  const user = useQuery({ ...userQuery(lock.created_by), enabled: me.may("people:read") });
  return (
    <span>{t.rich("by_ago", { name: user.data?.username ?? lock.created_by, ago: <Ago at={lock.created_at} /> })}</span>
  );
}

function Until({ lock }: { readonly lock: Lock }) {
  const t = useTexts(lockTexts);
  if (lock.lifted_at !== null) return <>{t.rich("lifted_ago", { ago: <Ago at={lock.lifted_at} /> })}</>;
  return lock.until === null ? t("until_lifted") : <Moment at={lock.until} />;
}

function Lift({ lock }: { readonly lock: Lock }) {
  const t = useTexts(lockTexts);
  const say = useToast();
  const cache = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  if (!isHolding(lock)) return null;
  return (
    <>
      <Button
        variant="default"
        size="xs"
        onClick={() => {
          setIsAsking(true);
        }}
      >
        {t("lift")}
      </Button>
      {isAsking ? (
        <ConfirmDialog
          title={t("lift_title", { name: lock.target_name })}
          action={t("lift")}
          reason="none"
          close={() => {
            setIsAsking(false);
          }}
          confirm={async () => {
            await answer(api.DELETE("/api/v1/locks/{lock}", { params: { path: { lock: lock.id } } }));
            await cache.invalidateQueries({ queryKey: ["locks"] });
            say(t("lifted"));
          }}
        >
          <Text>{t("lift_text")}</Text>
        </ConfirmDialog>
      ) : null}
    </>
  );
}

interface NewLock {
  readonly kind: LockKind;
  readonly target: string;
  readonly reason: string;
  readonly until: string;
}
const BLANK: NewLock = { kind: "asset", target: "", reason: "", until: "" };

function SetDialog({ close }: { readonly close: () => void }) {
  const t = useTexts(lockTexts);
  const say = useToast();
  const cache = useQueryClient();
  const [text, setText] = useState("");
  const [sought] = useDebouncedValue(text, 250);
  const checkReason = useReasonCheck();
  const form = useApiForm({
    initial: BLANK,
    check: ({ target, reason, until }) => ({
      target: target === "" ? t("needed") : null,
      reason: checkReason(reason),
      until: until !== "" && Date.parse(until) <= now() ? t("until_past") : null,
    }),
    send: ({ kind, target, reason, until }) =>
      answer(
        api.POST("/api/v1/locks", {
          body: { kind, target, reason: reason.trim(), until: until === "" ? null : until },
        }),
      ),
    done: () => {
      void cache.invalidateQueries({ queryKey: ["locks"] });
      say(t("set_done"));
      close();
    },
  });
  const { kind, target, until } = form.fields.values;
  const targets = useQuery({ ...targetsQuery(kind, sought), placeholderData: keepPreviousData });
  const choices = useChoices(
    (targets.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
    target,
  );
  return (
    <Dialog title={t("set")} close={close}>
      <DialogForm form={form} action={t("set")} isGrave close={close}>
        <Text>{t("set_text")}</Text>
        <SegmentedControl
          aria-label={t("kind")}
          data={KINDS.map((each) => ({ value: each, label: t(`kind_${each}`) }))}
          value={kind}
          onChange={(next) => {
            form.fields.setValues({ kind: next, target: "" });
            setText("");
          }}
        />
        <Select
          key={kind}
          label={t(`kind_${kind}`)}
          withAsterisk
          data={choices}
          value={target === "" ? null : target}
          error={form.fields.errors.target}
          searchable
          onSearchChange={setText}
          nothingFoundMessage={t("nothing_found")}
          onChange={(next) => {
            form.fields.setFieldValue("target", next ?? "");
          }}
        />
        <ReasonField description={t("reason_hint")} withAsterisk {...form.fields.getInputProps("reason")} />
        <MomentField
          label={t("until")}
          description={t("until_hint")}
          value={until}
          error={form.fields.errors.until}
          change={(next) => {
            form.fields.setFieldValue("until", next);
          }}
        />
      </DialogForm>
    </Dialog>
  );
}
