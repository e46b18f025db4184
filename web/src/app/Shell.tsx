import { IconDots, IconPlugConnectedX } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { Link, useLocation } from "wouter";

import type { WhoAmI } from "../api/types";
import { useTexts } from "../i18n/language";
import { AttentionContext } from "../ui/attention";
import { Mark } from "../ui/Mark";
import { Asked, useAsked } from "./Asked";
import { PageFrame } from "./PageFrame";
import { Places } from "./Places";
import { isUnder, MORE, places, type Place } from "./routes";
import classes from "./Shell.module.css";
import { texts } from "./texts";

/** How many pages stand under the thumb on a phone, beside the way to the others. */
const IN_THE_BAR = 4;

/** The page itself comes first, and stands without the menus: nobody opens one before there is something to read. */
const Menus = lazy(() => import("./menus").catch(() => ({ default: () => null })));

interface ShellProps {
  readonly who: WhoAmI;
  readonly isLinkLost: boolean;
}

/** What stands around every page: navigation by permission, the site of work, the account, and the state of the link. */
export function Shell({ who, isLinkLost }: ShellProps) {
  const t = useTexts(texts);
  const shown = places(who.permissions);
  const asked = useAsked();
  return (
    <div className={classes.shell}>
      <header className={classes.header}>
        <a href="#content" className={classes.skip}>
          {t("skip")}
        </a>
        <Link href="/" className={classes.brand} aria-label={`Wicketgate: ${t("home")}`}>
          <Mark />
          <span className={classes.brandName}>Wicketgate</span>
        </Link>
        <Suspense>
          <Menus who={who} />
        </Suspense>
      </header>
      <nav className={classes.navigation} aria-label={t("navigation")}>
        <Places places={shown} />
      </nav>
      <main className={classes.main}>
        {isLinkLost ? <LostLink /> : null}
        <Asked count={asked} />
        <AttentionContext value={asked}>
          <PageFrame who={who} />
        </AttentionContext>
      </main>
      <Bar places={shown} />
    </div>
  );
}

function LostLink() {
  const t = useTexts(texts);
  return (
    <div className={classes.notice} role="alert">
      <IconPlugConnectedX aria-hidden size={18} />
      <span>
        <strong>{t("reconnecting")}</strong> {t("reconnecting_hint")}
      </span>
    </div>
  );
}

/** On a phone: the first pages under the thumb, the rest behind one more page. */
function Bar({ places }: { readonly places: readonly Place[] }) {
  const t = useTexts(texts);
  const [location] = useLocation();
  const first = places.slice(0, IN_THE_BAR);
  const isElsewhere = location === MORE || places.slice(IN_THE_BAR).some(({ path }) => isUnder(path, location));
  return (
    <nav className={classes.bar} aria-label={t("navigation")}>
      {first.map(({ path, nav }) => (
        <Link
          key={path}
          href={path}
          className={classes.barItem}
          aria-current={isUnder(path, location) ? "page" : undefined}
        >
          <nav.Icon size={21} stroke={1.6} aria-hidden />
          <span>{t(nav.short ?? nav.name)}</span>
        </Link>
      ))}
      {places.length <= IN_THE_BAR ? null : (
        <Link href={MORE} className={classes.barItem} aria-current={isElsewhere ? "page" : undefined}>
          <IconDots size={21} stroke={1.6} aria-hidden />
          <span>{t("more")}</span>
        </Link>
      )}
    </nav>
  );
}
