import "../../ui/styles/forms";

import { Button, Checkbox, Group, Loader } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { asApiError } from "../../api/problems";
import { useTexts } from "../../i18n/language";
import { Problem } from "../../ui/Problem";
import { changePreviewQuery, type AssetChange, type ChangePreview, type Uses } from "./data";
import classes from "./inventory.module.css";
import { foreseen, type Foresight } from "./preview";
import { texts } from "./texts";
import { rebased } from "./typed";

const TYPING_MILLISECONDS = 400;

interface Versioned {
  readonly version: number;
}

/** What is typed over a thing as it was read; `live` is how it is now, and another version means: changed by somebody else. */
export function useEditing<Thing extends Versioned, Form extends object>(live: Thing, formOf: (thing: Thing) => Form) {
  const [base, setBase] = useState(live);
  const [form, setForm] = useState(() => formOf(live));
  return {
    base,
    form,
    before: formOf(base),
    isStale: live.version !== base.version,
    set: (part: Partial<Form>) => {
      setForm((present) => ({ ...present, ...part }));
    },
    put: setForm,
    keepMine: () => {
      setForm((typed) => rebased(typed, formOf(base), formOf(live)));
      setBase(live);
    },
    takeTheirs: () => {
      setForm(formOf(live));
      setBase(live);
    },
  };
}

interface ChangedProps {
  readonly keepMine: () => void;
  readonly takeTheirs: () => void;
}

/** Stands in the place of the save button while somebody else's change has not been looked at. */
export function ChangedMeanwhile({ keepMine, takeTheirs }: ChangedProps) {
  const t = useTexts(texts);
  return (
    <div className={classes.notice} role="alert">
      <strong>{t("changed_title")}</strong>
      <p>{t("changed_text")}</p>
      <Group gap="xs" mt="xs">
        <Button size="xs" variant="default" onClick={keepMine}>
          {t("keep_mine")}
        </Button>
        <Button size="xs" variant="default" onClick={takeTheirs}>
          {t("take_theirs")}
        </Button>
      </Group>
    </div>
  );
}

export interface Preview extends Foresight<ChangePreview> {
  readonly retry: () => unknown;
  /** Whether somebody goes on with this very change though nobody knows what it ends. */
  readonly isWaived: boolean;
  readonly waive: (isWaived: boolean) => void;
  /** Until then nothing may be saved. */
  readonly mayGoOn: boolean;
}

/** What a change would do now; asked when the typing pauses. Null: there is nothing to ask about. */
export function usePreview(asset: string, change: AssetChange | null): Preview {
  const now = JSON.stringify(change);
  const [asked] = useDebouncedValue(now, TYPING_MILLISECONDS);
  const [waived, setWaived] = useState<string | null>(null);
  const body = JSON.parse(asked) as AssetChange | null;
  const found = useQuery({ ...changePreviewQuery(asset, body ?? {}), enabled: body !== null });
  const foresight = foreseen(now, asked, found);
  const isWaived = foresight.error !== null && waived === now;
  return {
    ...foresight,
    retry: found.refetch,
    isWaived,
    waive: (isSo) => {
      setWaived(isSo ? now : null);
    },
    mayGoOn: foresight.isCurrent || isWaived,
  };
}

/** Says before it is done what a change ends, or that this is not known. Nothing where it ends nothing. */
export function Consequences({ preview }: { readonly preview: Preview }) {
  const t = useTexts(texts);
  const { data, isCurrent, error } = preview;
  if (error !== null) return <Unforeseen preview={preview} error={error} />;
  if (!isCurrent) {
    return (
      <div role="status" className={classes.hint}>
        <Group gap="xs">
          <Loader size={14} aria-hidden />
          {t("foreseeing")}
        </Group>
      </div>
    );
  }
  const { ended = [], narrowed = [] } = data ?? {};
  if (data === undefined || (ended.length === 0 && narrowed.length === 0)) return null;
  return (
    <div className={classes.notice} role="status">
      <strong>{t("consequences")}</strong>
      {ended.length === 0 ? null : <p>{t("ended", { services: ended.join(", ") })}</p>}
      {narrowed.length === 0 ? null : <p>{t("narrowed", { services: narrowed.join(", ") })}</p>}
      <WhatRests uses={data.uses} isCertain={narrowed.length === 0} />
    </div>
  );
}

function Unforeseen({ preview, error }: { readonly preview: Preview; readonly error: Error }) {
  const t = useTexts(texts);
  return (
    <div className={classes.notice}>
      <strong>{t("unforeseen")}</strong>
      <Problem error={error} retry={preview.retry} />
      <Checkbox
        mt="xs"
        label={t("waive")}
        checked={preview.isWaived}
        onChange={(event) => {
          preview.waive(event.currentTarget.checked);
        }}
      />
    </div>
  );
}

/** `isCertain`: the sessions end whatever they may say. */
export function WhatRests({ uses, isCertain }: { readonly uses: Uses; readonly isCertain: boolean }) {
  const t = useTexts(texts);
  const { sessions, grants, requests } = uses;
  if (sessions + grants + requests === 0) return <p>{t("nothing_rests")}</p>;
  return (
    <ul>
      {sessions === 0 ? null : <li>{t(isCertain ? "sessions" : "sessions_narrowed", { count: sessions })}</li>}
      {grants === 0 ? null : <li>{t("grants", { count: grants })}</li>}
      {requests === 0 ? null : <li>{t("requests", { count: requests })}</li>}
    </ul>
  );
}

/** Whether a refusal is that somebody else was quicker: the page says that in its own way. */
export function isConflict(error: Error | null): boolean {
  return asApiError(error)?.code === "edit_conflict";
}

export function isNameTaken(error: Error | null): boolean {
  return asApiError(error)?.code === "name_taken";
}
