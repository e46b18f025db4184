import "./styles/forms";

import { CloseButton, SegmentedControl, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { useTexts } from "../i18n/language";
import classes from "./fields.module.css";
import { fieldTexts } from "./texts";

const TYPING_MILLISECONDS = 250;

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  /** Called when typing pauses. */
  readonly search: (text: string) => void;
}

/** A text to look for: asks when the typing pauses, and can be emptied. */
export function SearchField({ label, value, search }: SearchFieldProps) {
  const t = useTexts(fieldTexts);
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  const type = (text: string, delay: number) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(search, delay, text.trim());
  };
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      value={typed}
      maxLength={100}
      className={classes.search ?? ""}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed === "" ? null : (
          <CloseButton
            size="sm"
            aria-label={t("clear")}
            onClick={() => {
              type("", 0);
            }}
          />
        )
      }
      onChange={(event) => {
        type(event.currentTarget.value, TYPING_MILLISECONDS);
      }}
    />
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly choose: (value: Value) => void;
}

/** A few ways to look at a list, one at a time. */
export function Choice<Value extends string>({ label, value, options, choose }: ChoiceProps<Value>) {
  return (
    <SegmentedControl
      aria-label={label}
      size="xs"
      value={value}
      data={options.map((option) => ({ ...option }))}
      onChange={(next) => {
        choose(next);
      }}
    />
  );
}

/** Filters above a list: in a row, and under each other where there is no room. */
export function Filters({ children }: { readonly children: ReactNode }) {
  return <div className={classes.filters}>{children}</div>;
}
