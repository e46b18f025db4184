import { ActionIcon, Button, Menu, Tooltip, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import {
  IconBuildingFactory2,
  IconCheck,
  IconChevronDown,
  IconDeviceDesktop,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconSun,
  IconUserCircle,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "wouter";

import type { WhoAmI } from "../api/types";
import { useLanguage, useTexts } from "../i18n/language";
import type { Language } from "../i18n/texts";
import { roleTexts } from "../ui/words";
import { siteName, useSiteOfWork } from "../ui/zones";
import classes from "./menus.module.css";
import { signOut } from "./session";
import { texts } from "./texts";

const LANGUAGES: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };
const SCHEMES = [
  { scheme: "light", Icon: IconSun },
  { scheme: "dark", Icon: IconMoon },
  { scheme: "auto", Icon: IconDeviceDesktop },
] as const;

/** One of several: said to screen readers as such, marked with a tick. */
function Choice({
  is,
  choose,
  children,
}: {
  readonly is: boolean;
  readonly choose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Menu.RadioItem
      value=""
      checked={is}
      checkIcon={<IconCheck size={15} aria-hidden />}
      onChange={choose}
      closeMenuOnClick
    >
      {children}
    </Menu.RadioItem>
  );
}

/** Everything in the header that opens: the site of work, language, appearance and the account. */
export default function Menus({ who }: { readonly who: WhoAmI }): ReactNode {
  return (
    <>
      <SiteMenu />
      <div className={classes.spring} />
      <div className={classes.wideOnly}>
        <LanguageMenu />
        <SchemeMenu />
      </div>
      <AccountMenu who={who} />
    </>
  );
}

/** The site that one works for; somebody with one site only reads its name. */
function SiteMenu() {
  const t = useTexts(texts);
  const { site, sites, choose } = useSiteOfWork();
  if (sites.length === 0) return null;
  const name = site === null ? t("all_sites") : siteName(site);
  if (sites.length === 1) {
    return (
      <span className={classes.site}>
        <IconBuildingFactory2 size={16} aria-hidden />
        <span className={classes.siteName}>{name}</span>
      </span>
    );
  }
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          className={classes.siteButton ?? ""}
          aria-label={`${t("site_of_work")}: ${name}`}
          leftSection={<IconBuildingFactory2 size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Choice
          is={site === null}
          choose={() => {
            choose(null);
          }}
        >
          {t("all_sites")}
        </Choice>
        {sites.map((each) => (
          <Choice
            key={each.id}
            is={each.id === site?.id}
            choose={() => {
              choose(each);
            }}
          >
            {siteName(each)}
            {each.online ? null : <span className={classes.note}> {t("site_offline")}</span>}
          </Choice>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function LanguageItems() {
  const { language, choose } = useLanguage();
  return Object.entries(LANGUAGES).map(([code, name]) => (
    <Choice
      key={code}
      is={code === language}
      choose={() => {
        choose(code as Language);
      }}
    >
      <span lang={code}>{name}</span>
    </Choice>
  ));
}

function SchemeItems() {
  const t = useTexts(texts);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return SCHEMES.map(({ scheme }) => (
    <Choice
      key={scheme}
      is={scheme === colorScheme}
      choose={() => {
        setColorScheme(scheme);
      }}
    >
      {t(scheme)}
    </Choice>
  ));
}

function IconMenu({
  name,
  icon,
  children,
}: {
  readonly name: string;
  readonly icon: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <Tooltip label={name}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={name}>
            {icon}
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}

function LanguageMenu() {
  const t = useTexts(texts);
  return (
    <IconMenu name={t("language")} icon={<IconLanguage size={19} stroke={1.6} />}>
      <LanguageItems />
    </IconMenu>
  );
}

function SchemeMenu() {
  const t = useTexts(texts);
  const { colorScheme } = useMantineColorScheme();
  const { Icon } = SCHEMES.find(({ scheme }) => scheme === colorScheme) ?? SCHEMES[2];
  return (
    <IconMenu name={t("scheme")} icon={<Icon size={19} stroke={1.6} />}>
      <SchemeItems />
    </IconMenu>
  );
}

/** The account, and on a phone also language and appearance. */
function AccountMenu({ who }: { readonly who: WhoAmI }) {
  const t = useTexts(texts);
  const role = useTexts(roleTexts);
  const cache = useQueryClient();
  return (
    <Menu position="bottom-end" width={248}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="sm"
          className={classes.account ?? ""}
          aria-label={t("signed_in_as", { name: who.username })}
          leftSection={<IconUserCircle size={20} stroke={1.6} aria-hidden />}
        >
          <span className={classes.accountName}>{who.display_name || who.username}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <strong>{who.display_name || who.username}</strong>
          <span>{`${who.organization} · ${who.roles.map((each) => role(each)).join(", ")}`}</span>
        </div>
        <Menu.Divider />
        <Menu.Item component={Link} href="/account" leftSection={<IconUserCircle size={16} aria-hidden />}>
          {t("account")}
        </Menu.Item>
        <div className={classes.phoneOnly}>
          <Menu.Label>{t("language")}</Menu.Label>
          <LanguageItems />
          <Menu.Label>{t("scheme")}</Menu.Label>
          <SchemeItems />
          <Menu.Divider />
        </div>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut(cache)}>
          {t("sign_out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
