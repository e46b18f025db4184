import { Button, Checkbox, Group, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import type { AccessRequest } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import { Problem } from "../../ui/Problem";
import { objects } from "../../ui/rules";
import { useToast } from "../../ui/toasts";
import {
  addressFault,
  hasAddresses,
  isBound,
  narrowingOf,
  wholeOf,
  type NarrowForm,
  type Narrowing,
  type WriteForm,
} from "./narrowing";
import classes from "./requests.module.css";
import { texts } from "./texts";
import { TierPicker } from "./TierPicker";

interface NarrowDialogProps {
  readonly request: AccessRequest;
  readonly close: () => void;
}

/** Takes away: tiers, time, units, ranges and values. What is left gets a new hash, and is then approved or not. */
export function NarrowDialog({ request, close }: NarrowDialogProps) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const [whole] = useState(() => wholeOf(request));
  const [form, setForm] = useState<NarrowForm>(whole);
  const change = (part: Partial<NarrowForm>) => {
    setForm((present) => ({ ...present, ...part }));
  };
  const narrowing = narrowingOf(request, form);
  const isSound = (whole.tiers.length === 0 || form.tiers.length > 0) && form.writes.every(isSoundWrite);
  const sending = useMutation({
    mutationFn: (body: Narrowing) =>
      answer(api.POST("/api/v1/requests/{request}/narrow", { params: { path: { request: request.id } }, body })),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["requests"] });
      say(t("narrow_done"));
      close();
    },
  });
  return (
    <Dialog title={t("narrow_title")} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (narrowing !== null && isSound) sending.mutate(narrowing);
        }}
      >
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {t("narrow_text")}
          </Text>
          {whole.tiers.length === 0 ? null : (
            <TierPicker
              legend={t("narrow_tiers")}
              chosen={form.tiers}
              offered={whole.tiers}
              choose={(tiers) => {
                change({ tiers });
              }}
              error={form.tiers.length === 0 ? t("narrow_no_tier") : undefined}
            />
          )}
          <NumberInput
            label={t("narrow_duration")}
            min={1}
            max={whole.minutes}
            clampBehavior="strict"
            allowDecimal={false}
            value={form.minutes}
            onChange={(minutes) => {
              change({ minutes: Number(minutes) });
            }}
          />
          <Units whole={whole} form={form} change={change} />
          {form.tiers.includes("operate") ? <Writes form={form} change={change} /> : null}
          <Problem error={sending.error} />
          {narrowing === null ? (
            <Text size="sm" c="dimmed">
              {t("narrow_nothing")}
            </Text>
          ) : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={sending.isPending} disabled={narrowing === null || !isSound}>
              {t("narrow")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** What is dropped as a whole needs no sound fields. */
function isSoundWrite({ rule, isKept, addresses, low, high }: WriteForm): boolean {
  return !isKept || (addressFault(addresses, rule) === null && isBound(low, rule) && isBound(high, rule));
}

interface PartProps {
  readonly form: NarrowForm;
  readonly change: (part: Partial<NarrowForm>) => void;
}

function Units({ whole, form, change }: PartProps & { readonly whole: NarrowForm }) {
  const t = useTexts(texts);
  if (whole.units.length < 2) return null;
  return (
    <Checkbox.Group
      label={t("narrow_units")}
      value={form.units.map(String)}
      onChange={(units) => {
        if (units.length > 0) change({ units: units.map(Number).sort((a, b) => a - b) });
      }}
    >
      <Group mt={4}>
        {whole.units.map((unit) => (
          <Checkbox key={unit} value={`${unit}`} label={unit} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}

function Writes({ form, change }: PartProps) {
  const t = useTexts(texts);
  if (form.writes.length === 0) return null;
  const put = (place: number, part: Partial<WriteForm>) => {
    change({ writes: form.writes.map((write, index) => (index === place ? { ...write, ...part } : write)) });
  };
  return (
    <fieldset className={classes.fieldset}>
      <legend>{t("narrow_values")}</legend>
      <Stack gap="sm">
        {form.writes.map((write, place) => (
          <div key={objects(write.rule)}>
            <Checkbox
              label={<code className={classes.hash}>{objects(write.rule)}</code>}
              checked={write.isKept}
              onChange={(event) => {
                put(place, { isKept: event.currentTarget.checked });
              }}
            />
            {write.isKept ? (
              <WriteFields
                write={write}
                put={(part) => {
                  put(place, part);
                }}
              />
            ) : null}
          </div>
        ))}
      </Stack>
    </fieldset>
  );
}

interface WriteFieldsProps {
  readonly write: WriteForm;
  readonly put: (part: Partial<WriteForm>) => void;
}

/** What is left of one range: which addresses, and which values. */
function WriteFields({ write, put }: WriteFieldsProps) {
  const t = useTexts(texts);
  const fault = addressFault(write.addresses, write.rule);
  return (
    <Stack gap={6} mt={6}>
      {hasAddresses(write.rule) ? (
        <TextInput
          label={t("narrow_which")}
          value={write.addresses}
          error={fault === null ? null : t(fault)}
          onChange={(event) => {
            put({ addresses: event.currentTarget.value });
          }}
        />
      ) : null}
      <Group grow>
        {(["low", "high"] as const).map((bound) => (
          <TextInput
            key={bound}
            label={t(bound === "low" ? "narrow_from" : "narrow_to")}
            inputMode="numeric"
            value={write[bound]}
            error={isBound(write[bound], write.rule) ? null : t("narrow_number")}
            onChange={(event) => {
              put({ [bound]: event.currentTarget.value.trim() });
            }}
          />
        ))}
      </Group>
    </Stack>
  );
}
