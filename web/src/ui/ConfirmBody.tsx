import type { ReactNode } from "react";

import { Dialog } from "./Dialog";
import { DialogForm, ReasonField, useReasonCheck } from "./DialogForm";
import { useApiForm } from "./form";

export interface ConfirmProps {
  readonly title: string;
  /** What will happen, to whom. */
  readonly children?: ReactNode;
  /** The verb on the button: "Cut the session", never "OK". */
  readonly action: string;
  readonly isGrave?: boolean;
  /** Whether one knows enough to say yes; until then the button waits. */
  readonly isReady?: boolean;
  /** Whether a reason must be typed; the reason goes to `confirm`. */
  readonly reason?: "needed" | "none";
  readonly confirm: (reason: string) => Promise<unknown>;
  readonly close: () => void;
}

/** The dialog of `ConfirmDialog`: loaded when it is first opened. */
export default function ConfirmBody(props: ConfirmProps) {
  const { title, children, reason = "needed", confirm, close, ...said } = props;
  const checkReason = useReasonCheck();
  const form = useApiForm({
    initial: { reason: "" },
    check: (values) => (reason === "none" ? {} : { reason: checkReason(values.reason) }),
    send: (values) => confirm(values.reason.trim()),
    done: close,
  });
  return (
    <Dialog title={title} close={close}>
      <DialogForm form={form} close={close} {...said}>
        {children}
        {reason === "none" ? null : <ReasonField {...form.fields.getInputProps("reason")} />}
      </DialogForm>
    </Dialog>
  );
}
