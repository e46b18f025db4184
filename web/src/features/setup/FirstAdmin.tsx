import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";

import { answer, api } from "../../api/client";
import { useTexts } from "../../i18n/language";
import { useApiForm } from "../../ui/form";
import { Empty } from "../../ui/Loaded";
import { Problem } from "../../ui/Problem";
import RecoveryCodes from "../../ui/RecoveryCodes";
import classes from "./Door.module.css";
import Enrolment from "./Enrolment";
import { texts } from "./texts";

/** The set-up token behind the # of the one-time link: it never left this browser, and is taken out of the address. */
function tokenOfTheLink(): string {
  const fragment = decodeURIComponent(location.hash.slice(1));
  return fragment.replace(/^token=/, "");
}

/** Makes the first admin with the broker's one-time link, then their second factor. */
export default function FirstAdmin({ done }: { readonly done: () => void }) {
  const t = useTexts(texts);
  const [token] = useState(tokenOfTheLink);
  const [enrolment, setEnrolment] = useState<string | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  useEffect(() => {
    history.replaceState(history.state, "", location.pathname);
  }, []);
  if (token === "") return <Empty title={t("setup_token_missing")}>{t("setup_token_missing_text")}</Empty>;
  if (codes !== null) {
    const finish = () => {
      history.replaceState(null, "", "/");
      done();
    };
    return <RecoveryCodes codes={codes} kept={finish} />;
  }
  return enrolment === null ? (
    <NewAdmin token={token} made={setEnrolment} />
  ) : (
    <Enrolment token={enrolment} enrolled={setCodes} />
  );
}

function NewAdmin({ token, made }: { readonly token: string; readonly made: (enrolment: string) => void }) {
  const t = useTexts(texts);
  const form = useApiForm({
    initial: { username: "admin", password: "", repeated: "" },
    check: (values) => ({
      username: values.username.trim() === "" ? t("needed") : null,
      password: values.password === "" ? t("needed") : null,
      repeated: values.password === values.repeated ? null : t("different"),
    }),
    send: ({ username, password }) =>
      answer(api.POST("/api/v1/setup", { body: { token, username: username.trim(), password } })),
    done: (outcome) => {
      if ("enrolment_token" in outcome) made(outcome.enrolment_token);
    },
  });
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <div>
          <h2 className={classes.title}>{t("setup_title")}</h2>
          <Text c="dimmed">{t("setup_lead")}</Text>
        </div>
        <TextInput
          label={t("username")}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          {...form.fields.getInputProps("username")}
        />
        <PasswordInput
          label={t("password")}
          description={t("password_hint")}
          autoComplete="new-password"
          {...form.fields.getInputProps("password")}
        />
        <PasswordInput label={t("repeat")} autoComplete="new-password" {...form.fields.getInputProps("repeated")} />
        <Problem error={form.error} />
        <Button type="submit" loading={form.isSending} fullWidth>
          {t("go_on")}
        </Button>
      </Stack>
    </form>
  );
}
