import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { useTexts } from "../../i18n/language";
import { useChoices } from "../../ui/choices";
import { choicesQuery, type User } from "./data";
import { texts } from "./texts";

const TYPING_MILLISECONDS = 250;

interface PersonSelectProps {
  readonly label: string;
  readonly description?: string;
  /** A user name; "" for nobody. */
  readonly value: string;
  readonly choose: (username: string) => void;
  /** Who may be chosen at all. */
  readonly fits: (user: User) => boolean;
  readonly error?: ReactNode;
  readonly isRequired?: boolean;
}

/** One person out of all, found by typing. */
export function PersonSelect({
  label,
  description,
  value,
  choose,
  fits,
  error,
  isRequired = false,
}: PersonSelectProps) {
  const t = useTexts(texts);
  const [text, setText] = useState("");
  const [sought] = useDebouncedValue(text === value ? "" : text, TYPING_MILLISECONDS);
  const people = useQuery({ ...choicesQuery(sought), placeholderData: keepPreviousData });
  const names = (people.data ?? []).filter(fits).map(({ username, display_name }) => ({
    value: username,
    label: display_name === "" || display_name === username ? username : `${username} · ${display_name}`,
  }));
  const data = useChoices(names, value);
  return (
    <Select
      label={label}
      {...(description === undefined ? {} : { description })}
      {...(error === undefined ? {} : { error })}
      withAsterisk={isRequired}
      data={data}
      value={value === "" ? null : value}
      searchable
      clearable={!isRequired}
      clearButtonProps={{ "aria-label": t("take_away") }}
      onSearchChange={setText}
      nothingFoundMessage={t("nobody")}
      onChange={(username) => {
        choose(username ?? "");
      }}
    />
  );
}
