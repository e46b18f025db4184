import "../../ui/styles/forms";

import { Checkbox, NumberInput, Select, TextInput } from "@mantine/core";
import type { ReactNode } from "react";

import { useTexts } from "../../i18n/language";
import { unitOf } from "../../ui/units";
import { unitTexts } from "../../ui/words";
import classes from "./inventory.module.css";
import { fieldsOf, guarded, opaque, SEGMENTATIONS, type Numeric, type ServiceForm } from "./service";
import { texts } from "./texts";

interface FieldsProps {
  readonly form: ServiceForm;
  readonly set: (part: Partial<ServiceForm>) => void;
  readonly choose: (protocol: string) => void;
  readonly said: (field: keyof ServiceForm) => ReactNode;
}

/** The broker takes each rate above none; this is far below what anybody sets. */
const LEAST_RATE = 0.001;

type TextField = "name" | "host" | "units" | "routes" | "product_name";
type NumberField = { [Key in keyof ServiceForm]: ServiceForm[Key] extends Numeric ? Key : never }[keyof ServiceForm] &
  keyof typeof texts.en;

/** The fields of a service: those that its protocol has. */
export function ServiceFields(props: FieldsProps) {
  const t = useTexts(texts);
  const unit = useTexts(unitTexts);
  const { form, set, choose, said } = props;
  const fields = fieldsOf(form.protocol);
  const text = (name: TextField) => ({
    value: form[name],
    error: said(name),
    autoComplete: "off",
    autoCapitalize: "none",
    spellCheck: false,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => {
      set({ [name]: event.currentTarget.value });
    },
  });
  return (
    <>
      <div className={classes.pair}>
        <Select
          label={t("protocol")}
          withAsterisk
          searchable
          allowDeselect={false}
          data={[
            { group: t("guarded"), items: [...guarded] },
            { group: t("opaque"), items: [...opaque] },
          ]}
          value={form.protocol}
          error={said("protocol")}
          nothingFoundMessage={t("none_such")}
          onChange={(protocol) => {
            if (protocol !== null) choose(protocol);
          }}
        />
        <TextInput label={t("name")} withAsterisk maxLength={63} {...text("name")} />
      </div>
      <TextInput
        label={t(fields.isSerial ? "serial" : "host")}
        description={t(fields.isSerial ? "serial_hint" : "host_hint")}
        withAsterisk
        maxLength={253}
        {...text("host")}
      />
      <Figure
        {...props}
        name="port"
        min={1}
        max={65_535}
        isNeeded
        hint={fields.isSerial ? t("port_serial_hint") : ""}
      />
      {fields.hasUnits ? (
        <TextInput
          label={t("units", { unit: unit(unitOf(form.protocol)) })}
          description={t("units_hint")}
          {...text("units")}
        />
      ) : null}
      {fields.route === null ? null : (
        <TextInput label={t("routes")} description={t("routes_hint", fields.route)} {...text("routes")} />
      )}
      <fieldset className={classes.group}>
        <legend>{t("limits")}</legend>
        <div className={classes.pair}>
          <Figure {...props} name="max_streams" min={1} max={256} isNeeded hint={t("max_streams_hint")} />
          <Figure {...props} name="max_rate" min={LEAST_RATE} max={10_000} hint={t("as_policy_hint")} isWhole={false} />
        </div>
        <div className={classes.pair}>
          <Figure {...props} name="idle_seconds" min={10} max={86_400} hint={t("as_policy_hint")} />
          <Figure {...props} name="device_timeout_seconds" min={1} max={600} isNeeded hint={t("device_timeout_hint")} />
        </div>
      </fieldset>
      {fields.identity === null ? null : (
        <fieldset className={classes.group}>
          <legend>{t("identity")}</legend>
          <Checkbox
            label={t("is_told")}
            description={t("is_told_hint")}
            checked={form.isTold}
            onChange={(event) => {
              set({ isTold: event.currentTarget.checked });
            }}
          />
          {form.isTold ? (
            <>
              <div className={classes.pair}>
                {fields.identity.map((name) => (
                  <Figure key={name} {...props} name={name} min={0} max={4_294_967_295} isNeeded />
                ))}
                {form.protocol === "bacnet" ? (
                  <>
                    <Figure {...props} name="max_apdu" min={50} max={1476} />
                    <Select
                      label={t("segmentation")}
                      allowDeselect={false}
                      data={SEGMENTATIONS.map((value) => ({ value, label: t(value) }))}
                      value={form.segmentation}
                      onChange={(segmentation) => {
                        if (segmentation !== null) set({ segmentation: segmentation });
                      }}
                    />
                  </>
                ) : null}
              </div>
              {form.protocol === "enip" ? (
                <TextInput label={t("product_name")} maxLength={32} {...text("product_name")} />
              ) : null}
            </>
          ) : null}
        </fieldset>
      )}
    </>
  );
}

interface FigureProps extends FieldsProps {
  readonly name: NumberField;
  readonly min: number;
  readonly max: number;
  readonly isNeeded?: boolean;
  readonly isWhole?: boolean;
  readonly hint?: string;
}

function Figure({ form, set, said, name, min, max, isNeeded = false, isWhole = true, hint = "" }: FigureProps) {
  const t = useTexts(texts);
  return (
    <NumberInput
      label={t(name)}
      {...(hint === "" ? {} : { description: hint })}
      withAsterisk={isNeeded}
      min={min}
      max={max}
      allowDecimal={!isWhole}
      allowNegative={false}
      hideControls
      value={form[name]}
      error={said(name)}
      onChange={(value) => {
        set({ [name]: value === "" ? "" : Number(value) });
      }}
    />
  );
}
