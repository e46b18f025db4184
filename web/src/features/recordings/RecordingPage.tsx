import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconBroadcast, IconShieldCheck, IconShieldHalf, IconShieldX } from "@tabler/icons-react";
import { useEffect, useMemo, type ReactNode } from "react";
import { Link, useParams, useSearchParams } from "wouter";

import { useLanguage, useTexts } from "../../i18n/language";
import { writeBytes } from "../../i18n/times";
import { Detail, EndReason } from "../../ui/ends/End";
import { Fingerprint } from "../../ui/fingerprint/Fingerprint";
import { Loaded, Outline } from "../../ui/Loaded";
import { Page, Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { Signal } from "../../ui/Signal";
import { Tabs } from "../../ui/Tabs";
import { BothClocks, Duration } from "../../ui/times";
import { ChangeList } from "./ChangeList";
import { evidenceKeysQuery, fingerprintQuery, openedQuery, recordingQuery, type Opened, type Recording } from "./data";
import { ExportMenu } from "./Exporting";
import { FaultText, ProofPanel } from "./Proof";
import classes from "./RecordingPage.module.css";
import { RecordingStateSign } from "./RecordingStateSign";
import { Replay } from "./Replay";
import { texts } from "./texts";
import { Timeline } from "./timeline";
import { useProof, type ProofState } from "./useProof";
import type { Bytes } from "./verify/bytes";

/** Recordings up to this size are proved as soon as they are opened. */
const PROVED_AT_ONCE_BYTES = 32 * 1024 * 1024;
const VIEWS = ["replay", "changes", "proof"] as const;
type View = (typeof VIEWS)[number];

/** One recording: replayed, its changes, its proof. */
export default function RecordingPage() {
  const t = useTexts(texts);
  const { recording } = useParams<{ recording: string }>();
  const found = useQuery(recordingQuery(recording));
  return found.data === undefined ? (
    <Page title={t("recording")} above={<Back />}>
      <Loaded query={found}>{() => null}</Loaded>
    </Page>
  ) : (
    <Known key={recording} recording={found.data} />
  );
}

function Back() {
  const t = useTexts(texts);
  return <Link href="/recordings">{t("recordings")}</Link>;
}

function Known({ recording }: { readonly recording: Recording }) {
  const t = useTexts(texts);
  const [search, setSearch] = useSearchParams();
  const keys = useQuery(evidenceKeysQuery);
  const looked = useQuery(fingerprintQuery(recording.session));
  const opened = useQuery({ ...openedQuery(recording, keys.data ?? []), enabled: keys.data !== undefined });
  const proving = useProof(recording.id);
  const { start } = proving;
  const size = opened.data?.size ?? recording.size;
  const prove = () => {
    if (keys.data !== undefined) start(wishOf(recording, size, keys.data, opened.data));
  };
  useFirstProof(recording, opened.data, keys.data, start);
  const view = VIEWS.find((each) => each === search.get("view")) ?? "replay";
  const choose = (next: View) => {
    setSearch(
      (now) => {
        now.set("view", next);
        return now;
      },
      { replace: true },
    );
  };
  return (
    <Page
      title={`${recording.asset_name} · ${recording.user_name}`}
      above={<Back />}
      lead={<Lead recording={recording} />}
      actions={
        <>
          {recording.state === "open" ? (
            <Button
              component={Link}
              href={`/sessions/${recording.session}`}
              variant="default"
              leftSection={<IconBroadcast size={17} aria-hidden />}
            >
              {t("watch_live")}
            </Button>
          ) : null}
          <ExportMenu recording={recording} />
        </>
      }
    >
      <Summary recording={recording} size={size} />
      <Fingerprint looked={looked.data ?? null} />
      <Tabs
        label={t("views")}
        value={view}
        choose={choose}
        tabs={[
          { value: "replay", label: t("replay") },
          { value: "changes", label: t("changes") },
          { value: "proof", label: t("proof"), mark: <ProofSign state={proving.state} size={size} /> },
        ]}
      />
      {view === "replay" ? (
        <Shown
          recording={recording}
          error={keys.error ?? opened.error}
          opened={opened.data}
          proof={proving.state}
          first={Number(search.get("at") ?? 1) || 1}
        />
      ) : null}
      {view === "changes" ? (
        <Panel flush>
          <ChangeList filter={{ recording: recording.id }} isOfOne />
        </Panel>
      ) : null}
      {view === "proof" ? (
        <ProofPanel recording={recording} size={size} state={proving.state} start={prove} stop={proving.stop} />
      ) : null}
    </Page>
  );
}

function wishOf(recording: Recording, size: number, jwks: readonly unknown[], opened: Opened | undefined) {
  return {
    size,
    jwks,
    expectClosed: recording.state === "closed",
    wantsIndex: opened?.ends?.closed == null,
  };
}

/** Small recordings are proved by themselves, and those that can only be shown by walking through them. */
function useFirstProof(
  recording: Recording,
  opened: Opened | undefined,
  jwks: readonly unknown[] | undefined,
  start: ReturnType<typeof useProof>["start"],
): void {
  useEffect(() => {
    if (opened === undefined || jwks === undefined) return;
    const isNeeded = opened.ends?.closed == null;
    if (isNeeded || opened.size <= PROVED_AT_ONCE_BYTES) start(wishOf(recording, opened.size, jwks, opened));
    // The recording's own row may be read anew meanwhile: what was sealed is the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [opened, jwks, start]);
}

interface ShownProps {
  readonly recording: Recording;
  readonly error: Error | null;
  readonly opened: Opened | undefined;
  readonly proof: ProofState;
  readonly first: number;
}

/** The replay, by the index that the recording ends in; without one, by what has been proved so far. */
function Shown({ recording, error, opened, proof, first }: ShownProps) {
  const t = useTexts(texts);
  const index = opened?.ends?.closed?.index ?? indexOf(proof);
  const timeline = useMemo(() => (index === null ? null : new Timeline(index)), [index]);
  const fault = proof.kind === "done" ? proof.proof.fault : null;
  if (error !== null && opened === undefined) return <Problem error={error} />;
  return (
    <>
      {fault === null ? null : (
        <div role="alert" className={classes.broken}>
          <strong>{t("broken_proof")}</strong>
          <FaultText fault={fault} />
          <p>{t("shown_in_part")}</p>
        </div>
      )}
      {timeline === null ? (
        <Panel>
          <Outline />
        </Panel>
      ) : (
        <Replay recording={recording} timeline={timeline} first={first} />
      )}
    </>
  );
}

function indexOf(proof: ProofState): Bytes | null {
  if (proof.kind === "done") return proof.proof.index;
  return proof.kind === "running" ? proof.index : null;
}

/** How far the proof has come, in a sign. */
function ProofSign({ state, size }: { readonly state: ProofState; readonly size: number }): ReactNode {
  const t = useTexts(texts);
  switch (state.kind) {
    case "idle":
    case "failed":
      return (
        <Signal tone="calm" icon={<IconShieldHalf aria-hidden />} plain>
          {t("sign_idle")}
        </Signal>
      );
    case "running": {
      const percent = size > 0 ? Math.floor((state.verifiedBytes / size) * 100) : 0;
      return <Signal tone="info" icon={<IconShieldHalf aria-hidden />} plain>{`${percent} %`}</Signal>;
    }
    case "done": {
      const { state: found } = state.proof;
      const tone = found === "whole" ? "good" : found === "open" ? "notice" : "alarm";
      const Icon = found === "broken" ? IconShieldX : IconShieldCheck;
      return (
        <Signal tone={tone} icon={<Icon aria-hidden />} plain>
          {t(`sign_${found}`)}
        </Signal>
      );
    }
  }
}

function Lead({ recording }: { readonly recording: Recording }) {
  return (
    <span className={classes.lead}>
      <BothClocks at={recording.started_at} site={recording.site} />
      <RecordingStateSign state={recording.state} />
    </span>
  );
}

/** The recording's facts in a row: the page belongs to what was said. */
function Summary({ recording, size }: { readonly recording: Recording; readonly size: number }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const { started_at: started, ended_at: ended } = recording;
  const lasted = ended === null ? null : (Date.parse(ended) - Date.parse(started)) / 1000;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t("organization"), recording.organization],
    [t("ticket"), recording.ticket],
    [t("service"), `${recording.service_name} (${recording.protocol})`],
    [t("lasted"), lasted === null ? "" : <Duration key="lasted" seconds={lasted} />],
    [t("end_reason"), recording.end_code === "" ? "" : <EndReason key="end" code={recording.end_code} />],
    [t("problem"), recording.problem === "" ? "" : <Detail key="problem" text={recording.problem} />],
    [t("size"), writeBytes(size, language)],
  ];
  return (
    <dl className={classes.summary}>
      {facts
        .filter(([, value]) => value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
