import { Button, Chip, Group, NumberInput, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconAlarmPlus } from "@tabler/icons-react";

import { answer, api } from "../api/client";
import { useTexts } from "../i18n/language";
import { Asking } from "./Asking";
import { Dialog } from "./Dialog";
import { DialogForm, ReasonField, useReasonCheck } from "./DialogForm";
import { useApiForm } from "./form";
import { moreTimeTexts } from "./texts";
import { useToast } from "./toasts";

const MINUTES = [15, 30, 60, 120];
const MOST_MINUTES = 7 * 24 * 60;

interface MoreTimeProps {
  /** The id of a session that runs: it is the session that would end. */
  readonly session: string;
  /** Its user asks and others decide; somebody of the plant proposes, and so agrees already. */
  readonly isOwn: boolean;
}

/** More time for a session. */
export function MoreTime(props: MoreTimeProps) {
  const t = useTexts(moreTimeTexts);
  return (
    <Asking
      button={(ask) => (
        <Button variant="default" leftSection={<IconAlarmPlus size={17} aria-hidden />} onClick={ask}>
          {t("more")}
        </Button>
      )}
      dialog={(close) => <MoreTimeDialog {...props} close={close} />}
    />
  );
}

function useMoreTime(session: string, close: () => void) {
  const t = useTexts(moreTimeTexts);
  const say = useToast();
  const cache = useQueryClient();
  const checkReason = useReasonCheck();
  return useApiForm({
    initial: { duration: 30, reason: "" },
    check: ({ reason }) => ({ reason: checkReason(reason) }),
    send: ({ duration, reason }) =>
      answer(
        api.POST("/api/v1/sessions/{session}/extensions", {
          params: { path: { session } },
          body: { duration: duration * 60, reason: reason.trim() },
        }),
      ),
    done: (extension) => {
      say(t(extension.state === "approved" ? "given" : "asked"));
      void cache.invalidateQueries({ queryKey: ["sessions"] });
      close();
    },
  });
}

function MoreTimeDialog({ session, isOwn, close }: MoreTimeProps & { readonly close: () => void }) {
  const t = useTexts(moreTimeTexts);
  const form = useMoreTime(session, close);
  const { duration } = form.fields.getValues();
  return (
    <Dialog title={t(isOwn ? "own_title" : "title")} close={close}>
      <DialogForm form={form} action={t(isOwn ? "own_action" : "action")} close={close}>
        <Text size="sm">{t(isOwn ? "own_text" : "text")}</Text>
        <Group align="end" gap="sm">
          <Chip.Group
            value={String(duration)}
            onChange={(value) => {
              form.fields.setFieldValue("duration", Number(value));
            }}
          >
            {MINUTES.map((minutes) => (
              <Chip key={minutes} size="sm" value={String(minutes)}>
                {t("count", { count: minutes })}
              </Chip>
            ))}
          </Chip.Group>
          <NumberInput
            label={t("minutes")}
            w={110}
            min={1}
            max={MOST_MINUTES}
            allowDecimal={false}
            {...form.fields.getInputProps("duration")}
          />
        </Group>
        <ReasonField {...form.fields.getInputProps("reason")} />
      </DialogForm>
    </Dialog>
  );
}
