import "../../ui/styles/forms";
import "../../ui/styles/progress";

import { Button, FileButton, Group, Progress, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { IconFileSearch, IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";

import { answer, api, streamed } from "../../api/client";
import { useTexts } from "../../i18n/language";
import { Facts } from "../../ui/Facts";
import { findingTexts } from "../../ui/findings/texts";
import { Page, Panel, Panels } from "../../ui/Page";
import { Phrase } from "../../ui/phrases/Phrase";
import { Problem } from "../../ui/Problem";
import { Signal } from "../../ui/Signal";
import { Moment } from "../../ui/times";
import classes from "./audit.module.css";
import { readKeptCheckpoint } from "./chain/records";
import type { Broken, Intact } from "./chain/verify";
import { Figure } from "./Figure";
import { verificationTexts } from "./texts";
import { useCheck, type Check } from "./useCheck";

const EXPORT = "/api/v1/audit/export";

/** Whether the chain holds: as the broker says, and checked here, without believing it. */
export default function VerificationPage() {
  const t = useTexts(verificationTexts);
  return (
    <Page title={t("title")} lead={t("lead")} width="narrow" above={<Link href="/audit">{t("back")}</Link>}>
      <Panels>
        <Here />
        <TheBroker />
      </Panels>
    </Page>
  );
}

function Here() {
  const t = useTexts(verificationTexts);
  const [line, setLine] = useState("");
  const { check, start, stop } = useCheck();
  const kept = line.trim() === "" ? null : readKeptCheckpoint(line.trim());
  const isWrong = line.trim() !== "" && kept === null;
  return (
    <Panel title={t("here")}>
      <div className={classes.check}>
        <p>
          {t("here_text")} {t("file_text")}
        </p>
        <Textarea
          label={t("kept_label")}
          description={t("kept_text")}
          className={classes.progress ?? ""}
          classNames={{ input: classes.hash ?? "" }}
          value={line}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={4000}
          spellCheck={false}
          error={isWrong ? t("kept_wrong") : null}
          onChange={(event) => {
            setLine(event.currentTarget.value);
          }}
        />
        {kept === null ? null : <Signal tone="info">{t("kept_right", { sequence: kept.sequence })}</Signal>}
        <Checked check={check} stop={stop}>
          <Group gap="sm">
            <Button
              disabled={isWrong}
              leftSection={<IconShieldCheck size={17} aria-hidden />}
              onClick={() => {
                start((signal) => streamed(EXPORT, signal), kept);
              }}
            >
              {t("here_start")}
            </Button>
            <FileButton
              accept=".jsonl,application/jsonl"
              disabled={isWrong}
              onChange={(file) => {
                if (file !== null) start(() => Promise.resolve(file.stream()), kept);
              }}
            >
              {(props) => (
                <Button {...props} variant="default" leftSection={<IconFileSearch size={17} aria-hidden />}>
                  {t("file_choose")}
                </Button>
              )}
            </FileButton>
          </Group>
        </Checked>
      </div>
    </Panel>
  );
}

interface CheckedProps {
  readonly check: Check;
  readonly stop: () => void;
  /** What starts it. */
  readonly children: ReactNode;
}

function Checked({ check, stop, children }: CheckedProps) {
  switch (check.at) {
    case "rest":
      return children;
    case "work":
      return <Working done={check.done} all={check.all} stop={stop} />;
    case "fault":
      return (
        <>
          <Problem error={check.error} />
          {children}
        </>
      );
    case "end":
      return (
        <>
          {check.outcome.isIntact ? (
            <Whole outcome={check.outcome} isCompared={check.kept !== null} />
          ) : (
            <Break outcome={check.outcome} />
          )}
          {children}
        </>
      );
  }
}

function Working({ done, all, stop }: { readonly done: number; readonly all: number; readonly stop: () => void }) {
  const t = useTexts(verificationTexts);
  return (
    <div className={classes.progress}>
      <span role="status">{all === 0 ? t("progress_start") : t("progress", { done, all })}</span>
      <Progress value={all === 0 ? 0 : (100 * done) / all} aria-label={t("here")} />
      <div>
        <Button variant="default" size="xs" onClick={stop}>
          {t("stop")}
        </Button>
      </div>
    </div>
  );
}

function Whole({ outcome, isCompared }: { readonly outcome: Intact; readonly isCompared: boolean }) {
  const t = useTexts(verificationTexts);
  return (
    <div className={classes.verdict} data-tone="good" role="status">
      <div className={classes.verdictHead}>
        <IconShieldCheck aria-hidden />
        {t("intact")}
      </div>
      <Facts
        facts={[
          { label: t("links"), value: <Figure value={outcome.links} /> },
          outcome.links === 0
            ? null
            : {
                label: t("span"),
                value: (
                  <>
                    <Moment at={outcome.first} style="second" /> – <Moment at={outcome.last} style="second" />
                  </>
                ),
              },
          { label: t("checkpoints"), value: <Figure value={outcome.checkpoints} /> },
          {
            label: t("uncovered"),
            value: outcome.uncovered === 0 ? t("uncovered_none") : <Figure value={outcome.uncovered} />,
          },
          { label: t("head"), value: <span className={classes.hash}>{outcome.head}</span> },
          {
            label: t("signers"),
            value:
              outcome.signers.length === 0 ? null : (
                <>
                  {outcome.signers.map((signer) => (
                    <div key={signer} className={classes.hash}>
                      {signer}
                    </div>
                  ))}
                  <small className={classes.nothing}>{t("keep")}</small>
                </>
              ),
          },
          isCompared ? { label: t("compared"), value: t("compared_yes") } : null,
        ]}
      />
    </div>
  );
}

function Break({ outcome }: { readonly outcome: Broken }) {
  const t = useTexts(verificationTexts);
  const { fault, sequence, links } = outcome;
  return (
    <div className={classes.verdict} data-tone="alarm" role="alert">
      <div className={classes.verdictHead}>
        <IconShieldX aria-hidden />
        {fault === "no_export" ? t("failed") : t("broken", { sequence })}
      </div>
      <div>{t(fault)}</div>
      {fault === "no_export" ? null : (
        <div>
          {t("holds_until", { count: links })} {t("again")}
        </div>
      )}
    </div>
  );
}

function TheBroker() {
  const t = useTexts(verificationTexts);
  const asking = useMutation({ mutationFn: () => answer(api.POST("/api/v1/audit/verify")) });
  const said = asking.data;
  const { links = 0, checkpoints = 0, uncovered = 0, head = "" } = said ?? {};
  return (
    <Panel title={t("broker")}>
      <div className={classes.check}>
        <p>{t("broker_text")}</p>
        <Button
          variant="default"
          loading={asking.isPending}
          onClick={() => {
            asking.mutate();
          }}
        >
          {t("broker_start")}
        </Button>
        <Problem error={asking.error} />
        {said === undefined ? null : (
          <div
            className={classes.verdict}
            data-tone={said.intact ? "good" : "alarm"}
            role={said.intact ? "status" : "alert"}
          >
            <div className={classes.verdictHead}>
              {said.intact ? <IconShieldCheck aria-hidden /> : <IconShieldX aria-hidden />}
              {said.intact ? t("intact") : t("broken", { sequence: said.sequence ?? 0 })}
            </div>
            {said.intact ? (
              <Facts
                facts={[
                  { label: t("links"), value: <Figure value={links} /> },
                  { label: t("checkpoints"), value: <Figure value={checkpoints} /> },
                  {
                    label: t("uncovered"),
                    value: uncovered === 0 ? t("uncovered_none") : <Figure value={uncovered} />,
                  },
                  { label: t("head"), value: <span className={classes.hash}>{head}</span> },
                ]}
              />
            ) : (
              <div>
                <Phrase text={said.problem ?? ""} phrases={findingTexts} />
              </div>
            )}
          </div>
        )}
      </div>
    </Panel>
  );
}
