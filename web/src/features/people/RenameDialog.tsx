import { TextInput } from "@mantine/core";

import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import { DialogForm } from "../../ui/DialogForm";
import { useApiForm } from "../../ui/form";
import { faultTexts, texts } from "./texts";

interface RenameProps {
  readonly present: string;
  readonly save: (name: string) => Promise<unknown>;
  readonly close: () => void;
}

/** Gives a group or an organization another display name. */
export function RenameDialog({ present, save, close }: RenameProps) {
  const t = useTexts(texts);
  const fault = useTexts(faultTexts);
  const form = useApiForm({
    initial: { display_name: present },
    check: ({ display_name }) => ({ display_name: display_name.trim() === "" ? fault("needed") : null }),
    send: ({ display_name }) => save(display_name.trim()),
    done: close,
  });
  return (
    <Dialog title={t("rename")} close={close}>
      <DialogForm form={form} action={t("save")} close={close}>
        <TextInput
          label={t("display_name")}
          maxLength={200}
          data-autofocus
          {...form.fields.getInputProps("display_name")}
        />
      </DialogForm>
    </Dialog>
  );
}
