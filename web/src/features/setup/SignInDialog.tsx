import { Button, Stack, Text } from "@mantine/core";

import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import SignIn from "./SignIn";
import { texts } from "./texts";

interface SignInDialogProps {
  readonly username: string;
  readonly done: () => void;
  readonly leave: () => void;
}

/** Stands over a page whose login has ended. It closes by signing in, or by leaving the page with what was typed. */
export default function SignInDialog({ username, done, leave }: SignInDialogProps) {
  const t = useTexts(texts);
  return (
    <Dialog title={t("again")}>
      <Stack gap="md">
        <Text>{t("again_text", { name: username })}</Text>
        <SignIn username={username} done={done} />
        <Button variant="subtle" color="gray" onClick={leave}>
          {t("leave")}
        </Button>
      </Stack>
    </Dialog>
  );
}
