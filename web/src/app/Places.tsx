import { Link, useLocation } from "wouter";

import { useTexts } from "../i18n/language";
import classes from "./Places.module.css";
import { isUnder, type Place } from "./routes";
import { texts } from "./texts";

const GROUPS = ["work", "evidence", "rules"] as const;

/** The pages of the navigation, in their groups. */
export function Places({ places }: { readonly places: readonly Place[] }) {
  const t = useTexts(texts);
  return GROUPS.map((group) => {
    const members = places.filter(({ nav }) => nav.group === group);
    return members.length === 0 ? null : (
      <div key={group} className={classes.group} role="group" aria-label={t(group)}>
        <div className={classes.groupName} aria-hidden>
          {t(group)}
        </div>
        {members.map((place) => (
          <Entry key={place.path} place={place} />
        ))}
      </div>
    );
  });
}

function Entry({ place: { path, nav, preload } }: { readonly place: Place }) {
  const t = useTexts(texts);
  const [location] = useLocation();
  return (
    <Link
      href={path}
      className={classes.place}
      aria-current={isUnder(path, location) ? "page" : undefined}
      onPointerEnter={preload}
      onFocus={preload}
    >
      <nav.Icon size={18} stroke={1.6} aria-hidden />
      {t(nav.name)}
    </Link>
  );
}
