import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import { useApiForm } from "../../ui/form";
import { Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import RecoveryCodes from "../../ui/RecoveryCodes";
import { texts } from "./texts";

/** How many recovery codes are left, and new ones in exchange for a code of the app. */
export function Recovery() {
  const t = useTexts(texts);
  const me = useMe();
  const cache = useQueryClient();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const form = useApiForm({
    initial: { otp: "" },
    check: ({ otp }) => ({ otp: /^[0-9]{6}$/.test(otp) ? null : t("code_form") }),
    send: ({ otp }) => answer(api.POST("/api/v1/auth/recovery-codes", { body: { otp } })),
    done: ({ recovery_codes }) => {
      setCodes(recovery_codes);
      form.reset();
      void cache.invalidateQueries({ queryKey: ["me"] });
    },
  });
  return (
    <Panel title={t("recovery")}>
      <form onSubmit={form.submit}>
        <Stack gap="sm">
          <Text size="sm">
            <strong>{t("recovery_left", { count: me.recovery_codes_left })}</strong> {t("recovery_lead")}
          </Text>
          <TextInput
            label={t("code")}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            {...form.fields.getInputProps("otp")}
          />
          <Problem error={form.error} />
          <Button type="submit" variant="default" loading={form.isSending}>
            {t("new_codes")}
          </Button>
        </Stack>
      </form>
      {codes === null ? null : (
        <Dialog title={t("recovery")}>
          <RecoveryCodes
            codes={codes}
            kept={() => {
              setCodes(null);
            }}
          />
        </Dialog>
      )}
    </Panel>
  );
}
