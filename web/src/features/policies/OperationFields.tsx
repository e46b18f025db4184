import { Autocomplete, Button, Checkbox, Select, TextInput } from "@mantine/core";

import { useTexts } from "../../i18n/language";
import { TIERS } from "../../ui/tiers";
import { unitOf } from "../../ui/units";
import { tierTexts, unitTexts } from "../../ui/words";
import classes from "./policies.module.css";
import type { Operation } from "./question";
import { wordsOf } from "./protocols";
import { texts } from "./texts";

const NUMBERS = ["unit", "address", "count", "value"] as const;

interface OperationFieldsProps {
  readonly operation: Operation | null;
  /** Of the service that is asked about; null while there is none. */
  readonly protocol: string | null;
  readonly change: (operation: Operation | null) => void;
  readonly begin: () => void;
}

/** One operation on the wire, as far as one wants to say: "write 21 into holding register 100 of unit 1". */
export function OperationFields({ operation, protocol, change, begin }: OperationFieldsProps) {
  const t = useTexts(texts);
  const tier = useTexts(tierTexts);
  const unit = useTexts(unitTexts);
  const words = wordsOf(protocol);
  if (operation === null) {
    return (
      <Button variant="default" onClick={begin}>
        {t("operation_begin")}
      </Button>
    );
  }
  const set = (part: Partial<Operation>) => {
    change({ ...operation, ...part });
  };
  return (
    <fieldset className={classes.operation}>
      <legend>{t("operation")}</legend>
      <Select
        label={t("op_tier")}
        data={TIERS.map((each) => ({ value: each, label: tier(each) }))}
        value={operation.tier}
        allowDeselect={false}
        onChange={(next) => {
          if (next !== null) set({ tier: next });
        }}
      />
      <Autocomplete
        label={t("op_table")}
        placeholder={words.tables[0] ?? ""}
        data={[...words.tables]}
        value={operation.table}
        maxLength={50}
        onChange={(table) => {
          set({ table });
        }}
      />
      <div className={classes.numbers}>
        {NUMBERS.filter((name) => name !== "unit" || words.unit !== null || operation.unit !== "").map((name) => (
          <TextInput
            key={name}
            label={name === "unit" ? unit(unitOf(protocol ?? "")) : t(`op_${name}`)}
            inputMode="decimal"
            value={operation[name]}
            maxLength={20}
            error={operation[name] !== "" && !Number.isFinite(Number(operation[name])) ? t("no_number") : null}
            onChange={(event) => {
              set({ [name]: event.currentTarget.value });
            }}
          />
        ))}
      </div>
      <details
        className={classes.more}
        open={words.isNamed || operation.name !== "" || operation.route !== "" || operation.upload}
      >
        <summary>{t("op_more")}</summary>
        <div className={classes.operationMore}>
          <TextInput
            label={t("op_name")}
            placeholder={words.name}
            value={operation.name}
            maxLength={400}
            spellCheck={false}
            onChange={(event) => {
              set({ name: event.currentTarget.value });
            }}
          />
          {words.route === null && operation.route === "" ? null : (
            <TextInput
              label={t("op_route")}
              placeholder={words.route?.example ?? ""}
              value={operation.route}
              maxLength={128}
              spellCheck={false}
              onChange={(event) => {
                set({ route: event.currentTarget.value });
              }}
            />
          )}
          <Checkbox
            label={t("op_upload")}
            checked={operation.upload}
            onChange={(event) => {
              set({ upload: event.currentTarget.checked });
            }}
          />
        </div>
      </details>
      <div>
        <Button
          variant="subtle"
          size="xs"
          onClick={() => {
            change(null);
          }}
        >
          {t("operation_end")}
        </Button>
      </div>
    </fieldset>
  );
}
