import { Button, Divider, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { IconFingerprint } from "@tabler/icons-react";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { canUsePasskeys, showPasskey } from "../../api/passkeys";
import type { ApiError } from "../../api/problems";
import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import { useApiForm } from "../../ui/form";
import { Problem } from "../../ui/Problem";
import { PasskeyProblem } from "./PasskeyProblem";
import { texts } from "./texts";

interface StepUpProps {
  readonly refusal: ApiError;
  /** The waiting call is made again after `true`, and refused after `false`. */
  readonly settle: (isProved: boolean) => void;
}

/** Asks for the second factor over whatever page needed it. */
export default function StepUp({ refusal, settle }: StepUpProps) {
  const t = useTexts(texts);
  const me = useMe();
  const methods = refusal.texts("methods");
  const accepts = (method: string) => methods.length === 0 || methods.includes(method);
  const proved = () => {
    settle(true);
  };
  const hasPasskey = accepts("passkey") && me.passkeys > 0 && canUsePasskeys();
  return (
    <Dialog
      title={t("step_up")}
      close={() => {
        settle(false);
      }}
    >
      <Stack gap="md">
        <Text>{t("step_up_text")}</Text>
        {hasPasskey ? <ByPasskey proved={proved} /> : null}
        {hasPasskey && accepts("totp") ? <Divider label={t("or")} /> : null}
        {accepts("totp") ? <ByCode proved={proved} /> : null}
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() => {
              settle(false);
            }}
          >
            {t("cancel")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function ByCode({ proved }: { readonly proved: () => void }) {
  const t = useTexts(texts);
  const form = useApiForm({
    initial: { otp: "" },
    check: ({ otp }) => ({ otp: /^[0-9]{6}$/.test(otp) ? null : t("code_form") }),
    send: ({ otp }) => answer(api.POST("/api/v1/auth/step-up", { body: { otp } })),
    done: proved,
  });
  return (
    <form onSubmit={form.submit}>
      <Stack gap="sm">
        <TextInput
          label={t("code")}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          data-autofocus
          {...form.fields.getInputProps("otp")}
        />
        <Problem error={form.error} />
        <Button type="submit" loading={form.isSending} fullWidth>
          {t("confirm")}
        </Button>
      </Stack>
    </form>
  );
}

function ByPasskey({ proved }: { readonly proved: () => void }) {
  const t = useTexts(texts);
  const showing = useMutation({
    mutationFn: async () => {
      const { ceremony, options } = await answer(api.POST("/api/v1/auth/step-up/passkey/options"));
      const credential = await showPasskey(options);
      return answer(api.POST("/api/v1/auth/step-up/passkey", { body: { ceremony, credential } }));
    },
    onSuccess: proved,
  });
  return (
    <Stack gap="sm">
      <Button
        leftSection={<IconFingerprint size={18} aria-hidden />}
        loading={showing.isPending}
        onClick={() => {
          showing.mutate();
        }}
      >
        {t("by_passkey")}
      </Button>
      <PasskeyProblem error={showing.error} />
    </Stack>
  );
}
