import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconDeviceDesktop, IconTerminal2 } from "@tabler/icons-react";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import type { LoginItem } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { deviceName } from "../../ui/device";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { Ago } from "../../ui/times";
import { methodTexts } from "../../ui/words";
import { loginsQuery, type User } from "./data";
import classes from "./people.module.css";
import { texts } from "./texts";

/** Where somebody is signed in now. Who manages people may end it; its sessions are cut with it. */
export function Logins({ user }: { readonly user: User }) {
  const t = useTexts(texts);
  const me = useMe();
  const may = me.may("people:manage") || me.id === user.id;
  const logins = useQuery({ ...loginsQuery(user.id), enabled: may });
  if (!may) return null;
  return (
    <Panel title={t("logins")} flush>
      <Loaded query={logins}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t("no_logins")} />
          ) : (
            <ul className={classes.logins}>
              {items.map((login) => (
                <Login key={login.id} login={login} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Login({ login }: { readonly login: LoginItem }) {
  const t = useTexts(texts);
  const method = useTexts(methodTexts);
  const cache = useQueryClient();
  const ending = useMutation({
    mutationFn: () => answer(api.DELETE("/api/v1/auth/logins/{login}", { params: { path: { login: login.id } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["people", "logins"] }),
  });
  const methods = login.methods.map((each) =>
    Object.hasOwn(methodTexts.en, each) ? method(each as keyof (typeof methodTexts)["en"]) : each,
  );
  return (
    <li className={classes.login}>
      <span className={classes.loginIcon} aria-hidden>
        {login.kind === "browser" ? <IconDeviceDesktop /> : <IconTerminal2 />}
      </span>
      <div className={classes.loginText}>
        <strong>
          {t(login.kind === "browser" ? "by_browser" : "by_program")}
          {login.current ? ` · ${t("this_one")}` : ""}
        </strong>
        <span>
          {t.rich("seen_from", {
            ago: <Ago at={login.last_seen_at} />,
            address: login.address,
          })}
        </span>
        <span className={classes.agent} title={login.user_agent}>
          {methods.join(", ")} · {deviceName(login.user_agent)}
        </span>
        <Problem error={ending.error} />
      </div>
      {login.current ? null : (
        <Button
          variant="subtle"
          size="xs"
          color="red"
          loading={ending.isPending}
          onClick={() => {
            ending.mutate();
          }}
        >
          {t("end_login")}
        </Button>
      )}
    </li>
  );
}
