import { Button, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import type { LoginItem } from "../../api/types";
import { useTexts, type Translator } from "../../i18n/language";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { deviceName } from "../../ui/device";
import { Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Signal } from "../../ui/Signal";
import { Ago } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import { methodTexts } from "../../ui/words";
import classes from "./account.module.css";
import { loginsQuery } from "./data";
import { texts } from "./texts";

/** Where one is signed in; each login can be ended from here. */
export function Logins() {
  const t = useTexts(texts);
  const method = useTexts(methodTexts);
  const logins = useQuery(loginsQuery);
  return (
    <Panel title={t("logins")} flush>
      <p className={classes.lead}>{t("logins_lead")}</p>
      <Loaded query={logins}>
        {(items) => (
          <RecordList label={t("logins")} items={items} columns={columns(t, method)} id={(login) => login.id} />
        )}
      </Loaded>
    </Panel>
  );
}

function columns(t: Translator<typeof texts>, method: Translator<typeof methodTexts>): readonly Column<LoginItem>[] {
  const isKnown = (name: string): name is keyof (typeof methodTexts)["en"] => name in methodTexts.en;
  return [
    {
      title: t("device"),
      cell: (login) => (
        <span className={classes.device}>
          {deviceName(login.user_agent)}
          <span className={classes.dim}>{t(login.kind)}</span>
          {login.current ? <Signal tone="good">{t("this_login")}</Signal> : null}
        </span>
      ),
    },
    { title: t("from"), cell: (login) => login.address },
    {
      title: t("proved_by"),
      cell: (login) => login.methods.map((name) => (isKnown(name) ? method(name) : name)).join(", "),
    },
    { title: t("last_seen"), cell: (login) => <Ago at={login.last_seen_at} /> },
    {
      title: t("end"),
      isTitleHidden: true,
      cell: (login) => (login.current ? null : <End login={login} />),
      align: "end",
    },
  ];
}

function End({ login }: { readonly login: LoginItem }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  const device = deviceName(login.user_agent);
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`${t("end")}: ${device}`}
        onClick={() => {
          setIsAsking(true);
        }}
      >
        {t("end")}
      </Button>
      {isAsking ? (
        <ConfirmDialog
          title={t("end_title")}
          action={t("end")}
          isGrave
          reason="none"
          confirm={async () => {
            await answer(api.DELETE("/api/v1/auth/logins/{login}", { params: { path: { login: login.id } } }));
            await cache.invalidateQueries({ queryKey: ["me", "logins"] });
            say(t("ended"));
          }}
          close={() => {
            setIsAsking(false);
          }}
        >
          <Text>{t("end_text", { device })}</Text>
        </ConfirmDialog>
      ) : null}
    </>
  );
}
