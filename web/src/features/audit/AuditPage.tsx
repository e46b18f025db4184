import { Button, Switch } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { IconDownload, IconListSearch, IconShieldCheck } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { Link, useSearchParams } from "wouter";

import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import { Empty, Loaded } from "../../ui/Loaded";
import { Page, Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Ago, Moment } from "../../ui/times";
import classes from "./audit.module.css";
import { eventQuery, type AuditEvent } from "./data";
import { excerpt, prefixOf, targetName } from "./events";
import { EventView } from "./EventView";
import { readFilter, writeFilter, type Filter } from "./filter";
import { FilterBar } from "./Filters";
import { Action } from "./looks";
import { Figure } from "./Figure";
import { Reference } from "./Reference";
import { texts } from "./texts";
import { useLog, type Log } from "./useLog";

const BESIDE = "(min-width: 75em)";

/** The audit log: what was changed or decided, by whom, newest first; as it is written, for those who follow it. */
export default function AuditPage() {
  const t = useTexts(texts);
  const [address, setAddress] = useSearchParams();
  const filter = useFilter(address);
  const [isFollowing, setIsFollowing] = useState(true);
  const log = useLog(filter, isFollowing);
  const change = (part: Partial<Filter>) => {
    setAddress(writeFilter({ ...filter, ...part }), { replace: true });
  };
  const chosen = useChosen(address, log.query.data);
  const isBeside = useMediaQuery(BESIDE, true, { getInitialValueInEffect: false });
  const leave = () => {
    setAddress(writeFilter(filter), { replace: true });
  };
  return (
    <Page title={t("title")} lead={t("lead")} actions={<Actions />}>
      <div className={classes.room} data-beside={isBeside && chosen !== null}>
        <Panel
          flush
          title={t("events")}
          aside={
            <Switch
              label={t("follow")}
              checked={isFollowing}
              onChange={(event) => {
                setIsFollowing(event.currentTarget.checked);
              }}
            />
          }
        >
          <FilterBar filter={filter} change={change} />
          <Waiting log={log} />
          <Events log={log} filter={filter} isNarrow={isBeside && chosen !== null} />
        </Panel>
        {chosen === null ? null : isBeside ? (
          <aside className={classes.beside} aria-label={t("event")}>
            <Panel title={t("event")} aside={<Close close={leave} />}>
              <EventView event={chosen} />
            </Panel>
          </aside>
        ) : (
          <Dialog title={t("event")} close={leave}>
            <EventView event={chosen} />
          </Dialog>
        )}
      </div>
    </Page>
  );
}

function Close({ close }: { readonly close: () => void }) {
  const t = useTexts(texts);
  return (
    <Button variant="subtle" size="xs" onClick={close}>
      {t("close")}
    </Button>
  );
}

/** The filter of an address: the same object as long as it says the same. */
function useFilter(address: URLSearchParams): Filter {
  const written = new URLSearchParams(writeFilter(readFilter(address))).toString();
  return useMemo(() => readFilter(new URLSearchParams(written)), [written]);
}

/** The event that the address names: out of the list, or else asked for by its moment. */
function useChosen(address: URLSearchParams, shown: readonly AuditEvent[] | undefined): AuditEvent | null {
  const [sequence, at] = [Number(address.get("event") ?? 0), address.get("at") ?? ""];
  const listed = shown?.find((event) => event.sequence === sequence);
  const isElsewhere = sequence > 0 && shown !== undefined && listed === undefined && !Number.isNaN(Date.parse(at));
  const asked = useQuery({ ...eventQuery(sequence, at), enabled: isElsewhere });
  return listed ?? (isElsewhere ? (asked.data ?? null) : null);
}

function Actions() {
  const t = useTexts(texts);
  return (
    <>
      <Button
        component="a"
        href="/api/v1/audit/export"
        download="audit.jsonl"
        variant="default"
        leftSection={<IconDownload size={17} aria-hidden />}
      >
        {t("export")}
      </Button>
      <Button component={Link} href="/audit/verification" leftSection={<IconShieldCheck size={17} aria-hidden />}>
        {t("verify")}
      </Button>
    </>
  );
}

/** Who does not follow is told that there is more, and decides when it comes. */
function Waiting({ log }: { readonly log: Log }) {
  const t = useTexts(texts);
  if (log.waiting === 0) return null;
  return (
    <div className={classes.waiting} role="status">
      <Button variant="light" size="xs" onClick={log.showWaiting}>
        {t("waiting", { count: log.waiting })}
      </Button>
    </div>
  );
}

interface EventsProps {
  readonly log: Log;
  readonly filter: Filter;
  readonly isNarrow: boolean;
}

function Events({ log, filter, isNarrow }: EventsProps) {
  const t = useTexts(texts);
  const who: Column<AuditEvent> = { title: t("who"), cell: (event) => event.actor_name, width: "8rem" };
  const when: Column<AuditEvent> = {
    title: t("when"),
    cell: (event) => <When at={event.at} />,
    width: "11rem",
    align: "end",
  };
  const columns: readonly Column<AuditEvent>[] = isNarrow
    ? [{ title: t("what"), cell: (event) => <WhatAbout event={event} /> }, who, when]
    : [
        { title: t("what"), cell: (event) => <Action action={event.action} /> },
        { title: t("about"), cell: (event) => <About event={event} /> },
        who,
        { title: t("from"), cell: (event) => event.address || "–", width: "9rem" },
        when,
      ];
  const way = (event: AuditEvent) => {
    const { sequence, at } = event;
    return `?${new URLSearchParams({ ...writeFilter(filter), event: String(sequence), at }).toString()}`;
  };
  return (
    <>
      <Loaded query={log.query}>
        {(items) =>
          items.length === 0 && log.searched?.isRunning !== true ? (
            <Empty icon={<IconListSearch />} title={t("empty")}>
              {t("empty_text")}
            </Empty>
          ) : (
            <RecordList
              label={t("events")}
              items={items}
              id={(event) => String(event.sequence)}
              columns={columns}
              href={(event) => `/audit${way(event)}`}
              {...(log.searched === null ? { more: log.more } : {})}
            />
          )
        }
      </Loaded>
      <Searched log={log} />
    </>
  );
}

function When({ at }: { readonly at: string }) {
  return (
    <span className={classes.when}>
      <Moment at={at} style="second" />
    </span>
  );
}

/** Where there is room for one column only. */
function WhatAbout({ event }: { readonly event: AuditEvent }) {
  return (
    <span className={classes.whatAbout}>
      <Action action={event.action} />
      <About event={event} />
    </span>
  );
}

/** What an event is about, in one line: the thing, and what was said. */
function About({ event }: { readonly event: AuditEvent }) {
  const name = targetName(event);
  const said = excerpt(event);
  if (name === "" && said === "" && event.target === "") return <span className={classes.nothing}>–</span>;
  return (
    <span className={classes.about}>
      {name !== "" ? <strong>{name}</strong> : prefixOf(event.target) === null ? null : <Reference id={event.target} />}
      {said === "" ? null : <span className={classes.said}>{said}</span>}
    </span>
  );
}

/** How far back a text was looked for: nobody shall take "not among these" for "never". */
function Searched({ log: { searched, more } }: { readonly log: Log }) {
  const t = useTexts(texts);
  if (searched === null) return null;
  const { count, back, isOver, isRunning } = searched;
  return (
    <div className={classes.searched} role="status">
      <span>
        {isOver
          ? t("searched_all", { count })
          : back === ""
            ? null
            : t.rich("searched", { count: <Figure value={count} />, back: <Ago at={back} /> })}
      </span>
      {isOver ? null : (
        <Button
          variant="default"
          size="xs"
          loading={isRunning || more.isFetchingNextPage}
          onClick={() => void more.fetchNextPage()}
        >
          {t("search_on")}
        </Button>
      )}
    </div>
  );
}
