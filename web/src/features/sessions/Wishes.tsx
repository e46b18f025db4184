import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQueries, useQueryClient } from "@tanstack/react-query";
import { IconHourglass } from "@tabler/icons-react";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import type { Session } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeDuration } from "../../i18n/times";
import { Asking } from "../../ui/Asking";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { Ago } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import { approvalsOf, extensionsQuery, type Extension } from "./data";
import { texts } from "./texts";
import classes from "../../ui/asked.module.css";

interface Wish {
  readonly session: Session;
  readonly extension: Extension;
}

/** Wishes for more time that wait for an answer, of the sessions given. Nothing where none waits. */
export function Wishes({ sessions }: { readonly sessions: readonly Session[] }) {
  const t = useTexts(texts);
  const found = useQueries({ queries: sessions.map(({ id }) => extensionsQuery(id)) });
  const wishes = sessions.flatMap((session, place): readonly Wish[] =>
    (found[place]?.data ?? []).filter(({ state }) => state === "pending").map((extension) => ({ session, extension })),
  );
  if (wishes.length === 0) return null;
  const isUrgent = wishes.some(({ session }) => session.state === "held");
  return (
    <Panel title={t("wishes")} tone={isUrgent ? "alarm" : "notice"} flush>
      <ul className={classes.list}>
        {wishes.map((wish) => (
          <WishItem key={wish.extension.id} wish={wish} />
        ))}
      </ul>
    </Panel>
  );
}

function WishItem({ wish: { session, extension } }: { readonly wish: Wish }) {
  const t = useTexts(texts);
  const me = useMe();
  const { language } = useLanguage();
  const who = { user: session.user_name, asset: session.asset_name };
  const duration = writeDuration(extension.duration, language);
  const groups = approvalsOf(extension)
    .map((need) => t("wish_need", need))
    .join(", ");
  const isOwn = me.id === session.user;
  return (
    <li className={classes.item}>
      <IconHourglass size={18} aria-hidden className={classes.icon} />
      <div className={classes.words}>
        <strong>
          {isOwn
            ? t("wish_own", { duration, groups })
            : session.state === "held"
              ? t("wish_held", who)
              : `${t("wish", who)}: ${t("wish_more", { duration })}`}
        </strong>
        <p>{extension.reason}</p>
        {isOwn ? null : (
          <p className={classes.note}>
            {session.state === "held" ? `${t("wish_more", { duration })} · ` : ""}
            {t("wish_needs", { groups })} · <Ago at={extension.created_at} site={session.site} />
          </p>
        )}
      </div>
      {!isOwn && me.may("requests:decide") ? <Answering session={session} extension={extension} /> : null}
    </li>
  );
}

function Answering({ session, extension }: Wish) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const path = { params: { path: { extension: extension.id } } };
  const approving = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/extensions/{extension}/approve", path)),
    onSuccess: ({ state }) => {
      say(t(state === "approved" ? "wish_approved" : "wish_agreed"));
      void cache.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  return (
    <div className={classes.answer}>
      <Group gap="xs" wrap="nowrap">
        <Button
          size="xs"
          loading={approving.isPending}
          onClick={() => {
            approving.mutate();
          }}
        >
          {t("wish_approve")}
        </Button>
        <Asking
          button={(ask) => (
            <Button size="xs" variant="default" onClick={ask}>
              {t("wish_deny")}
            </Button>
          )}
          dialog={(close) => (
            <ConfirmDialog
              title={t("wish_deny_title")}
              action={t("wish_deny")}
              confirm={async (reason) => {
                await answer(api.POST("/api/v1/extensions/{extension}/deny", { ...path, body: { reason } }));
                await cache.invalidateQueries({ queryKey: ["sessions"] });
                say(t("wish_denied"));
              }}
              close={close}
            >
              <Text>{t("wish_deny_text", { user: session.user_name, asset: session.asset_name })}</Text>
            </ConfirmDialog>
          )}
        />
      </Group>
      <Problem error={approving.error} />
    </div>
  );
}
