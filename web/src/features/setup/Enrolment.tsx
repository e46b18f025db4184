import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { useTexts } from "../../i18n/language";
import { CopyLine } from "../../ui/CopyLine";
import { useApiForm } from "../../ui/form";
import { Loaded } from "../../ui/Loaded";
import { Problem } from "../../ui/Problem";
import { QrCode } from "../../ui/QrCode";
import classes from "./Enrolment.module.css";
import { texts } from "./texts";

interface EnrolmentProps {
  readonly token: string;
  readonly enrolled: (recoveryCodes: readonly string[]) => void;
}

/** Sets up the authenticator app: its secret as a QR code drawn here, and its first code as the proof. */
export default function Enrolment({ token, enrolled }: EnrolmentProps) {
  const t = useTexts(texts);
  const secret = useQuery({
    queryKey: ["me", "enrolment", token],
    queryFn: () => answer(api.POST("/api/v1/auth/enrol/totp", { body: { enrolment_token: token } })),
    staleTime: Infinity,
    gcTime: 0,
    // Each call makes another secret: it is read once.
    retry: false,
    refetchOnWindowFocus: false,
  });
  const form = useApiForm({
    initial: { otp: "" },
    check: ({ otp }) => ({ otp: /^[0-9]{6}$/.test(otp) ? null : t("code_form") }),
    send: ({ otp }) =>
      answer(api.POST("/api/v1/auth/enrol/totp/confirm", { body: { enrolment_token: token, otp, browser: true } })),
    done: ({ recovery_codes }) => {
      enrolled(recovery_codes);
    },
  });
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <h2 className={classes.title}>{t("enrol_title")}</h2>
        <Text>{t("enrol_lead")}</Text>
        <Loaded query={secret}>
          {({ secret, otpauth_uri }) => (
            <>
              <div className={classes.code}>
                <QrCode text={otpauth_uri} label={t("enrol_qr")} size={208} />
              </div>
              <div>
                <Text size="sm" c="dimmed" mb={4}>
                  {t("enrol_secret")}
                </Text>
                <CopyLine text={secret} label={t("enrol_secret")} />
              </div>
              <TextInput
                label={t("first_code")}
                inputMode="numeric"
                autoComplete="one-time-code"
                maxLength={6}
                {...form.fields.getInputProps("otp")}
              />
              <Problem error={form.error} />
              <Button type="submit" loading={form.isSending} fullWidth>
                {t("confirm")}
              </Button>
            </>
          )}
        </Loaded>
      </Stack>
    </form>
  );
}
