import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";

import { answer, api } from "../../api/client";
import type { Grant, AccessRequest } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Asking } from "../../ui/Asking";
import { connectLine } from "../../ui/commands";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { CopyLine } from "../../ui/CopyLine";
import { Facts } from "../../ui/Facts";
import { Loaded } from "../../ui/Loaded";
import { MoreTime } from "../../ui/MoreTime";
import { Panel } from "../../ui/Page";
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
  const withdraw = async () => {
    await answer(api.POST("/api/v1/requests/{request}/withdraw", { params: { path: { request: request.id } } }));
    await cache.invalidateQueries({ queryKey: ["requests"] });
    say(t("withdrawn_done"));
  };
  return (
    <Panel title={t("next")}>
      <Stack gap="sm">
        <Text size="sm">{t("waits_text")}</Text>
        <Asking
          button={(ask) => (
            <Button variant="default" onClick={ask}>
              {t("withdraw")}
            </Button>
          )}
          dialog={(close) => (
            <ConfirmDialog
              title={t("withdraw_title")}
              action={t("withdraw")}
              reason="none"
              confirm={withdraw}
              close={close}
            >
              <Text>{t("withdraw_text")}</Text>
            </ConfirmDialog>
          )}
        />
      </Stack>
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
              text={connectLine(request.asset_name, request.service_name, grant.id)}
            />
          </div>
          <Group gap="xs">
            <MoreTimeOf request={request} />
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
function MoreTimeOf({ request }: { readonly request: AccessRequest }) {
  const sessions = useQuery(liveSessionsQuery(request.asset));
  const session = sessions.data?.find((each) => each.grant === request.grant);
  return session === undefined ? null : <MoreTime session={session.id} isOwn />;
}

function GiveUp({ grant }: { readonly grant: Grant }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const giveUp = async (reason: string) => {
    await answer(
      api.POST("/api/v1/grants/{grant}/revoke", { params: { path: { grant: grant.id } }, body: { reason } }),
    );
    await cache.invalidateQueries({ queryKey: ["grants"] });
    say(t("given_up"));
  };
  return (
    <Asking
      button={(ask) => (
        <Button variant="default" onClick={ask}>
          {t("give_up")}
        </Button>
      )}
      dialog={(close) => (
        <ConfirmDialog title={t("give_up_title")} action={t("give_up")} confirm={giveUp} close={close}>
          <Text>{t("give_up_text")}</Text>
        </ConfirmDialog>
      )}
    />
  );
}
