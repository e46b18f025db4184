import { Button, Chip, Group, NumberInput, Stack, Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconAlarmPlus, IconBell, IconPlugConnectedX } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import type { Session } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Dialog } from "../../ui/Dialog";
import { useApiForm } from "../../ui/form";
import { Problem } from "../../ui/Problem";
import { useToast } from "../../ui/toasts";
import { cut } from "./data";
import { texts } from "./texts";

const LONGEST_TEXT = 500;
const MINUTES = [15, 30, 60, 120];
const MOST_MINUTES = 7 * 24 * 60;

/** What one may do about a session that runs. */
export function Acts({ session }: { readonly session: Session }) {
  const me = useMe();
  const isOwn = me.id === session.user;
  const mayCut = me.may("sessions:cut") && !isOwn;
  const mayExtend = isOwn || me.may("requests:decide");
  return (
    <>
      {mayCut ? <Warn session={session} /> : null}
      {mayExtend ? <Extend session={session} isOwn={isOwn} /> : null}
      {isOwn ? <End session={session} /> : null}
      {mayCut ? <Cut session={session} /> : null}
    </>
  );
}

/** The red button of one session. */
export function Cut({ session, small = false }: { readonly session: Session; readonly small?: boolean }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const who = { user: session.user_name, asset: session.asset_name };
  return (
    <Asking
      button={(ask) => (
        <Button
          color="red"
          size={small ? "compact-sm" : "sm"}
          variant={small ? "light" : "filled"}
          leftSection={<IconPlugConnectedX size={small ? 15 : 17} aria-hidden />}
          aria-label={t("cut_of", who)}
          onClick={ask}
        >
          {t("cut")}
        </Button>
      )}
      dialog={(close) => (
        <ConfirmDialog
          title={t("cut_title")}
          action={t("cut_action")}
          isGrave
          confirm={async (reason) => {
            await cut(session.id, reason);
            await cache.invalidateQueries({ queryKey: ["sessions"] });
            say(t("cut_done"));
          }}
          close={close}
        >
          <Text>{t("cut_text", who)}</Text>
        </ConfirmDialog>
      )}
    />
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
      <form onSubmit={form.submit}>
        <Stack gap="md">
          <Text size="sm">{t("warn_text")}</Text>
          <Textarea
            label={t("warn_label")}
            autosize
            minRows={2}
            maxRows={8}
            data-autofocus
            {...form.fields.getInputProps("text")}
          />
          <Problem error={form.error} />
          <Buttons action={t("warn_action")} isSending={form.isSending} close={close} />
        </Stack>
      </form>
    </Dialog>
  );
}

function Extend({ session, isOwn }: { readonly session: Session; readonly isOwn: boolean }) {
  const t = useTexts(texts);
  return (
    <Asking
      button={(ask) => (
        <Button variant="default" leftSection={<IconAlarmPlus size={17} aria-hidden />} onClick={ask}>
          {t("extend")}
        </Button>
      )}
      dialog={(close) => <ExtendDialog session={session} isOwn={isOwn} close={close} />}
    />
  );
}

function ExtendDialog({ session, isOwn, close }: DialogProps & { readonly isOwn: boolean }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const form = useApiForm({
    initial: { duration: 30, reason: "" },
    check: ({ reason }) => ({
      reason:
        reason.trim() === ""
          ? t("needed")
          : reason.length > LONGEST_TEXT
            ? t("too_long", { most: LONGEST_TEXT })
            : null,
    }),
    send: ({ duration, reason }) =>
      answer(
        api.POST("/api/v1/sessions/{session}/extensions", {
          params: { path: { session: session.id } },
          body: { duration: duration * 60, reason: reason.trim() },
        }),
      ),
    done: (extension) => {
      say(t(extension.state === "approved" ? "extend_given" : "extend_asked"));
      void cache.invalidateQueries({ queryKey: ["sessions"] });
      close();
    },
  });
  const { duration } = form.fields.getValues();
  return (
    <Dialog title={t(isOwn ? "extend_own_title" : "extend_title")} close={close}>
      <form onSubmit={form.submit}>
        <Stack gap="md">
          <Text size="sm">{t(isOwn ? "extend_own_text" : "extend_text")}</Text>
          <Group align="end" gap="sm">
            <Chip.Group
              value={String(duration)}
              onChange={(value) => {
                form.fields.setFieldValue("duration", Number(value));
              }}
            >
              {MINUTES.map((minutes) => (
                <Chip key={minutes} size="sm" value={String(minutes)}>
                  {t("minutes", { count: minutes })}
                </Chip>
              ))}
            </Chip.Group>
            <NumberInput
              label={t("extend_minutes")}
              w={110}
              min={1}
              max={MOST_MINUTES}
              allowDecimal={false}
              {...form.fields.getInputProps("duration")}
            />
          </Group>
          <Textarea
            label={t("reason")}
            autosize
            minRows={2}
            maxRows={8}
            data-autofocus
            {...form.fields.getInputProps("reason")}
          />
          <Problem error={form.error} />
          <Buttons action={t(isOwn ? "extend_own_action" : "extend_action")} isSending={form.isSending} close={close} />
        </Stack>
      </form>
    </Dialog>
  );
}

interface ButtonsProps {
  readonly action: string;
  readonly isSending: boolean;
  readonly close: () => void;
}

function Buttons({ action, isSending, close }: ButtonsProps) {
  const t = useTexts(texts);
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={close}>
        {t("cancel")}
      </Button>
      <Button type="submit" loading={isSending}>
        {action}
      </Button>
    </Group>
  );
}

interface AskingProps {
  readonly button: (ask: () => void) => ReactNode;
  readonly dialog: (close: () => void) => ReactNode;
}

/** A button, and the dialog that it opens. */
export function Asking({ button, dialog }: AskingProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      {button(() => {
        setIsOpen(true);
      })}
      {isOpen
        ? dialog(() => {
            setIsOpen(false);
          })
        : null}
    </>
  );
}
