import "../../ui/styles/forms";

import { Button, FileButton, Group, Select } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { IconCheck, IconFileUpload, IconPlayerPlay, IconX } from "@tabler/icons-react";
import { Fragment, useState } from "react";

import { answer, api } from "../../api/client";
import { asApiError } from "../../api/problems";
import { useTexts } from "../../i18n/language";
import { Panel, Panels } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { RecordList, type Column } from "../../ui/RecordList";
import { Said } from "../../ui/sentences/Said";
import { Signal } from "../../ui/Signal";
import { faultsOf, type TestRun } from "./data";
import { draftNames, draftOf, keepDraft } from "./drafts";
import type { Fault, Target } from "./editor/CodeEditor";
import { TextEditor } from "./editor/TextEditor";
import { Faults } from "./Faults";
import classes from "./policies.module.css";
import { PolicyFrame } from "./PolicyFrame";
import { texts } from "./texts";

/** Under this name the tests stand among the drafts; no policy can have it. */
const TESTS = "(tests)";
const HOLDING = "(holding)";
const LARGEST = 256 * 1024;
const EXAMPLE = `apiVersion: wicketgate/v1
kind: PolicyTests
given:
  now: 2030-10-12T10:00:00+02:00
  subject: {name: engineer-1, groups: [vendor-engineers], organization: acme, kind: vendor}
  target: {site: north, asset: plc-1, service: modbus, protocol: modbus, labels: {type: plc}}
tests:
  - name: a request to look waits for one operator
    given: {purpose: request, asked: {tiers: [read], duration: 1h, reason: pump trips}}
    expect: {decision: needs_approval, outstanding: {ot-operations: 1}}
`;

type Ran = { readonly run: TestRun } | { readonly faults: readonly Fault[] };
type Outcome = TestRun["outcomes"][number];

/** What a plant expects of its policies, tried against those that hold, or against a draft laid over them. */
export default function TestsPage() {
  const t = useTexts(texts);
  const [text, setText] = useState(draftOf(TESTS) ?? EXAMPLE);
  const [over, setOver] = useState(HOLDING);
  const [target, setTarget] = useState<Target | null>(null);
  const [isTooLarge, setIsTooLarge] = useState(false);
  const drafts = draftNames().filter((name) => name !== TESTS);
  const running = useMutation({
    mutationFn: async (): Promise<Ran> => {
      const policies = over === HOLDING ? null : draftOf(over);
      try {
        return { run: await answer(api.POST("/api/v1/policies/test", { body: { yaml: text, policies } })) };
      } catch (error) {
        return { faults: faultsOf(asApiError(error), error) };
      }
    },
  });
  const write = (next: string) => {
    setText(next);
    keepDraft(TESTS, next);
  };
  const take = async (file: File | null) => {
    if (file === null) return;
    setIsTooLarge(file.size > LARGEST);
    if (file.size <= LARGEST) write(await file.text());
  };
  const ran = running.data;
  const faults = ran !== undefined && "faults" in ran ? ran.faults : NONE;
  return (
    <PolicyFrame here="/policies/tools/tests" lead={t("tests_lead")}>
      <Panels>
        <Panel
          flush
          title={t("tests_text")}
          aside={
            <FileButton accept=".yaml,.yml,application/yaml" onChange={(file) => void take(file)}>
              {(props) => (
                <Button {...props} variant="subtle" size="xs" leftSection={<IconFileUpload size={15} aria-hidden />}>
                  {t("upload")}
                </Button>
              )}
            </FileButton>
          }
        >
          <TextEditor label={t("tests_text")} text={text} change={write} faults={faults} target={target} />
          <div className={classes.below}>
            <Select
              aria-label={t("against")}
              data={[
                { value: HOLDING, label: t("against_holding") },
                ...drafts.map((name) => ({
                  value: name,
                  label: name === "" ? t("against_new") : t("against_draft", { name }),
                })),
              ]}
              value={over}
              allowDeselect={false}
              onChange={(next) => {
                setOver(next ?? HOLDING);
              }}
            />
            <Group gap="sm">
              {isTooLarge ? <Signal tone="alarm">{t("too_large")}</Signal> : null}
              <Button
                leftSection={<IconPlayerPlay size={17} aria-hidden />}
                loading={running.isPending}
                disabled={text.trim() === ""}
                onClick={() => {
                  running.mutate();
                }}
              >
                {t("run")}
              </Button>
            </Group>
          </div>
          <Faults faults={faults} show={setTarget} />
          <Problem error={running.error} />
        </Panel>
        {ran !== undefined && "run" in ran ? <Outcomes run={ran.run} show={setTarget} /> : null}
      </Panels>
    </PolicyFrame>
  );
}

const NONE: readonly Fault[] = [];

function Came({ outcome: { came } }: { readonly outcome: Outcome }) {
  if (came.length === 0) return "–";
  return came.map((sentence, index) => (
    <Fragment key={index}>
      <Said sentence={sentence} />{" "}
    </Fragment>
  ));
}

function Outcomes({ run, show }: { readonly run: TestRun; readonly show: (target: Target) => void }) {
  const t = useTexts(texts);
  const failed = run.outcomes.filter(({ passed }) => !passed).length;
  const columns: readonly Column<Outcome>[] = [
    { title: t("test"), cell: (outcome) => outcome.name },
    {
      title: t("outcome"),
      cell: (outcome) => (
        <Signal
          plain
          tone={outcome.passed ? "good" : "alarm"}
          icon={outcome.passed ? <IconCheck aria-hidden /> : <IconX aria-hidden />}
        >
          {outcome.passed ? t("passed") : t("failed")}
        </Signal>
      ),
      width: "9rem",
    },
    { title: t("what_came"), cell: (outcome) => <Came outcome={outcome} /> },
    {
      title: t("place"),
      cell: (outcome) => (
        <button
          type="button"
          className={classes.lineButton}
          onClick={() => {
            show({ line: outcome.line, column: 1 });
          }}
        >
          {t("line", { line: outcome.line })}
        </button>
      ),
      width: "6rem",
      align: "end",
    },
  ];
  return (
    <Panel
      flush
      title={t("outcomes")}
      aside={
        <span role="status">
          <Signal tone={failed === 0 ? "good" : "alarm"}>
            {failed === 0 ? t("all_passed", { count: run.outcomes.length }) : t("some_failed", { count: failed })}
          </Signal>
        </span>
      }
    >
      <RecordList
        label={t("outcomes")}
        items={[...run.outcomes].sort((one, other) => Number(one.passed) - Number(other.passed))}
        id={(outcome) => `${outcome.line} ${outcome.name}`}
        columns={columns}
      />
    </Panel>
  );
}
