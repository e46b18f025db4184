import "./styles/forms";

import { TextInput } from "@mantine/core";
import { useState } from "react";

import { useTexts } from "../i18n/language";
import { fromWallClock, toWallClock, zoneName } from "../i18n/times";
import { momentFieldTexts } from "./texts";
import { useZone } from "./zones";

interface MomentFieldProps {
  readonly label: string;
  /** A moment in UTC as the API writes it; "" for none. */
  readonly value: string;
  readonly change: (value: string) => void;
  /** The site whose clock is typed; without it the site of work, else the viewer's own. */
  readonly site?: string | undefined;
  readonly description?: string;
  readonly error?: React.ReactNode;
  readonly isRequired?: boolean;
}

/** A moment, typed as the site's wall clock shows it; whose clock that is stands beside the name of the field. */
export function MomentField({ label, value, change, site, description, error, isRequired = false }: MomentFieldProps) {
  const t = useTexts(momentFieldTexts);
  const zone = useZone(site);
  const shown = value === "" ? "" : toWallClock(new Date(value), zone);
  // What is half typed is no moment yet, and must not be taken away from under the hands of who types it.
  const [typed, setTyped] = useState(shown);
  const own = fromWallClock(typed, zone)?.toISOString() ?? "";
  return (
    <TextInput
      type="datetime-local"
      label={t("by_clock", { label, zone: zoneName(zone) })}
      value={own === toUtc(value) ? typed : shown}
      required={isRequired}
      {...(description === undefined ? {} : { description })}
      {...(error === undefined ? {} : { error })}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        change(fromWallClock(text, zone)?.toISOString() ?? "");
      }}
    />
  );
}

function toUtc(value: string): string {
  return value === "" ? "" : new Date(value).toISOString();
}
