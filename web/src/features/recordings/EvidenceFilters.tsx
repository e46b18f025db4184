import "../../ui/styles/forms";

import { Chip, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "wouter";

import { useTexts } from "../../i18n/language";
import { fromWallClock } from "../../i18n/times";
import { useChoices, type Choice } from "../../ui/choices";
import { useSiteOfWork, useZone } from "../../ui/zones";
import { assetChoicesQuery, userChoicesQuery } from "./data";
import classes from "./EvidenceFilters.module.css";
import { texts } from "./texts";

const TYPING_MILLISECONDS = 250;
const TEXTS = ["asset", "user", "ticket", "from", "to"] as const;
const MARKS = ["writes", "denials"] as const;
type TextName = (typeof TEXTS)[number];
type MarkName = (typeof MARKS)[number];

/** What is looked for, as the address says it: a filtered list can be sent to a colleague. */
export interface Wanted extends Readonly<Record<TextName, string>>, Readonly<Record<MarkName, boolean>> {
  readonly site: string;
  /** The days as moments of the site's clock; "" where none was given. */
  readonly since: string;
  readonly until: string;
}

interface Filtering {
  readonly wanted: Wanted;
  readonly set: (name: TextName | MarkName, value: string) => void;
  readonly isNarrowed: boolean;
  readonly clear: () => void;
}

/** Reads the filters from the address, and writes them there. */
export function useFiltering(): Filtering {
  const [search, setSearch] = useSearchParams();
  const { site } = useSiteOfWork();
  const zone = useZone();
  const text = (name: TextName) => search.get(name) ?? "";
  return {
    wanted: {
      site: site?.id ?? "",
      asset: text("asset"),
      user: text("user"),
      ticket: text("ticket"),
      from: text("from"),
      to: text("to"),
      writes: search.get("writes") !== null,
      denials: search.get("denials") !== null,
      since: startOfDay(text("from"), 0, zone),
      until: startOfDay(text("to"), 1, zone),
    },
    set: (name, value) => {
      setSearch(
        (now) => {
          if (value === "") now.delete(name);
          else now.set(name, value);
          return now;
        },
        { replace: true },
      );
    },
    isNarrowed: [...TEXTS, ...MARKS].some((name) => search.get(name) !== null),
    clear: () => {
      setSearch({}, { replace: true });
    },
  };
}

/** The beginning of a day ("2026-03-02"), or of so many days later, as a moment. */
function startOfDay(day: string, later: number, zone: string): string {
  const noon = new Date(`${day}T12:00:00Z`);
  if (Number.isNaN(noon.getTime())) return "";
  noon.setUTCDate(noon.getUTCDate() + later);
  return fromWallClock(`${noon.toISOString().slice(0, 10)}T00:00`, zone)?.toISOString() ?? "";
}

interface EvidenceFiltersProps {
  readonly filtering: Filtering;
  /** Which of them this list knows. */
  readonly has: readonly (TextName | MarkName)[];
}

/** Above recordings and changes: which asset, who, when, on which ticket. */
export function EvidenceFilters({ filtering: { wanted, set }, has }: EvidenceFiltersProps) {
  const t = useTexts(texts);
  return (
    <div className={classes.filters} role="search">
      <AssetFilter
        value={wanted.asset}
        site={wanted.site}
        choose={(asset) => {
          set("asset", asset);
        }}
      />
      <UserFilter
        value={wanted.user}
        choose={(user) => {
          set("user", user);
        }}
      />
      {(["from", "to"] as const).map((name) => (
        <TextInput
          key={name}
          type="date"
          size="xs"
          label={t(name)}
          value={wanted[name]}
          onChange={(event) => {
            set(name, event.currentTarget.value);
          }}
        />
      ))}
      {has.includes("ticket") ? (
        <Ticket
          value={wanted.ticket}
          choose={(ticket) => {
            set("ticket", ticket);
          }}
        />
      ) : null}
      <div className={classes.marks}>
        {MARKS.filter((name) => has.includes(name)).map((name) => (
          <Chip
            key={name}
            size="xs"
            checked={wanted[name]}
            onChange={(isOn) => {
              set(name, isOn ? "1" : "");
            }}
          >
            {t(`with_${name}`)}
          </Chip>
        ))}
      </div>
    </div>
  );
}

interface TicketProps {
  readonly value: string;
  readonly choose: (ticket: string) => void;
}

/** The whole number of a ticket; looked for when one leaves the field or presses Enter. */
function Ticket({ value, choose }: TicketProps) {
  const t = useTexts(texts);
  const [typed, setTyped] = useState(value);
  const [given, setGiven] = useState(value);
  if (given !== value) {
    setGiven(value);
    setTyped(value);
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        choose(typed.trim());
      }}
    >
      <TextInput
        size="xs"
        label={t("ticket")}
        value={typed}
        maxLength={200}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
        }}
        onBlur={() => {
          choose(typed.trim());
        }}
      />
    </form>
  );
}

interface PickerProps {
  readonly value: string;
  readonly choose: (id: string) => void;
}

function AssetFilter({ value, choose, site }: PickerProps & { readonly site: string }) {
  const t = useTexts(texts);
  const [typed, setTyped] = useState("");
  const [text] = useDebouncedValue(typed, TYPING_MILLISECONDS);
  const found = useQuery({ ...assetChoicesQuery(text, site), placeholderData: keepPreviousData });
  const choices = (found.data ?? []).map(({ id, name, site_name: of }) => ({ value: id, label: `${of}/${name}` }));
  return (
    <Picker
      label={t("asset")}
      placeholder={t("any_asset")}
      value={value}
      choose={choose}
      choices={choices}
      type={setTyped}
    />
  );
}

function UserFilter({ value, choose }: PickerProps) {
  const t = useTexts(texts);
  const [typed, setTyped] = useState("");
  const [text] = useDebouncedValue(typed, TYPING_MILLISECONDS);
  const found = useQuery({ ...userChoicesQuery(text), placeholderData: keepPreviousData });
  const choices = (found.data ?? []).map(({ id, username }) => ({ value: id, label: username }));
  return (
    <Picker
      label={t("user")}
      placeholder={t("anybody")}
      value={value}
      choose={choose}
      choices={choices}
      type={setTyped}
    />
  );
}

interface ChoicesProps extends PickerProps {
  readonly label: string;
  readonly placeholder: string;
  readonly choices: readonly Choice[];
  readonly type: (text: string) => void;
}

function Picker({ label, placeholder, value, choose, choices, type }: ChoicesProps) {
  const data = useChoices(choices, value);
  return (
    <Select
      size="xs"
      label={label}
      placeholder={placeholder}
      searchable
      clearable
      value={value === "" ? null : value}
      data={data}
      // The broker has looked for the text already.
      filter={({ options }) => options}
      onSearchChange={(text) => {
        type(data.some((each) => each.label === text) ? "" : text);
      }}
      onChange={(next) => {
        choose(next ?? "");
      }}
      clearButtonProps={{ "aria-label": placeholder }}
    />
  );
}
