import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { useApiForm } from "../../ui/form";
import { Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { useToast } from "../../ui/toasts";
import { texts } from "./texts";

/** Changes the password; all other logins end by it. */
export function Password() {
  const t = useTexts(texts);
  const say = useToast();
  const me = useMe();
  const cache = useQueryClient();
  const form = useApiForm({
    initial: { current_password: "", new_password: "", repeated: "", otp: "" },
    check: (values) => ({
      current_password: values.current_password === "" ? t("needed") : null,
      new_password: values.new_password === "" ? t("needed") : null,
      repeated: values.new_password === values.repeated ? null : t("different"),
      otp: /^[0-9]{6}$/.test(values.otp) ? null : t("code_form"),
    }),
    send: ({ current_password, new_password, otp }) =>
      answer(api.POST("/api/v1/auth/password", { body: { current_password, new_password, otp } })),
    done: () => {
      form.reset();
      say(t("password_changed"));
      void cache.invalidateQueries({ queryKey: ["me"] });
    },
  });
  return (
    <Panel title={t("password")}>
      <form onSubmit={form.submit}>
        <Stack gap="sm">
          <input type="text" name="username" autoComplete="username" value={me.username} readOnly hidden />
          <PasswordInput
            label={t("current_password")}
            autoComplete="current-password"
            {...form.fields.getInputProps("current_password")}
          />
          <PasswordInput
            label={t("new_password")}
            description={t("password_hint")}
            autoComplete="new-password"
            {...form.fields.getInputProps("new_password")}
          />
          <PasswordInput label={t("repeat")} autoComplete="new-password" {...form.fields.getInputProps("repeated")} />
          <TextInput
            label={t("code")}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            {...form.fields.getInputProps("otp")}
          />
          <Problem error={form.error} />
          <Button type="submit" variant="default" loading={form.isSending}>
            {t("change_password")}
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}
