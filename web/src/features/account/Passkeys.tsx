import { Button, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconFingerprint, IconPlus } from "@tabler/icons-react";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { canUsePasskeys, makePasskey } from "../../api/passkeys";
import type { Passkey } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Dialog } from "../../ui/Dialog";
import { DialogForm } from "../../ui/DialogForm";
import { useApiForm } from "../../ui/form";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { Ago, Moment } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import classes from "./account.module.css";
import { passkeysQuery } from "./data";
import { PasskeyProblem } from "./PasskeyProblem";
import { texts } from "./texts";

/** One's passkeys: add on this device or a key, remove what is lost. */
export function Passkeys() {
  const t = useTexts(texts);
  const passkeys = useQuery(passkeysQuery);
  const [isAdding, setIsAdding] = useState(false);
  const add = canUsePasskeys() ? (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconPlus size={15} aria-hidden />}
      onClick={() => {
        setIsAdding(true);
      }}
    >
      {t("add_passkey")}
    </Button>
  ) : null;
  return (
    <Panel title={t("passkeys")} aside={add} flush>
      <Loaded query={passkeys}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<IconFingerprint />} title={t("passkeys_none")}>
              {t(canUsePasskeys() ? "passkeys_none_text" : "passkeys_impossible")}
            </Empty>
          ) : (
            <ul className={classes.items}>
              {items.map((passkey) => (
                <PasskeyItem key={passkey.id} passkey={passkey} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {isAdding ? (
        <AddDialog
          close={() => {
            setIsAdding(false);
          }}
        />
      ) : null}
    </Panel>
  );
}

function PasskeyItem({ passkey }: { readonly passkey: Passkey }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <li className={classes.item}>
      <IconFingerprint size={20} stroke={1.5} aria-hidden />
      <div className={classes.itemBody}>
        <strong>{passkey.name}</strong>
        <span className={classes.dim}>
          {t(passkey.backed_up ? "passkey_synced" : "passkey_bound")} · {t("passkey_made")}{" "}
          <Moment at={passkey.created_at} style="day" /> ·{" "}
          {passkey.last_used_at === null ? (
            t("passkey_never")
          ) : (
            <>
              {t("passkey_used")} <Ago at={passkey.last_used_at} />
            </>
          )}
        </span>
      </div>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`${t("delete")}: ${passkey.name}`}
        onClick={() => {
          setIsAsking(true);
        }}
      >
        {t("delete")}
      </Button>
      {isAsking ? (
        <ConfirmDialog
          title={t("delete_title", { name: passkey.name })}
          action={t("delete")}
          isGrave
          reason="none"
          confirm={async () => {
            await answer(api.DELETE("/api/v1/auth/passkeys/{passkey}", { params: { path: { passkey: passkey.id } } }));
            await cache.invalidateQueries({ queryKey: ["me"] });
            say(t("deleted"));
          }}
          close={() => {
            setIsAsking(false);
          }}
        >
          <Text>{t("delete_text")}</Text>
        </ConfirmDialog>
      ) : null}
    </li>
  );
}

/** The broker first wants a fresh second factor: the client asks for it by itself. Then the browser makes the key. */
async function register(name: string): Promise<Passkey> {
  const { ceremony, options } = await answer(api.POST("/api/v1/auth/passkeys/registration"));
  const credential = await makePasskey(options);
  return answer(api.POST("/api/v1/auth/passkeys", { body: { ceremony, name, credential } }));
}

function AddDialog({ close }: { readonly close: () => void }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const form = useApiForm({
    initial: { name: "" },
    check: ({ name }) => ({ name: name.trim() === "" ? t("needed") : null }),
    send: ({ name }) => register(name.trim()),
    done: () => {
      void cache.invalidateQueries({ queryKey: ["me"] });
      say(t("passkey_added"));
      close();
    },
  });
  return (
    <Dialog title={t("add_passkey")} close={close}>
      <DialogForm
        form={form}
        action={t("add_passkey")}
        icon={<IconFingerprint size={17} aria-hidden />}
        problem={<PasskeyProblem error={form.error} />}
        close={close}
      >
        <TextInput
          label={t("passkey_name")}
          description={t("passkey_name_hint")}
          maxLength={64}
          data-autofocus
          {...form.fields.getInputProps("name")}
        />
      </DialogForm>
    </Dialog>
  );
}
