import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";

import { useMe } from "../../api/me";
import { assetQuery } from "../../api/queries";
import { useTexts } from "../../i18n/language";
import { useSiteOfWork } from "../../ui/zones";
import classes from "./audit.module.css";
import { personQuery } from "./data";
import { pageOf, prefixOf } from "./events";
import { thingTexts } from "./words";

type Prefix = keyof (typeof thingTexts)["en"];

/** The id of a thing as what it is, by its name where that can be known, and as a way to its page where it has one. */
export function Reference({ id, name = "" }: { readonly id: string; readonly name?: string }) {
  const t = useTexts(thingTexts);
  const prefix = prefixOf(id);
  const kind = prefix !== null && Object.hasOwn(thingTexts.en, prefix) ? t(prefix as Prefix) : "";
  const page = pageOf(id);
  const text: ReactNode = (
    <>
      {kind} {name === "" ? <Name id={id} /> : <strong>{name}</strong>}
    </>
  );
  return page === null ? (
    <span className={classes.reference}>{text}</span>
  ) : (
    <Link href={page} className={classes.reference}>
      {text}
    </Link>
  );
}

/** What an id is called, asked of the broker where one may know it; else the id itself. */
function Name({ id }: { readonly id: string }) {
  const me = useMe();
  const { sites } = useSiteOfWork();
  const prefix = prefixOf(id);
  const person = useQuery({ ...personQuery(id), enabled: prefix === "usr" && me.may("people:read") });
  const asset = useQuery({ ...assetQuery(id), retry: false, enabled: prefix === "ast" && me.may("inventory:read") });
  const site = prefix === "sit" ? sites.find((each) => each.id === id) : undefined;
  const name = person.data?.username ?? asset.data?.name ?? site?.name;
  return name === undefined ? <code title={id}>{short(id)}</code> : <strong>{name}</strong>;
}

/** Enough of an id to tell it from its neighbours; the whole of it stands in the hint. */
function short(id: string): string {
  return id.length > 14 ? `${id.slice(0, 12)}…` : id;
}
