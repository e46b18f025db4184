import "../../ui/styles/forms";

import { Button, Group, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconCheck, IconLoader2 } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link, useLocation, useParams, useSearchParams } from "wouter";

import { answer, api } from "../../api/client";
import { useTexts } from "../../i18n/language";
import { Loaded } from "../../ui/Loaded";
import { Page, Panel, Panels } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { Signal } from "../../ui/Signal";
import { useToast } from "../../ui/toasts";
import { faultsQuery, policyQuery, type Applied } from "./data";
import { draftOf, dropDraft, keepDraft } from "./drafts";
import type { Fault, Target } from "./editor/CodeEditor";
import { TextEditor } from "./editor/TextEditor";
import { Faults } from "./Faults";
import classes from "./policies.module.css";
import { Review } from "./Review";
import { TEMPLATES, templates, type Template } from "./templates";
import { TextDiff } from "./TextDiff";
import { texts } from "./texts";
import { useKnowledge } from "./useKnowledge";

const TYPING_MILLISECONDS = 400;

/** Writing a policy: its text, what is wrong with it, and what it would change, before anything is in force. */
export default function EditorPage() {
  const t = useTexts(texts);
  const { name } = useParams<{ name?: string }>();
  const [address] = useSearchParams();
  const wanted = Number(address.get("version") ?? 0);
  const basis = useQuery({ ...policyQuery(name ?? "", wanted > 0 ? wanted : undefined), enabled: name !== undefined });
  if (name === undefined) {
    return (
      <Page title={t("new")} above={<Link href="/policies">{t("title")}</Link>}>
        <Editor key="" name="" start={templates.request} />
      </Page>
    );
  }
  return (
    <Page title={t("edit_title", { name })} above={<Link href={`/policies/${name}`}>{name}</Link>}>
      <Loaded query={basis}>
        {(policy) => <Editor key={`${name} ${wanted}`} name={name} start={policy.text ?? ""} />}
      </Loaded>
    </Page>
  );
}

interface EditorProps {
  /** Whose text it is; "" for a new one. */
  readonly name: string;
  readonly start: string;
}

function Editor({ name, start }: EditorProps) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const [, go] = useLocation();
  const knowledge = useKnowledge();
  // What one edits stays what it was when one began, whatever others put in force meanwhile.
  const [begun] = useState(start);
  const [text, setText] = useState(draftOf(name) ?? start);
  const [target, setTarget] = useState<Target | null>(null);
  const [checked] = useDebouncedValue(text, TYPING_MILLISECONDS);
  const faults = useQuery({
    ...faultsQuery(checked),
    enabled: checked.trim() !== "",
    placeholderData: keepPreviousData,
  });
  const review = useMutation({
    mutationFn: (yaml: string) =>
      answer(api.POST("/api/v1/policies/apply", { body: { yaml, comment: "", dry_run: true } })),
  });
  const isChanged = text !== begun;
  useLeaveGuard(isChanged);
  const write = (next: string) => {
    setText(next);
    review.reset();
    if (next === begun) dropDraft(name);
    else keepDraft(name, next);
  };
  const applied = async (documents: readonly Applied[]) => {
    dropDraft(name);
    await cache.invalidateQueries({ queryKey: ["policies"] });
    say(t("applied", { count: documents.filter(({ changed }) => changed).length }));
    go(documents.length === 1 && documents[0] !== undefined ? `/policies/${documents[0].name}` : "/policies");
  };
  const isChecking = checked !== text || faults.isFetching;
  const isInOrder = !isChecking && faults.data?.length === 0;
  return (
    <Panels>
      {name === "" ? null : <Overtaken name={name} />}
      <Panel
        flush
        title={t("text")}
        aside={
          name === "" ? (
            <TemplateChoice
              choose={(template) => {
                write(templates[template]);
              }}
            />
          ) : isChanged ? (
            <Button
              variant="subtle"
              size="xs"
              onClick={() => {
                write(begun);
              }}
            >
              {t("discard")}
            </Button>
          ) : null
        }
      >
        <TextEditor
          label={t("text")}
          text={text}
          change={write}
          faults={faults.data ?? NONE}
          knowledge={knowledge}
          target={target}
        />
        <div className={classes.below}>
          <State isChecking={isChecking} faults={faults.data} isEmpty={text.trim() === ""} />
          <Group gap="sm">
            <Button component={Link} href="/policies/tools/tests" variant="default">
              {t("test_draft")}
            </Button>
            <Button
              disabled={!isInOrder || !isChanged}
              loading={review.isPending}
              onClick={() => {
                review.mutate(text);
              }}
            >
              {t("review")}
            </Button>
          </Group>
        </div>
        <Faults faults={faults.data ?? NONE} show={setTarget} />
        <Problem error={faults.error} />
        <Problem error={review.error} />
      </Panel>
      {review.data === undefined ? null : (
        <Review text={text} before={begun} plan={review.data.applied} done={applied} isNew={name === ""} />
      )}
    </Panels>
  );
}

const NONE: readonly Fault[] = [];

function TemplateChoice({ choose }: { readonly choose: (template: Template) => void }) {
  const t = useTexts(texts);
  return (
    <Select
      aria-label={t("template")}
      placeholder={t("template")}
      size="xs"
      data={TEMPLATES.map((template) => ({ value: template, label: t(`template_${template}`) }))}
      value={null}
      onChange={(template) => {
        if (template !== null) choose(template);
      }}
    />
  );
}

interface StateProps {
  readonly isChecking: boolean;
  readonly faults: readonly Fault[] | undefined;
  readonly isEmpty: boolean;
}

function State({ isChecking, faults, isEmpty }: StateProps) {
  const t = useTexts(texts);
  const count = faults?.length ?? 0;
  return (
    <div role="status">
      {isEmpty ? null : isChecking || faults === undefined ? (
        <Signal tone="calm" plain icon={<IconLoader2 aria-hidden />}>
          {t("checking")}
        </Signal>
      ) : count === 0 ? (
        <Signal tone="good" plain icon={<IconCheck aria-hidden />}>
          {t("in_order")}
        </Signal>
      ) : (
        <Signal tone="alarm" plain>
          {t("faults", { count })}
        </Signal>
      )}
    </div>
  );
}

/** Somebody else put another version in force since this text was begun. */
function Overtaken({ name }: { readonly name: string }) {
  const t = useTexts(texts);
  const { data: now } = useQuery(policyQuery(name));
  const [known, setKnown] = useState(now);
  if (known === undefined && now !== undefined) setKnown(now);
  if (now === undefined || known === undefined || now.version <= known.version) return null;
  return (
    <Panel tone="notice" title={t("overtaken", { version: now.version, name: now.author_name })}>
      <TextDiff label={t("overtaken_diff")} before={known.text ?? ""} after={now.text ?? ""} />
    </Panel>
  );
}

/** Closing the window would lose what was written. */
function useLeaveGuard(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return undefined;
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => {
      window.removeEventListener("beforeunload", ask);
    };
  }, [isNeeded]);
}
