import { Button, NumberInput, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconLock } from "@tabler/icons-react";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { now } from "../../api/clock";
import { useMe } from "../../api/me";
import type { Lock } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Dialog } from "../../ui/Dialog";
import { DialogForm, ReasonField, useReasonCheck } from "../../ui/DialogForm";
import { useApiForm } from "../../ui/form";
import { Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { StateBadge } from "../../ui/states";
import { Ago, BothClocks } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import classes from "./assets.module.css";
import { locksQuery } from "./data";
import { texts } from "./texts";

interface LocksProps {
  readonly kind: "site" | "asset";
  readonly target: string;
  readonly name: string;
}

/** The locks on a site or an asset: they stand above every grant. */
export function Locks({ kind, target, name }: LocksProps) {
  const t = useTexts(texts);
  const me = useMe();
  const locks = useQuery(locksQuery);
  const [isLocking, setIsLocking] = useState(false);
  const here = locks.data?.filter((lock) => lock.target === target) ?? [];
  return (
    <Panel
      title={t("locks")}
      {...(here.length > 0 ? { tone: "alarm" as const } : {})}
      aside={
        me.may("locks:manage") ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconLock size={15} aria-hidden />}
            onClick={() => {
              setIsLocking(true);
            }}
          >
            {t("lock")}
          </Button>
        ) : undefined
      }
    >
      <Loaded query={locks}>
        {() =>
          here.length === 0 ? (
            <span className={classes.dim}>{t("locks_none")}</span>
          ) : (
            here.map((lock) => <LockCard key={lock.id} lock={lock} mayLift={me.may("locks:manage")} />)
          )
        }
      </Loaded>
      {isLocking ? (
        <LockDialog
          kind={kind}
          target={target}
          name={name}
          close={() => {
            setIsLocking(false);
          }}
        />
      ) : null}
    </Panel>
  );
}

function LockCard({ lock, mayLift }: { readonly lock: Lock; readonly mayLift: boolean }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const [isLifting, setIsLifting] = useState(false);
  return (
    <div className={classes.lock}>
      <span className={classes.badges}>
        <StateBadge state="locked" />
        <span className={classes.dim}>
          {lock.until === null ? t("locked_open") : t.rich("locked_until", { at: <BothClocks at={lock.until} /> })}
        </span>
      </span>
      <span className={classes.pre}>{lock.reason}</span>
      <span className={classes.dim}>
        {t.rich("locked_by", { name: lock.created_by, at: <Ago at={lock.created_at} /> })}
      </span>
      {mayLift ? (
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            setIsLifting(true);
          }}
        >
          {t("lift")}
        </Button>
      ) : null}
      {isLifting ? (
        <ConfirmDialog
          title={t("lift_title", { name: lock.target_name })}
          action={t("lift")}
          reason="none"
          confirm={async () => {
            await answer(api.DELETE("/api/v1/locks/{lock}", { params: { path: { lock: lock.id } } }));
            await cache.invalidateQueries({ queryKey: ["locks"] });
            say(t("lifted"));
          }}
          close={() => {
            setIsLifting(false);
          }}
        >
          <Text>{t("lift_text")}</Text>
        </ConfirmDialog>
      ) : null}
    </div>
  );
}

function LockDialog({ kind, target, name, close }: LocksProps & { readonly close: () => void }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const checkReason = useReasonCheck();
  const form = useApiForm({
    initial: { reason: "", hours: "" },
    check: ({ reason }) => ({ reason: checkReason(reason) }),
    send: ({ reason, hours }) =>
      answer(
        api.POST("/api/v1/locks", {
          body: {
            kind,
            target,
            reason: reason.trim(),
            ...(hours === "" ? {} : { until: new Date(now() + Number(hours) * 3_600_000).toISOString() }),
          },
        }),
      ),
    done: () => {
      void cache.invalidateQueries({ queryKey: ["locks"] });
      say(t("lock_done"));
      close();
    },
  });
  return (
    <Dialog title={t("lock_title", { name })} close={close}>
      <DialogForm form={form} action={t("lock")} isGrave close={close}>
        <Text>{t("lock_text")}</Text>
        <ReasonField {...form.fields.getInputProps("reason")} />
        <NumberInput label={t("lock_hours")} min={1} allowDecimal={false} {...form.fields.getInputProps("hours")} />
      </DialogForm>
    </Dialog>
  );
}
