import { Anchor, Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { IconFingerprint } from "@tabler/icons-react";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { canUsePasskeys, PasskeyError, showPasskey } from "../../api/passkeys";
import { useTexts } from "../../i18n/language";
import { useApiForm } from "../../ui/form";
import { Problem } from "../../ui/Problem";
import { userIn } from "./address";
import { texts } from "./texts";

interface CredentialsProps {
  readonly username: string | undefined;
  readonly signedIn: () => void;
  /** The password was right, and there is no second factor yet. */
  readonly enrol: (token: string) => void;
}

const CODE = /^[0-9]{6}$/;

/** Password and code, or a passkey. */
export function Credentials({ username, signedIn, enrol }: CredentialsProps) {
  const t = useTexts(texts);
  const [byRecovery, setByRecovery] = useState(false);
  const form = useApiForm({
    initial: { username: username ?? userIn(location.hash), password: "", otp: "", recovery_code: "" },
    checksOnLeaving: false,
    check: (values) => ({
      username: values.username.trim() === "" ? t("needed") : null,
      password: values.password === "" ? t("needed") : null,
      otp: byRecovery || values.otp === "" || CODE.test(values.otp) ? null : t("code_form"),
      recovery_code: byRecovery && values.recovery_code.trim() === "" ? t("needed") : null,
    }),
    send: ({ username, password, otp, recovery_code }) =>
      answer(
        api.POST("/api/v1/auth/login", {
          body: {
            username: username.trim(),
            password,
            browser: true,
            ...(byRecovery ? { recovery_code: recovery_code.trim() } : otp === "" ? {} : { otp }),
          },
        }),
      ),
    done: (outcome) => {
      if ("enrolment_token" in outcome) enrol(outcome.enrolment_token);
      else signedIn();
    },
  });
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput
          label={t("username")}
          autoComplete="username webauthn"
          autoCapitalize="none"
          spellCheck={false}
          readOnly={username !== undefined}
          autoFocus={username === undefined}
          {...form.fields.getInputProps("username")}
        />
        <PasswordInput
          label={t("password")}
          autoComplete="current-password"
          {...(username === undefined ? {} : { "data-autofocus": true })}
          {...form.fields.getInputProps("password")}
        />
        {byRecovery ? (
          <TextInput
            key="recovery"
            label={t("recovery_code")}
            description={t("recovery_hint")}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...form.fields.getInputProps("recovery_code")}
          />
        ) : (
          <TextInput
            key="otp"
            label={t("code")}
            description={t("code_hint")}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            {...form.fields.getInputProps("otp")}
          />
        )}
        <Problem error={form.error} />
        <Button type="submit" loading={form.isSending} fullWidth>
          {t("sign_in")}
        </Button>
        <Anchor
          component="button"
          type="button"
          size="sm"
          onClick={() => {
            setByRecovery(!byRecovery);
          }}
        >
          {byRecovery ? t("use_app") : t("use_recovery")}
        </Anchor>
        {canUsePasskeys() ? <WithPasskey signedIn={signedIn} /> : null}
      </Stack>
    </form>
  );
}

/** A passkey says who comes and proves it: neither name nor password. */
function WithPasskey({ signedIn }: { readonly signedIn: () => void }) {
  const t = useTexts(texts);
  const showing = useMutation({
    mutationFn: async () => {
      const { ceremony, options } = await answer(api.POST("/api/v1/auth/passkeys/login/options"));
      const credential = await showPasskey(options);
      return answer(api.POST("/api/v1/auth/passkeys/login", { body: { ceremony, credential, browser: true } }));
    },
    onSuccess: signedIn,
  });
  const failure = showing.error;
  return (
    <>
      <Divider label={t("or")} />
      <Button
        variant="default"
        fullWidth
        leftSection={<IconFingerprint size={18} aria-hidden />}
        loading={showing.isPending}
        onClick={() => {
          showing.mutate();
        }}
      >
        {t("with_passkey")}
      </Button>
      {failure instanceof PasskeyError ? (
        <p role="alert">{failure.reason === "cancelled" ? t("passkey_cancelled") : t("passkey_impossible")}</p>
      ) : (
        <Problem error={failure} />
      )}
    </>
  );
}
