import { Button, Group, Stack, Textarea, type TextareaProps } from "@mantine/core";
import type { ReactNode } from "react";

import { LONGEST_REASON } from "../api/limits";
import { useTexts } from "../i18n/language";
import type { ApiForm } from "./form";
import { Problem } from "./Problem";
import { dialogFormTexts } from "./texts";

interface DialogFormProps {
  readonly form: Pick<ApiForm<object>, "submit" | "isSending" | "error">;
  /** The verb on the button: "Cut the session", never "OK". */
  readonly action: string;
  readonly icon?: ReactNode;
  readonly isGrave?: boolean;
  /** Whether one knows enough to say yes; until then the button waits. */
  readonly isReady?: boolean;
  /** What is said of a refusal, where it is not said as everywhere. */
  readonly problem?: ReactNode;
  readonly close: () => void;
  readonly children?: ReactNode;
}

/** What a dialog asks, what came of it, and its two buttons. */
export function DialogForm(props: DialogFormProps) {
  const { form, action, icon, isGrave = false, isReady = true, close, children } = props;
  const { problem = <Problem error={form.error} /> } = props;
  const t = useTexts(dialogFormTexts);
  return (
    <form noValidate onSubmit={form.submit}>
      <Stack gap="md">
        {children}
        {problem}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("cancel")}
          </Button>
          <Button
            type="submit"
            disabled={!isReady}
            loading={form.isSending}
            leftSection={icon}
            {...(isGrave ? { color: "red" } : {})}
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Where somebody says why: `<ReasonField {...form.fields.getInputProps("reason")} />`. */
export function ReasonField(props: TextareaProps) {
  const t = useTexts(dialogFormTexts);
  return <Textarea label={t("reason")} autosize minRows={2} maxRows={8} data-autofocus {...props} />;
}

/** What is wrong with a reason; null where it will do. */
export function useReasonCheck(): (reason: string) => string | null {
  const t = useTexts(dialogFormTexts);
  return (reason) => {
    if (reason.trim() === "") return t("needed");
    return reason.length > LONGEST_REASON ? t("long", { most: LONGEST_REASON }) : null;
  };
}
