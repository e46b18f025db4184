import "../../ui/styles/forms";

import { Chip, Group, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { IconHelpCircle } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";

import { assetQuery } from "../../api/queries";
import type { Asset } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeDuration } from "../../i18n/times";
import { useChoices } from "../../ui/choices";
import { Empty, Loaded } from "../../ui/Loaded";
import { MomentField } from "../../ui/MomentField";
import { Panel } from "../../ui/Page";
import { TIERS } from "../../ui/tiers";
import { tierTexts } from "../../ui/words";
import { Answer } from "./Answer";
import { assetsQuery, explanationQuery, peopleQuery } from "./data";
import { OperationFields } from "./OperationFields";
import classes from "./policies.module.css";
import { PolicyFrame } from "./PolicyFrame";
import { A_READING, readAsking, toQuestion, writeAsking, type Asking } from "./question";
import { texts } from "./texts";

const TYPING_MILLISECONDS = 300;
const DURATIONS = [900, 1800, 3600, 7200, 14_400, 28_800, 86_400];

/** "May they? Why not?": the policies answer about a person, a target, a moment, and one operation. */
export default function ExplainPage() {
  const t = useTexts(texts);
  const [address, setAddress] = useSearchParams();
  // What is typed stands on the page at once, and in the address a moment later.
  const [asking, setAsking] = useState(() => readAsking(address));
  const [settled] = useDebouncedValue(asking, TYPING_MILLISECONDS);
  const question = useMemo(() => toQuestion(settled), [settled]);
  const explanation = useQuery({
    ...explanationQuery(question ?? { user: "", asset: "" }),
    enabled: question !== null,
    placeholderData: keepPreviousData,
  });
  const asset = useQuery({ ...assetQuery(asking.asset), enabled: asking.asset !== "" });
  const protocol = protocolOf(asset.data, asking.service);
  const change = (part: Partial<Asking>) => {
    const next = { ...asking, ...part };
    setAsking(next);
    setAddress(writeAsking(next), { replace: true });
  };
  return (
    <PolicyFrame here="/policies/tools/explain" lead={t("explain_lead")}>
      <div className={classes.explain}>
        <Panel title={t("question")}>
          <Stack gap="md">
            <WhoAndWhat asking={asking} change={change} />
            <TextInput
              label={t("ticket")}
              description={t("ticket_hint")}
              value={asking.ticket}
              maxLength={64}
              spellCheck={false}
              onChange={(event) => {
                change({ ticket: event.currentTarget.value });
              }}
            />
            <OperationFields
              operation={asking.operation}
              protocol={protocol}
              change={(operation) => {
                change({ operation });
              }}
              begin={() => {
                change({ operation: A_READING });
              }}
            />
            <details className={classes.more} open={hasCircumstances(asking)}>
              <summary>{t("circumstances")}</summary>
              <Stack gap="md">
                <Circumstances asking={asking} change={change} />
              </Stack>
            </details>
          </Stack>
        </Panel>
        {question === null ? (
          <Panel title={t("answer")}>
            <Empty icon={<IconHelpCircle />} title={t("ask")}>
              {t("ask_text")}
            </Empty>
          </Panel>
        ) : (
          <Loaded query={explanation}>
            {(found) => <Answer explanation={found} isOld={explanation.isPlaceholderData} />}
          </Loaded>
        )}
      </div>
    </PolicyFrame>
  );
}

/** What is spoken to the service that is asked about; without a name, the first. */
function protocolOf(asset: Asset | undefined, service: string): string | null {
  const found = service === "" ? asset?.services[0] : asset?.services.find(({ name }) => name === service);
  return found?.protocol ?? null;
}

/** Whether something is asked that stands under "circumstances". */
function hasCircumstances({ tiers, at, duration, from, emergency }: Asking): boolean {
  return tiers.length > 0 || emergency || [at, duration, from].some((text) => text !== "");
}

interface PartProps {
  readonly asking: Asking;
  readonly change: (part: Partial<Asking>) => void;
}

function WhoAndWhat({ asking, change }: PartProps) {
  const t = useTexts(texts);
  const [who, setWho] = useState("");
  const [what, setWhat] = useState("");
  const [whoSought] = useDebouncedValue(who, TYPING_MILLISECONDS);
  const [whatSought] = useDebouncedValue(what, TYPING_MILLISECONDS);
  const people = useQuery({ ...peopleQuery(whoSought), placeholderData: keepPreviousData });
  const assets = useInfiniteQuery({ ...assetsQuery(whatSought, undefined), placeholderData: keepPreviousData });
  const asset = useQuery({ ...assetQuery(asking.asset), enabled: asking.asset !== "" });
  const chosen = asset.data;
  const users = useChoices(
    (people.data ?? []).map((user) => ({ value: user.username, label: `${user.username} · ${user.organization}` })),
    asking.user,
  );
  const things = useChoices(
    (assets.data ?? []).map((each) => ({ value: each.id, label: each.display_name || each.name })),
    asking.asset,
    nameOf(chosen),
  );
  return (
    <>
      <Select
        label={t("who")}
        placeholder={t("who_hint")}
        data={users}
        value={asking.user === "" ? null : asking.user}
        searchable
        onSearchChange={setWho}
        nothingFoundMessage={t("nobody")}
        onChange={(user) => {
          change({ user: user ?? "" });
        }}
      />
      <Select
        label={t("what")}
        placeholder={t("what_hint")}
        data={things}
        value={asking.asset === "" ? null : asking.asset}
        searchable
        onSearchChange={setWhat}
        nothingFoundMessage={t("nothing_found")}
        onChange={(next) => {
          change({ asset: next ?? "", service: "" });
        }}
      />
      {chosen === undefined || chosen.services.length < 2 ? null : (
        <Select
          label={t("service")}
          data={chosen.services.map(({ name, protocol }) => ({ value: name, label: `${name} (${protocol})` }))}
          value={asking.service === "" ? (chosen.services[0]?.name ?? null) : asking.service}
          allowDeselect={false}
          onChange={(service) => {
            change({ service: service ?? "" });
          }}
        />
      )}
    </>
  );
}

function nameOf(asset: Asset | undefined): string | undefined {
  return asset === undefined || asset.display_name === "" ? asset?.name : asset.display_name;
}

function Circumstances({ asking, change }: PartProps) {
  const t = useTexts(texts);
  const tier = useTexts(tierTexts);
  const { language } = useLanguage();
  return (
    <>
      <div>
        <div className={classes.fieldName} id="asked-tiers">
          {t("tiers_asked")}
        </div>
        <Chip.Group
          multiple
          value={[...asking.tiers]}
          onChange={(tiers) => {
            change({ tiers: TIERS.filter((each) => tiers.includes(each)) });
          }}
        >
          <Group gap="xs" role="group" aria-labelledby="asked-tiers">
            {TIERS.map((each) => (
              <Chip key={each} value={each} size="xs">
                {tier(each)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </div>
      <MomentField
        label={t("at")}
        description={t("at_hint")}
        value={asking.at}
        change={(at) => {
          change({ at });
        }}
      />
      <Select
        label={t("duration")}
        placeholder={t("duration_hint")}
        clearable
        clearButtonProps={{ "aria-label": t("duration_hint") }}
        data={DURATIONS.map((seconds) => ({ value: String(seconds), label: writeDuration(seconds, language) }))}
        value={asking.duration === "" ? null : asking.duration}
        onChange={(duration) => {
          change({ duration: duration ?? "" });
        }}
      />
      <TextInput
        label={t("from_address")}
        placeholder="203.0.113.7"
        value={asking.from}
        maxLength={45}
        spellCheck={false}
        onChange={(event) => {
          change({ from: event.currentTarget.value });
        }}
      />
      <Switch
        label={t("emergency")}
        checked={asking.emergency}
        onChange={(event) => {
          change({ emergency: event.currentTarget.checked });
        }}
      />
    </>
  );
}
