import { Button, Group, NumberInput, Stack, Text, Textarea } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";

import { answer, api } from "../../api/client";
import type { Grant, AccessRequest } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { CopyLine } from "../../ui/CopyLine";
import { Dialog } from "../../ui/Dialog";
import { Facts } from "../../ui/Facts";
import { useApiForm } from "../../ui/form";
import { Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { StateBadge } from "../../ui/states";
import { BothClocks, Countdown } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import { grantQuery, liveSessionsQuery } from "./data";
import classes from "./requests.module.css";
import { texts } from "./texts";

/** What comes next for the one who asked: wait or withdraw, connect, ask for more time, give back. */
export function OwnRequest({ request }: { readonly request: AccessRequest }) {
  const t = useTexts(texts);
  if (request.state === "pending") return <Waiting request={request} />;
  if (request.grant !== null) return <Using request={request} grant={request.grant} />;
  return (
    <Panel title={t("next")}>
      <Button component={Link} href={`/requests/new?asset=${request.asset}&service=${request.service_name}`}>
        {t("again")}
      </Button>
    </Panel>
  );
}

function Waiting({ request }: { readonly request: AccessRequest }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  const withdraw = async () => {
    await answer(api.POST("/api/v1/requests/{request}/withdraw", { params: { path: { request: request.id } } }));
    await cache.invalidateQueries({ queryKey: ["requests"] });
    say(t("withdrawn_done"));
  };
  return (
    <Panel title={t("next")}>
      <Stack gap="sm">
        <Text size="sm">{t("waits_text")}</Text>
        <Button
          variant="default"
          onClick={() => {
            setIsAsking(true);
          }}
        >
          {t("withdraw")}
        </Button>
      </Stack>
      {isAsking ? (
        <ConfirmDialog
          title={t("withdraw_title")}
          action={t("withdraw")}
          reason="none"
          confirm={withdraw}
          close={() => {
            setIsAsking(false);
          }}
        >
          <Text>{t("withdraw_text")}</Text>
        </ConfirmDialog>
      ) : null}
    </Panel>
  );
}

function Using({ request, grant }: { readonly request: AccessRequest; readonly grant: string }) {
  const t = useTexts(texts);
  const found = useQuery(grantQuery(grant));
  return (
    <Panel title={t("use")}>
      <Loaded query={found}>{(shown) => <Usable request={request} grant={shown} />}</Loaded>
    </Panel>
  );
}

function Usable({ request, grant }: { readonly request: AccessRequest; readonly grant: Grant }) {
  const t = useTexts(texts);
  const isUsable = grant.state === "waiting" || grant.state === "active";
  return (
    <Stack gap="md">
      <Facts
        facts={[
          { label: t("state"), value: <StateBadge state={grant.state} /> },
          grant.state === "waiting"
            ? { label: t("use_until"), value: <BothClocks at={grant.usable_until} site={grant.site} /> }
            : null,
          grant.state === "active" && grant.ends_at !== null
            ? { label: t("time_left"), value: <Countdown until={grant.ends_at} whole={grant.duration} /> }
            : null,
        ]}
      />
      {isUsable ? (
        <>
          <div>
            <Text size="sm" mb={6}>
              {t.rich("use_text", { wicket: <code className={classes.hash}>wicket</code> })}
            </Text>
            <CopyLine
              prompt
              label={t("use_line")}
              text={`wicket connect ${request.asset_name}/${request.service_name}`}
            />
          </div>
          <Group gap="xs">
            <MoreTime request={request} />
            <GiveUp grant={grant} />
          </Group>
        </>
      ) : (
        <Button component={Link} href={`/requests/new?asset=${request.asset}&service=${request.service_name}`}>
          {t("again")}
        </Button>
      )}
    </Stack>
  );
}

/** More time is asked for a session that is open: it is the session that would end. */
function MoreTime({ request }: { readonly request: AccessRequest }) {
  const t = useTexts(texts);
  const sessions = useQuery(liveSessionsQuery(request.asset));
  const [isOpen, setIsOpen] = useState(false);
  const session = sessions.data?.find((each) => each.grant === request.grant);
  if (session === undefined) return null;
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          setIsOpen(true);
        }}
      >
        {t("extend")}
      </Button>
      {isOpen ? (
        <ExtendDialog
          session={session.id}
          close={() => {
            setIsOpen(false);
          }}
        />
      ) : null}
    </>
  );
}

function ExtendDialog({ session, close }: { readonly session: string; readonly close: () => void }) {
  const t = useTexts(texts);
  const say = useToast();
  const form = useApiForm({
    initial: { duration: 30, reason: "" },
    check: ({ reason }) => ({ reason: reason.trim() === "" ? t("needed") : null }),
    send: ({ duration, reason }) =>
      answer(
        api.POST("/api/v1/sessions/{session}/extensions", {
          params: { path: { session } },
          body: { duration: duration * 60, reason: reason.trim() },
        }),
      ),
    done: () => {
      say(t("extend_done"));
      close();
    },
  });
  return (
    <Dialog title={t("extend_title")} close={close}>
      <form onSubmit={form.submit}>
        <Stack gap="md">
          <NumberInput
            label={t("extend_minutes")}
            min={1}
            allowDecimal={false}
            {...form.fields.getInputProps("duration")}
          />
          <Textarea label={t("reason")} autosize minRows={2} {...form.fields.getInputProps("reason")} />
          <Problem error={form.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={form.isSending}>
              {t("extend")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function GiveUp({ grant }: { readonly grant: Grant }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          setIsAsking(true);
        }}
      >
        {t("give_up")}
      </Button>
      {isAsking ? (
        <ConfirmDialog
          title={t("give_up_title")}
          action={t("give_up")}
          confirm={async (reason) => {
            await answer(
              api.POST("/api/v1/grants/{grant}/revoke", { params: { path: { grant: grant.id } }, body: { reason } }),
            );
            await cache.invalidateQueries({ queryKey: ["grants"] });
            say(t("given_up"));
          }}
          close={() => {
            setIsAsking(false);
          }}
        >
          <Text>{t("give_up_text")}</Text>
        </ConfirmDialog>
      ) : null}
    </>
  );
}
