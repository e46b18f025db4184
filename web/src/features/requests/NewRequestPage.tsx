import "../../ui/styles/forms";

import { Button, Checkbox, Chip, Group, NumberInput, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconCheck } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { Link, useLocation, useSearchParams } from "wouter";

import { answer, api, newIntent } from "../../api/client";
import { now } from "../../api/clock";
import { LONGEST_REASON } from "../../api/limits";
import { asApiError } from "../../api/problems";
import { assetQuery } from "../../api/queries";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeDuration, zoneName } from "../../i18n/times";
import { byField, useFieldWords, withoutFields } from "../../ui/fieldProblems";
import { Outline } from "../../ui/Loaded";
import { Columns, Page, Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { useZone } from "../../ui/zones";
import { AssetPicker } from "./AssetPicker";
import { previewQuery, type Wish } from "./data";
import { OutcomeLine, PreviewCard } from "./PreviewCard";
import classes from "./requests.module.css";
import { texts } from "./texts";
import { TierPicker } from "./TierPicker";
import { faultsOf, serviceOf, wishOf, type Fault, type WishForm } from "./wish";

const TYPING_MILLISECONDS = 400;
const DURATIONS = [30, 60, 120, 240];
const BLANK: WishForm = {
  asset: null,
  service: "",
  tiers: ["read"],
  reason: "",
  ticket: "",
  begins: "now",
  starts: "",
  minutes: 60,
  emergency: false,
};

/** Asks for access; an address like `?asset=ast_…&service=modbus` has chosen already. */
export default function NewRequestPage() {
  const t = useTexts(texts);
  const [search] = useSearchParams();
  const asset = search.get("asset");
  const given = useQuery({ ...assetQuery(asset ?? ""), enabled: asset !== null });
  return (
    <Page title={t("new_title")} lead={t("new_lead")} above={<Link href="/requests">{t("title")}</Link>}>
      {asset !== null && given.isPending ? (
        <Outline />
      ) : (
        <RequestForm initial={{ ...BLANK, asset: given.data ?? null, service: search.get("service") ?? "" }} />
      )}
    </Page>
  );
}

function RequestForm({ initial }: { readonly initial: WishForm }) {
  const t = useTexts(texts);
  const [, navigate] = useLocation();
  const cache = useQueryClient();
  const [form, setForm] = useState(initial);
  const [wasTried, setWasTried] = useState(false);
  const [intent] = useState(newIntent);
  const zone = useZone(form.asset?.site);
  const wish = wishOf(form, zone);
  const [asked] = useDebouncedValue(wish, TYPING_MILLISECONDS);
  const preview = usePreview(asked);
  const faults = faultsOf(form, { zone, now: now(), preview: preview.data });
  const sending = useMutation({
    mutationFn: (body: Wish) => answer(api.POST("/api/v1/requests", { body, headers: intent })),
    onSuccess: async (request) => {
      await cache.invalidateQueries({ queryKey: ["requests"] });
      navigate(`/requests/${request.id}`);
    },
  });
  const refused = byField(asApiError(sending.error)?.fields ?? [], form, useFieldWords());
  const change = (change: Partial<WishForm>) => {
    setForm((present) => ({ ...present, ...change }));
  };
  const send = (event: React.SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setWasTried(true);
    if (wish !== null && Object.values(faults).every((fault) => fault === null)) sending.mutate(wish);
  };
  const words = useFaultWords(preview.data?.max_duration ?? null);
  const shown = (field: keyof WishForm) =>
    refused[field] ?? (wasTried || isShownWhileTyping(form, field) ? words(faults[field] ?? null) : undefined);
  return (
    <Columns
      main={
        <Panel>
          <form onSubmit={send} className={classes.form} noValidate>
            <AssetPicker
              chosen={form.asset}
              choose={(asset) => {
                change({ asset, service: "" });
              }}
              error={shown("asset")}
            />
            <Services form={form} change={change} error={shown("service")} />
            <Tiers form={form} change={change} offered={preview.data?.tiers ?? null} error={shown("tiers")} />
            <Textarea
              label={t("reason")}
              description={t("reason_hint")}
              autosize
              minRows={3}
              maxRows={12}
              maxLength={LONGEST_REASON * 4}
              value={form.reason}
              error={shown("reason")}
              onChange={(event) => {
                change({ reason: event.currentTarget.value });
              }}
            />
            {preview.data?.ticket_pattern == null ? null : (
              <TextInput
                label={t("ticket")}
                {...(preview.data.ticket_example == null
                  ? {}
                  : { description: t("ticket_example", { example: preview.data.ticket_example }) })}
                maxLength={64}
                value={form.ticket}
                error={shown("ticket")}
                rightSection={
                  form.ticket !== "" && faults.ticket === null ? (
                    <IconCheck size={16} aria-label={t("ticket_fits")} color="var(--good)" />
                  ) : null
                }
                onChange={(event) => {
                  change({ ticket: event.currentTarget.value });
                }}
              />
            )}
            <Begins form={form} change={change} zone={zone} error={shown("starts")} />
            <HowLong form={form} change={change} most={preview.data?.max_duration ?? null} error={shown("minutes")} />
            <Checkbox
              label={t("emergency_ask")}
              description={t("emergency_hint")}
              checked={form.emergency}
              onChange={(event) => {
                change({ emergency: event.currentTarget.checked });
              }}
            />
            <Problem error={withoutFields(sending.error, form)} />
            <OutcomeLine preview={preview.data} />
            <Group justify="flex-end">
              <Button type="submit" loading={sending.isPending}>
                {t("ask")}
              </Button>
            </Group>
          </form>
        </Panel>
      }
      side={<PreviewCard preview={preview} isAsked={asked !== null} site={form.asset?.site} />}
    />
  );
}

interface PartProps {
  readonly form: WishForm;
  readonly change: (change: Partial<WishForm>) => void;
  readonly error: ReactNode;
}

function Services({ form, change, error }: PartProps) {
  const t = useTexts(texts);
  const services = form.asset?.services ?? [];
  if (services.length < 2) return null;
  return (
    <div>
      <div className={classes.label}>{t("service")}</div>
      <SegmentedControl
        aria-label={t("service")}
        value={serviceOf(form)?.name ?? ""}
        data={services.map(({ name }) => name)}
        onChange={(service) => {
          change({ service });
        }}
      />
      {error === undefined ? null : (
        <p role="alert" className={classes.missing}>
          {error}
        </p>
      )}
    </div>
  );
}

function Tiers({ form, change, offered, error }: PartProps & { readonly offered: WishForm["tiers"] | null }) {
  const t = useTexts(texts);
  const service = serviceOf(form);
  if (service === null) return null;
  if (!service.guarded) return <p className={classes.hint}>{t("tiers_opaque")}</p>;
  return (
    <TierPicker
      legend={t("tiers")}
      hint={t("tiers_hint")}
      chosen={form.tiers}
      offered={offered}
      choose={(tiers) => {
        change({ tiers });
      }}
      error={error}
    />
  );
}

function Begins({ form, change, zone, error }: PartProps & { readonly zone: string }) {
  const t = useTexts(texts);
  return (
    <fieldset className={classes.fieldset}>
      <legend>{t("from")}</legend>
      <div className={classes.row}>
        <SegmentedControl
          aria-label={t("from")}
          value={form.begins}
          data={[
            { value: "now", label: t("from_now") },
            { value: "later", label: t("from_time") },
          ]}
          onChange={(begins) => {
            change({ begins: begins });
          }}
        />
        {form.begins === "later" ? (
          <TextInput
            type="datetime-local"
            aria-label={t("from_field", { zone: zoneName(zone) })}
            value={form.starts}
            error={error}
            onChange={(event) => {
              change({ starts: event.currentTarget.value });
            }}
          />
        ) : null}
      </div>
    </fieldset>
  );
}

function HowLong({ form, change, most, error }: PartProps & { readonly most: number | null }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const offered = DURATIONS.filter((minutes) => most === null || minutes * 60 <= most);
  const [isOther, setIsOther] = useState(!DURATIONS.includes(form.minutes));
  return (
    <fieldset className={classes.fieldset}>
      <legend>{t("duration")}</legend>
      <span className={classes.hint}>
        {t("duration_hint")} {most === null ? "" : t("duration_most", { most: writeDuration(most, language) })}
      </span>
      <Chip.Group
        value={isOther ? "other" : `${form.minutes}`}
        onChange={(chosen) => {
          setIsOther(chosen === "other");
          if (chosen !== "other") change({ minutes: Number(chosen) });
        }}
      >
        <Group gap="xs" mt={8}>
          {offered.map((minutes) => (
            <Chip key={minutes} value={`${minutes}`} size="xs" radius="sm">
              {writeDuration(minutes * 60, language)}
            </Chip>
          ))}
          <Chip value="other" size="xs" radius="sm">
            {t("duration_other")}
          </Chip>
        </Group>
      </Chip.Group>
      {isOther ? (
        <NumberInput
          mt="xs"
          maw={160}
          aria-label={t("duration_minutes")}
          suffix=" min"
          min={1}
          allowDecimal={false}
          value={form.minutes}
          onChange={(minutes) => {
            change({ minutes: Number(minutes) });
          }}
        />
      ) : null}
      {error === undefined ? null : (
        <p role="alert" className={classes.missing}>
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** The answer to the wish as it stands; the last one stays while the next is on its way. */
function usePreview(wish: Wish | null) {
  return useQuery({
    ...previewQuery(wish ?? { asset: "" }),
    enabled: wish !== null,
    placeholderData: keepPreviousData,
  });
}

/** A ticket is judged from its first letter on; what is merely missing is said when one tries to send. */
function isShownWhileTyping(form: WishForm, field: keyof WishForm): boolean {
  switch (field) {
    case "ticket":
      return form.ticket !== "";
    case "starts":
      return form.starts !== "";
    case "reason":
      return form.reason.length > LONGEST_REASON;
    case "minutes":
      return true;
    default:
      return false;
  }
}

function useFaultWords(most: number | null): (fault: Fault | null) => string | undefined {
  const t = useTexts(texts);
  const { language } = useLanguage();
  return (fault) => {
    switch (fault) {
      case null:
        return undefined;
      case "duration_most":
        return t("duration_most", { most: writeDuration(most ?? 0, language) });
      case "long":
        return t("reason_long", { most: LONGEST_REASON });
      default:
        return t(fault);
    }
  };
}
