import { TextInput } from "@mantine/core";

import { useTexts } from "../../i18n/language";
import type { ApiForm } from "../../ui/form";
import { texts } from "./texts";

interface NameFieldsProps {
  readonly fields: Pick<ApiForm<{ name: string; display_name: string }>["fields"], "getInputProps">;
}

/** What a new group or organization is called: in policies and commands, and by people. */
export function NameFields({ fields }: NameFieldsProps) {
  const t = useTexts(texts);
  return (
    <>
      <TextInput
        label={t("short_name")}
        description={t("short_name_hint")}
        withAsterisk
        autoCapitalize="none"
        spellCheck={false}
        maxLength={63}
        data-autofocus
        {...fields.getInputProps("name")}
      />
      <TextInput label={t("display_name")} maxLength={200} {...fields.getInputProps("display_name")} />
    </>
  );
}
