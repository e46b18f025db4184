import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { IconHistory } from "@tabler/icons-react";

import { useLanguage, useTexts, type Translator } from "../../i18n/language";
import { Empty, Loaded } from "../../ui/Loaded";
import { Page, Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Duration, Moment } from "../../ui/times";
import { recordingsQuery, type Recording, type RecordingFilter } from "./data";
import { EvidenceFilters, useFiltering } from "./EvidenceFilters";
import classes from "./RecordingsPage.module.css";
import { RecordingStateSign } from "./RecordingStateSign";
import { texts } from "./texts";

/** Every recording that one may look at, newest first. */
export default function RecordingsPage() {
  const t = useTexts(texts);
  const filtering = useFiltering();
  const { site, asset, user, ticket, since, until, writes, denials } = filtering.wanted;
  const filter: RecordingFilter = { site, asset, user, ticket, since, until, writes, denials };
  return (
    <Page title={t("recordings")} lead={t("recordings_lead")}>
      <Panel flush>
        <EvidenceFilters filtering={filtering} has={["asset", "user", "from", "to", "ticket", "writes", "denials"]} />
        <Recordings filter={filter} isNarrowed={filtering.isNarrowed} clear={filtering.clear} />
      </Panel>
    </Page>
  );
}

interface RecordingsProps {
  readonly filter: RecordingFilter;
  readonly isNarrowed: boolean;
  readonly clear: () => void;
}

function Recordings({ filter, isNarrowed, clear }: RecordingsProps) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const recordings = useInfiniteQuery(recordingsQuery(filter));
  return (
    <Loaded query={recordings}>
      {(items) =>
        items.length === 0 ? (
          <Empty
            icon={<IconHistory />}
            title={isNarrowed ? t("recordings_none_here") : t("recordings_none")}
            action={
              isNarrowed ? (
                <Button variant="default" onClick={clear}>
                  {t("clear_filters")}
                </Button>
              ) : undefined
            }
          />
        ) : (
          <RecordList
            label={t("recordings")}
            items={items}
            columns={columns(t, (count) => count.toLocaleString(language))}
            id={({ id }) => id}
            href={({ id }) => `/recordings/${id}`}
            more={recordings}
          />
        )
      }
    </Loaded>
  );
}

function columns(t: Translator<typeof texts>, written: (count: number) => string): readonly Column<Recording>[] {
  return [
    {
      title: t("asset"),
      cell: (recording) => (
        <>
          {recording.asset_name} <span className={classes.service}>{recording.service_name}</span>
        </>
      ),
    },
    {
      title: t("user"),
      cell: (recording) => (
        <>
          {recording.user_name} <span className={classes.service}>{recording.organization}</span>
        </>
      ),
    },
    { title: t("started"), cell: (recording) => <Moment at={recording.started_at} site={recording.site} /> },
    { title: t("lasted"), cell: (recording) => <Lasted recording={recording} /> },
    { title: t("operations"), cell: (recording) => counted(recording, written(recording.operations)), align: "end" },
    {
      title: t("writes"),
      cell: (recording) => (
        <Count count={recording.writes} text={counted(recording, written(recording.writes))} tone="info" />
      ),
      align: "end",
    },
    {
      title: t("denials"),
      cell: (recording) => (
        <Count count={recording.denials} text={counted(recording, written(recording.denials))} tone="alarm" />
      ),
      align: "end",
    },
    { title: t("ticket"), cell: (recording) => recording.ticket },
    { title: t("state"), cell: (recording) => <RecordingStateSign state={recording.state} plain /> },
  ];
}

/** A recording that runs is counted at its end. */
function counted({ state }: Recording, written: string): string {
  return state === "open" ? "…" : written;
}

function Count({ count, text, tone }: { readonly count: number; readonly text: string; readonly tone: string }) {
  return count > 0 ? (
    <strong className={classes.count} data-tone={tone}>
      {text}
    </strong>
  ) : (
    <span className={classes.nothing}>{text}</span>
  );
}

function Lasted({ recording: { started_at: started, ended_at: ended } }: { readonly recording: Recording }) {
  return ended === null ? "…" : <Duration seconds={(Date.parse(ended) - Date.parse(started)) / 1000} />;
}
