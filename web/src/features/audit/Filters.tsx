import { Autocomplete, Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Filters, SearchField } from "../../ui/fields";
import { MomentField } from "../../ui/MomentField";
import classes from "./audit.module.css";
import { peopleLikeQuery } from "./data";
import { subjectOf } from "./events";
import { EVERYTHING, type Filter, type Span } from "./filter";
import { useActionWords } from "./looks";
import { texts } from "./texts";
import { actionTexts, subjectTexts } from "./words";

const TYPING_MILLISECONDS = 250;
const SPANS: readonly Span[] = ["all", "hour", "day", "week", "month", "own"];
const ACTIONS = Object.keys(actionTexts.en);
const SUBJECTS = [...new Set(ACTIONS.map(subjectOf))] as (keyof (typeof subjectTexts)["en"])[];

interface FilterBarProps {
  readonly filter: Filter;
  readonly change: (part: Partial<Filter>) => void;
}

/** Which events are shown: by what, who, about what and when. */
export function FilterBar({ filter, change }: FilterBarProps) {
  const t = useTexts(texts);
  const [clearings, setClearings] = useState(0);
  const isOpen = JSON.stringify(filter) !== JSON.stringify(EVERYTHING);
  return (
    <>
      <Filters>
        <SearchField
          key={clearings}
          label={t("search")}
          value={filter.text}
          search={(text) => {
            change({ text });
          }}
        />
        <ActionChoice filter={filter} change={change} />
        <ActorChoice filter={filter} change={change} />
        <TargetChoice filter={filter} change={change} />
        <SpanChoice filter={filter} change={change} />
        {isOpen ? (
          <Button
            variant="subtle"
            size="xs"
            onClick={() => {
              setClearings(clearings + 1);
              change(EVERYTHING);
            }}
          >
            {t("clear")}
          </Button>
        ) : null}
      </Filters>
      {filter.span === "own" ? <OwnSpan filter={filter} change={change} /> : null}
    </>
  );
}

function ActionChoice({ filter, change }: FilterBarProps) {
  const t = useTexts(texts);
  const subject = useTexts(subjectTexts);
  const words = useActionWords();
  const groups = SUBJECTS.map((each) => ({
    group: subject(each),
    items: [
      { value: `${each}.`, label: t("all_of", { subject: subject(each) }) },
      ...ACTIONS.filter((action) => subjectOf(action) === each).map((action) => ({
        value: action,
        label: words(action),
      })),
    ],
  }));
  return (
    <Select
      aria-label={t("what")}
      placeholder={t("what_any")}
      className={classes.choice ?? ""}
      data={groups}
      value={filter.action === "" ? null : filter.action}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("what_any") }}
      nothingFoundMessage={t("no_action")}
      onChange={(action) => {
        change({ action: action ?? "" });
      }}
    />
  );
}

/** Names are suggested; the broker itself and agents can be typed. */
function ActorChoice({ filter, change }: FilterBarProps) {
  const t = useTexts(texts);
  const me = useMe();
  const [typed, setTyped] = useState(filter.actor);
  const [last, setLast] = useState(filter.actor);
  if (last !== filter.actor) {
    setLast(filter.actor);
    setTyped(filter.actor);
  }
  const [text] = useDebouncedValue(typed, TYPING_MILLISECONDS);
  const names = useQuery({ ...peopleLikeQuery(text), enabled: me.may("people:read") });
  const take = (actor: string) => {
    if (actor !== filter.actor) change({ actor });
  };
  return (
    <Autocomplete
      aria-label={t("who")}
      placeholder={t("who_any")}
      className={classes.choice ?? ""}
      data={[...new Set(["broker", ...(names.data ?? [])])]}
      value={typed}
      maxLength={200}
      onChange={setTyped}
      onOptionSubmit={take}
      onBlur={() => {
        take(typed.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") take(typed.trim());
      }}
    />
  );
}

function TargetChoice({ filter, change }: FilterBarProps) {
  const t = useTexts(texts);
  const [typed, setTyped] = useState(filter.target);
  const [last, setLast] = useState(filter.target);
  if (last !== filter.target) {
    setLast(filter.target);
    setTyped(filter.target);
  }
  const take = () => {
    if (typed.trim() !== filter.target) change({ target: typed.trim() });
  };
  return (
    <TextInput
      aria-label={t("about")}
      placeholder={t("about_any")}
      className={classes.choice ?? ""}
      value={typed}
      maxLength={200}
      spellCheck={false}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
      }}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
      }}
    />
  );
}

function SpanChoice({ filter, change }: FilterBarProps) {
  const t = useTexts(texts);
  return (
    <Select
      aria-label={t("when")}
      className={classes.span ?? ""}
      data={SPANS.map((span) => ({ value: span, label: t(`span_${span}`) }))}
      value={filter.span}
      allowDeselect={false}
      onChange={(span) => {
        change({ span: span ?? "all", since: "", until: "" });
      }}
    />
  );
}

function OwnSpan({ filter, change }: FilterBarProps) {
  const t = useTexts(texts);
  return (
    <Filters>
      <MomentField
        label={t("since")}
        value={filter.since}
        change={(since) => {
          change({ since });
        }}
      />
      <MomentField
        label={t("until")}
        value={filter.until}
        change={(until) => {
          change({ until });
        }}
      />
    </Filters>
  );
}
