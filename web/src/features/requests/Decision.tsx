import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconCheck, IconScissors, IconX } from "@tabler/icons-react";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { asApiError } from "../../api/problems";
import type { AccessRequest } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeDuration } from "../../i18n/times";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Dialog } from "../../ui/Dialog";
import { useApiForm } from "../../ui/form";
import { Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { RulesView } from "../../ui/RulesView";
import { useToast } from "../../ui/toasts";
import { NarrowDialog } from "./NarrowDialog";
import classes from "./requests.module.css";
import { Fingerprint } from "./Terms";
import { texts } from "./texts";

type Act = "approve" | "narrow" | "deny";

/** Whether somebody's word is still asked for: one of their groups is short, and they have not said yes to these terms. */
export function isAsked(
  request: AccessRequest,
  me: { readonly id: string; readonly groups: readonly string[] },
): boolean {
  const isShort = request.approvals_needed.some(({ group, count, met }) => met < count && me.groups.includes(group));
  const hasSpoken = request.approvals.some(({ approver }) => approver === me.id);
  return request.state === "pending" && request.user !== me.id && isShort && !hasSpoken;
}

/** Yes, less, or no. On a phone the buttons lie under the thumb. */
export function Decision({ request }: { readonly request: AccessRequest }) {
  const t = useTexts(texts);
  const me = useMe();
  const [act, setAct] = useState<Act | null>(null);
  if (!me.may("requests:decide") || !isAsked(request, me)) return null;
  const close = () => {
    setAct(null);
  };
  return (
    <>
      <div className={classes.room} />
      <div className={classes.decisionPanel}>
        <div className={classes.decision}>
          <Button
            size="md"
            leftSection={<IconCheck size={18} aria-hidden />}
            onClick={() => {
              setAct("approve");
            }}
          >
            {t("approve")}
          </Button>
          <div className={classes.decisionRow}>
            <Button
              size="md"
              variant="default"
              leftSection={<IconScissors size={17} aria-hidden />}
              onClick={() => {
                setAct("narrow");
              }}
            >
              {t("narrow")}
            </Button>
            <Button
              size="md"
              variant="default"
              leftSection={<IconX size={17} aria-hidden />}
              onClick={() => {
                setAct("deny");
              }}
            >
              {t("deny")}
            </Button>
          </div>
        </div>
        {act === "approve" ? <ApproveDialog request={request} close={close} /> : null}
        {act === "narrow" ? <NarrowDialog request={request} close={close} /> : null}
        {act === "deny" ? <DenyDialog request={request} close={close} /> : null}
      </div>
    </>
  );
}

interface ActProps {
  readonly request: AccessRequest;
  readonly close: () => void;
}

/** The yes goes with the hash of the terms that were on the screen: whatever changed since is refused, and shown. */
function ApproveDialog({ request, close }: ActProps) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const say = useToast();
  const cache = useQueryClient();
  const [read] = useState(request);
  const form = useApiForm({
    initial: { comment: "" },
    send: ({ comment }) =>
      answer(
        api.POST("/api/v1/requests/{request}/approve", {
          params: { path: { request: read.id } },
          body: { hash: read.hash, comment: comment.trim() },
        }),
      ).finally(() => cache.invalidateQueries({ queryKey: ["requests"] })),
    done: () => {
      say(t("approved_done"));
      close();
    },
  });
  const hasChanged = asApiError(form.error)?.code === "request_changed" || request.hash !== read.hash;
  return (
    <Dialog title={t("approve_title")} close={close}>
      <form onSubmit={form.submit}>
        <Stack gap="md">
          <Text>
            {t("approve_text", {
              who: read.user_name,
              what: `${read.asset_name} · ${read.service_name}`,
              duration: writeDuration(read.duration, language),
            })}
          </Text>
          <Panel>
            <RulesView rules={read.rules} />
          </Panel>
          <div>
            <span className={classes.hint}>{t("terms")} </span>
            <Fingerprint hash={read.hash} />
          </div>
          <TextInput
            label={t("comment")}
            description={t("comment_hint")}
            maxLength={500}
            {...form.fields.getInputProps("comment")}
          />
          {hasChanged ? <Text role="alert">{t("changed")}</Text> : null}
          <Problem error={form.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={form.isSending} disabled={hasChanged}>
              {t("approve")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function DenyDialog({ request, close }: ActProps) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  return (
    <ConfirmDialog
      title={t("deny_title")}
      action={t("deny")}
      isGrave
      close={close}
      confirm={async (reason) => {
        await answer(
          api.POST("/api/v1/requests/{request}/deny", {
            params: { path: { request: request.id } },
            body: { reason },
          }),
        );
        await cache.invalidateQueries({ queryKey: ["requests"] });
        say(t("denied_done"));
      }}
    >
      <Text>{t("deny_text", { who: request.user_name })}</Text>
    </ConfirmDialog>
  );
}
