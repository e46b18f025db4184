import { Button, Group, Stack, Textarea } from "@mantine/core";
import type { ReactNode } from "react";

import { LONGEST_REASON } from "../api/limits";
import { useTexts } from "../i18n/language";
import { Dialog } from "./Dialog";
import { useApiForm } from "./form";
import { Problem } from "./Problem";
import { confirmDialogTexts } from "./texts";

export interface ConfirmProps {
  readonly title: string;
  /** What will happen, to whom. */
  readonly children?: ReactNode;
  /** The verb on the button: "Cut the session", never "OK". */
  readonly action: string;
  readonly isGrave?: boolean;
  /** Whether a reason must be typed; the reason goes to `confirm`. */
  readonly reason?: "needed" | "none";
  readonly confirm: (reason: string) => Promise<unknown>;
  readonly close: () => void;
}

/** The dialog of `ConfirmDialog`: loaded when it is first opened. */
export default function ConfirmBody(props: ConfirmProps) {
  const { title, children, action, isGrave = false, reason = "needed", confirm, close } = props;
  const t = useTexts(confirmDialogTexts);
  const form = useApiForm({
    initial: { reason: "" },
    check: (values) =>
      reason === "none"
        ? {}
        : {
            reason:
              values.reason.trim() === ""
                ? t("needed")
                : values.reason.length > LONGEST_REASON
                  ? t("long", { most: LONGEST_REASON })
                  : null,
          },
    send: (values) => confirm(values.reason.trim()),
    done: close,
  });
  return (
    <Dialog title={title} close={close}>
      <form onSubmit={form.submit}>
        <Stack gap="md">
          {children}
          {reason === "none" ? null : (
            <Textarea
              label={t("reason")}
              autosize
              minRows={2}
              maxRows={8}
              data-autofocus
              {...form.fields.getInputProps("reason")}
            />
          )}
          <Problem error={form.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={form.isSending} {...(isGrave ? { color: "red" } : {})}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
