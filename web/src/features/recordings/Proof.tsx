import "../../ui/styles/evidence";

import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconShieldCheck, IconShieldExclamation, IconShieldHalf, IconShieldX } from "@tabler/icons-react";
import { useEffect, useState, type ReactNode } from "react";

import { useLanguage, useTexts } from "../../i18n/language";
import { writeBytes } from "../../i18n/times";
import { CopyLine } from "../../ui/CopyLine";
import { End } from "../../ui/ends/End";
import { Facts } from "../../ui/Facts";
import { Columns, Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import type { Tone } from "../../ui/Signal";
import { BothClocks, Moment } from "../../ui/times";
import type { Recording } from "./data";
import classes from "./Proof.module.css";
import { acquaintance, readSeenKeys, rememberKey } from "./seenKeys";
import { checkTexts, texts } from "./texts";
import type { ProofState } from "./useProof";
import type { Fault } from "./verify/faults";
import type { Proof } from "./verify/proof";

interface ProofPanelProps {
  readonly recording: Recording;
  readonly size: number;
  readonly state: ProofState;
  readonly start: () => void;
  readonly stop: () => void;
}

/** What this browser has proved of the sealed bytes, by which key, and where it first does not hold. */
export function ProofPanel({ recording, size, state, start, stop }: ProofPanelProps) {
  return (
    <Columns
      main={
        <>
          <Verdict recording={recording} size={size} state={state} start={start} stop={stop} />
          {state.kind === "done" ? <Proved recording={recording} proof={state.proof} size={size} /> : null}
        </>
      }
      side={
        <>
          {state.kind === "done" && state.proof.opening !== null ? (
            <Key thumbprint={state.proof.opening.signer} />
          ) : null}
          <Bounds />
          <ByHand recording={recording} />
        </>
      }
    />
  );
}

function Verdict({ recording, size, state, start, stop }: ProofPanelProps) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const bytes = writeBytes(size, language);
  switch (state.kind) {
    case "idle":
      return (
        <Outcome tone="calm" icon={<IconShieldHalf />} title={t("not_proved")}>
          <p>{t("not_proved_text", { bytes })}</p>
          <Button onClick={start}>{t("prove")}</Button>
        </Outcome>
      );
    case "running":
      return (
        <Outcome tone="info" icon={<IconShieldHalf />} title={t("proving")}>
          <Progress
            value={size > 0 ? (state.verifiedBytes / size) * 100 : 0}
            aria-label={t("proving")}
            className={classes.progress ?? ""}
          />
          <p className="figures">
            {t("proving_text", {
              done: writeBytes(state.verifiedBytes, language),
              whole: bytes,
              segments: state.segments,
            })}
          </p>
          <Button variant="default" size="xs" onClick={stop}>
            {t("stop")}
          </Button>
        </Outcome>
      );
    case "failed":
      return (
        <Panel title={t("proof")}>
          <Problem error={state.error} retry={start} />
        </Panel>
      );
    case "done":
      return <Ended recording={recording} proof={state.proof} again={start} />;
  }
}

interface EndedProps {
  readonly recording: Recording;
  readonly proof: Proof;
  readonly again: () => void;
}

function Ended({ recording, proof, again }: EndedProps) {
  const t = useTexts(texts);
  const isRunning = recording.state === "open";
  const button = (
    <Button variant="default" size="xs" onClick={again}>
      {t("prove_again")}
    </Button>
  );
  if (proof.state === "whole") {
    return (
      <Outcome tone="good" icon={<IconShieldCheck />} title={t("whole_proof")}>
        <p>{t("whole_proof_text", { segments: proof.segments })}</p>
        {proof.lastLink === recording.last_link ? null : <p className={classes.bad}>{t("other_link")}</p>}
        {button}
      </Outcome>
    );
  }
  if (proof.state === "open") {
    return (
      <Outcome tone={isRunning ? "info" : "notice"} icon={<IconShieldHalf />} title={t("open_proof")}>
        <p>{t(isRunning ? "open_proof_running" : "open_proof_text", { segments: proof.segments })}</p>
        {proof.tornBytes > 0 ? <p>{t("torn", { count: proof.tornBytes })}</p> : null}
        {button}
      </Outcome>
    );
  }
  return (
    <Outcome tone="alarm" icon={<IconShieldX />} title={t("broken_proof")}>
      {proof.fault === null ? null : <FaultText fault={proof.fault} />}
      <p>{t("broken_proof_text", { segments: proof.segments })}</p>
      {button}
    </Outcome>
  );
}

/** The first thing that does not hold, in words, with the place that a programmer looks for. */
export function FaultText({ fault }: { readonly fault: Fault }) {
  const t = useTexts(texts);
  const check = useTexts(checkTexts);
  const place = fault.segment === null ? t(`place_${fault.place}`) : t("place_number", { segment: fault.segment });
  return (
    <p>
      <strong>{t("first_fault", { place })}</strong> {check(fault.check)}{" "}
      <span className={classes.where}>{t("fault_where", { check: fault.check, offset: fault.offset })}</span>
    </p>
  );
}

interface OutcomeProps {
  readonly tone: Tone;
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
}

function Outcome({ tone, icon, title, children }: OutcomeProps) {
  return (
    <section className={classes.outcome} data-tone={tone} aria-live="polite">
      <div className={classes.icon} aria-hidden>
        {icon}
      </div>
      <div className={classes.words}>
        <h2>{title}</h2>
        {children}
      </div>
    </section>
  );
}

interface ProvedProps {
  readonly recording: Recording;
  readonly proof: Proof;
  readonly size: number;
}

/** What the signed texts say, which may be told on: it was proved. */
function Proved({ recording, proof, size }: ProvedProps) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const { opening, closing, totals } = proof;
  if (opening === null) return null;
  const { session } = opening;
  return (
    <Panel title={t("proved")}>
      <Facts
        facts={[
          { label: t("recording"), value: <code className={classes.code}>{opening.recording}</code> },
          { label: t("user"), value: session.user_name },
          { label: t("organization"), value: session.organization },
          { label: t("asset"), value: `${session.asset_name} · ${session.service_name}` },
          {
            label: t("target"),
            value: session.target_host === "" ? "" : `${session.target_host}:${session.target_port}`,
          },
          { label: t("from_address"), value: session.client_address },
          { label: t("ticket"), value: session.ticket },
          { label: t("started"), value: <BothClocks at={opening.started_at} site={recording.site} style="second" /> },
          closing && {
            label: t("ended"),
            value: <BothClocks at={closing.ended_at} site={recording.site} style="second" />,
          },
          closing && { label: t("end_reason"), value: <End {...closing.reason} /> },
          { label: t("operations"), value: totals.operations.toLocaleString(language) },
          { label: t("writes"), value: totals.writes.toLocaleString(language) },
          { label: t("denials"), value: totals.denials.toLocaleString(language) },
          {
            label: t("proved_bytes"),
            value: t("of_bytes", {
              done: writeBytes(proof.verifiedBytes, language),
              whole: writeBytes(size, language),
            }),
          },
          { label: t("last_link"), value: <code className={classes.code}>{proof.lastLink}</code> },
        ]}
      />
    </Panel>
  );
}

/** The key that signed it, and whether this browser has met it before. */
function Key({ thumbprint }: { readonly thumbprint: string }) {
  const t = useTexts(texts);
  const [known, setKnown] = useState(() => acquaintance(readSeenKeys(), thumbprint));
  useEffect(() => {
    // The first key is taken as it comes; from then on there is something to compare with.
    if (known.is === "first") rememberKey(thumbprint);
  }, [known, thumbprint]);
  return (
    <Panel title={t("key")} {...(known.is === "stranger" ? { tone: "alarm" as const } : {})}>
      <Stack gap="sm">
        <CopyLine text={thumbprint} label={t("thumbprint")} />
        {known.is === "known" ? (
          <Text size="sm">{t.rich("key_known", { since: <Moment at={known.since} /> })}</Text>
        ) : null}
        {known.is === "first" ? <Text size="sm">{t("key_first")}</Text> : null}
        {known.is === "stranger" ? (
          <>
            <div className={classes.stranger}>
              <IconShieldExclamation size={18} aria-hidden />
              <Text size="sm">{t("key_stranger")}</Text>
            </div>
            {known.before.map((each) => (
              <code key={each} className={classes.code}>
                {each}
              </code>
            ))}
            <Group>
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  rememberKey(thumbprint);
                  setKnown(acquaintance(readSeenKeys(), thumbprint));
                }}
              >
                {t("key_trust")}
              </Button>
            </Group>
          </>
        ) : null}
      </Stack>
    </Panel>
  );
}

/** What such a proof cannot tell. */
function Bounds() {
  const t = useTexts(texts);
  return (
    <Panel title={t("bounds")}>
      <ul className={classes.bounds}>
        <li>{t("bound_content")}</li>
        <li>{t("bound_key")}</li>
        <li>{t("bound_end")}</li>
      </ul>
    </Panel>
  );
}

/** How to prove it elsewhere, without this page and this broker. */
function ByHand({ recording }: { readonly recording: Recording }) {
  const t = useTexts(texts);
  const file = `${recording.id}.wgrec`;
  return (
    <Panel title={t("by_hand")}>
      <Stack gap="sm">
        <Text size="sm">{t("by_hand_text")}</Text>
        <CopyLine prompt label={t("keys_line")} text="wicket recordings keys --out keys.json" />
        <CopyLine prompt label={t("download_line")} text={`wicket recordings download ${recording.id} --out ${file}`} />
        <CopyLine prompt label={t("verify_line")} text={`wicket recordings verify ${file} --keys keys.json`} />
      </Stack>
    </Panel>
  );
}
