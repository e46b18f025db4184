import { Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconBell } from "@tabler/icons-react";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import type { Session } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Asking } from "../../ui/Asking";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Dialog } from "../../ui/Dialog";
import { DialogForm, ReasonField } from "../../ui/DialogForm";
import { useApiForm } from "../../ui/form";
import { MoreTime } from "../../ui/MoreTime";
import { Cut } from "../../ui/red/RedButtons";
import { useToast } from "../../ui/toasts";
import { texts } from "./texts";

const LONGEST_TEXT = 500;

/** What one may do about a session that runs. */
export function Acts({ session }: { readonly session: Session }) {
  const me = useMe();
  const isOwn = me.id === session.user;
  const mayCut = me.may("sessions:cut") && !isOwn;
  const mayExtend = isOwn || me.may("requests:decide");
  return (
    <>
      {mayCut ? <Warn session={session} /> : null}
      {mayExtend ? <MoreTime session={session.id} isOwn={isOwn} /> : null}
      {isOwn ? <End session={session} /> : null}
      {mayCut ? <Cut session={session} /> : null}
    </>
  );
}

function End({ session }: { readonly session: Session }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  return (
    <Asking
      button={(ask) => (
        <Button variant="default" onClick={ask}>
          {t("end")}
        </Button>
      )}
      dialog={(close) => (
        <ConfirmDialog
          title={t("end_title")}
          action={t("end")}
          reason="none"
          confirm={async () => {
            await answer(api.POST("/api/v1/sessions/{session}/end", { params: { path: { session: session.id } } }));
            await cache.invalidateQueries({ queryKey: ["sessions"] });
            say(t("end_done"));
          }}
          close={close}
        >
          <Text>{t("end_text", { asset: session.asset_name })}</Text>
        </ConfirmDialog>
      )}
    />
  );
}

function Warn({ session }: { readonly session: Session }) {
  const t = useTexts(texts);
  return (
    <Asking
      button={(ask) => (
        <Button variant="default" leftSection={<IconBell size={17} aria-hidden />} onClick={ask}>
          {t("warn")}
        </Button>
      )}
      dialog={(close) => <WarnDialog session={session} close={close} />}
    />
  );
}

interface DialogProps {
  readonly session: Session;
  readonly close: () => void;
}

function WarnDialog({ session, close }: DialogProps) {
  const t = useTexts(texts);
  const say = useToast();
  const form = useApiForm({
    initial: { text: "" },
    check: ({ text }) => ({
      text:
        text.trim() === ""
          ? t("warn_needed")
          : text.length > LONGEST_TEXT
            ? t("too_long", { most: LONGEST_TEXT })
            : null,
    }),
    send: ({ text }) =>
      answer(
        api.POST("/api/v1/sessions/{session}/warn", {
          params: { path: { session: session.id } },
          body: { text: text.trim() },
        }),
      ),
    done: () => {
      say(t("warn_done"));
      close();
    },
  });
  return (
    <Dialog title={t("warn_title", { user: session.user_name })} close={close}>
      <DialogForm form={form} action={t("warn_action")} close={close}>
        <Text size="sm">{t("warn_text")}</Text>
        <ReasonField label={t("warn_label")} {...form.fields.getInputProps("text")} />
      </DialogForm>
    </Dialog>
  );
}
