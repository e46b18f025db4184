import { Button, Menu } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconChevronDown, IconListSearch, IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useParams } from "wouter";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Facts } from "../../ui/Facts";
import { Loaded } from "../../ui/Loaded";
import { Columns, Page, Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { Ago, Moment } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import { AccountBadge, KindBadge, Roles } from "./badges";
import { ChangeDialog } from "./ChangeDialog";
import { userQuery, type User } from "./data";
import { HandOver } from "./HandOver";
import { Locked } from "./Locked";
import { Logins } from "./Logins";
import { Memberships } from "./Memberships";
import classes from "./people.module.css";
import { texts } from "./texts";

/** One account: who it is, what it may do, whether it can sign in, and where it is signed in now. */
export default function UserPage() {
  const t = useTexts(texts);
  const { user: id } = useParams<{ user: string }>();
  const user = useQuery(userQuery(id));
  const [password, setPassword] = useState<string | null>(null);
  const found = user.data;
  const name = found === undefined ? "" : found.display_name || found.username;
  return (
    <Page
      title={found === undefined ? t("person") : name}
      above={<Link href="/people">{t("title")}</Link>}
      lead={found === undefined ? null : <Lead user={found} />}
      actions={found === undefined || password !== null ? null : <Actions user={found} reset={setPassword} />}
      width={password === null ? "wide" : "narrow"}
    >
      {password !== null && found !== undefined ? (
        <HandOver
          username={found.username}
          name={found.display_name}
          password={password}
          isFirst={!found.mfa_enrolled}
          done={() => {
            setPassword(null);
          }}
        />
      ) : (
        <Loaded query={user}>{(shown) => <Account user={shown} />}</Loaded>
      )}
    </Page>
  );
}

function Lead({ user }: { readonly user: User }) {
  return (
    <span className={classes.lead}>
      {user.display_name === "" || user.display_name === user.username ? null : <code>{user.username}</code>}
      <AccountBadge user={user} />
      <KindBadge kind={user.organization_kind} />
    </span>
  );
}

function Account({ user }: { readonly user: User }) {
  return (
    <Columns
      main={
        <>
          <Locked user={user} />
          <About user={user} />
          <Memberships user={user} />
        </>
      }
      side={<Logins user={user} />}
    />
  );
}

function About({ user }: { readonly user: User }) {
  const t = useTexts(texts);
  return (
    <Panel title={t("account")}>
      <Facts
        facts={[
          {
            label: t("organization"),
            value: <Link href={`/people?organization=${user.organization}`}>{user.organization}</Link>,
          },
          { label: t("roles"), value: <Roles roles={user.roles} /> },
          {
            label: t("sponsor"),
            value: user.sponsor === null ? null : <Link href={`/people/users/${user.sponsor}`}>{user.sponsor}</Link>,
          },
          { label: t("email"), value: user.email },
          { label: t("ends"), value: user.ends_at === null ? t("no_end") : <Moment at={user.ends_at} /> },
          { label: t("second_factor"), value: t(user.mfa_enrolled ? "factor_set" : "factor_missing") },
          {
            label: t("seen"),
            value: user.last_signed_in_at === null ? t("never") : <Ago at={user.last_signed_in_at} />,
          },
          { label: t("created"), value: <Moment at={user.created_at} /> },
          { label: t("emergency"), value: user.is_emergency ? t("yes") : null },
          { label: t("disabled_because"), value: user.disabled ? user.disabled_reason : null },
        ]}
      />
    </Panel>
  );
}

type Asking = "change" | "disable" | "password" | "factor" | null;

interface ActionsProps {
  readonly user: User;
  readonly reset: (password: string) => void;
}

function Actions({ user, reset }: ActionsProps) {
  const t = useTexts(texts);
  const me = useMe();
  const cache = useQueryClient();
  const say = useToast();
  const [asking, setAsking] = useState<Asking>(null);
  const isOwn = me.id === user.id;
  const name = user.display_name || user.username;
  const path = { params: { path: { user: user.id } } };
  const changed = async (text: string) => {
    await cache.invalidateQueries({ queryKey: ["people"] });
    say(text);
  };
  const enabling = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/users/{user}/enable", { ...path, body: {} })),
    onSuccess: () => changed(t("enabled", { name })),
  });
  const close = () => {
    setAsking(null);
  };
  return (
    <>
      {me.may("audit:read") ? (
        <Button
          component={Link}
          href={`/audit?actor=${user.id}`}
          variant="default"
          leftSection={<IconListSearch size={17} aria-hidden />}
        >
          {t("in_audit")}
        </Button>
      ) : null}
      {me.may("people:manage") ? (
        <>
          <Menu position="bottom-end" width={250}>
            <Menu.Target>
              <Button variant="default" rightSection={<IconChevronDown size={15} aria-hidden />}>
                {t("access")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                onClick={() => {
                  setAsking("password");
                }}
              >
                {t("reset_password")}
              </Menu.Item>
              <Menu.Item
                onClick={() => {
                  setAsking("factor");
                }}
              >
                {t("reset_factor")}
              </Menu.Item>
              <Menu.Divider />
              {user.disabled ? (
                <Menu.Item
                  onClick={() => {
                    enabling.mutate();
                  }}
                >
                  {t("enable")}
                </Menu.Item>
              ) : (
                <Menu.Item
                  color="var(--mantine-color-error)"
                  disabled={isOwn}
                  onClick={() => {
                    setAsking("disable");
                  }}
                >
                  {t("disable")}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
          <Button
            leftSection={<IconPencil size={17} aria-hidden />}
            onClick={() => {
              setAsking("change");
            }}
          >
            {t("change")}
          </Button>
        </>
      ) : null}
      <Problem error={enabling.error} />
      {asking === "change" ? <ChangeDialog user={user} close={close} /> : null}
      {asking === "disable" ? (
        <ConfirmDialog
          title={t("disable_title", { name })}
          action={t("disable")}
          isGrave
          close={close}
          confirm={async (reason) => {
            await answer(api.POST("/api/v1/users/{user}/disable", { ...path, body: { reason } }));
            await changed(t("disabled_done", { name }));
          }}
        >
          {t("disable_text")}
        </ConfirmDialog>
      ) : null}
      {asking === "password" ? (
        <ConfirmDialog
          title={t("reset_password_title", { name })}
          action={t("reset_password")}
          reason="none"
          close={close}
          confirm={async () => {
            const { password } = await answer(api.POST("/api/v1/users/{user}/reset-password", { ...path, body: {} }));
            await cache.invalidateQueries({ queryKey: ["people"] });
            reset(password);
          }}
        >
          {t("reset_password_text")}
        </ConfirmDialog>
      ) : null}
      {asking === "factor" ? (
        <ConfirmDialog
          title={t("reset_factor_title", { name })}
          action={t("reset_factor")}
          reason="none"
          close={close}
          confirm={async () => {
            await answer(api.POST("/api/v1/users/{user}/reset-mfa", { ...path, body: {} }));
            await changed(t("reset_factor_done", { name }));
          }}
        >
          {t("reset_factor_text")}
        </ConfirmDialog>
      ) : null}
    </>
  );
}
