import { Button } from "@mantine/core";
import { Link } from "wouter";

import { useTexts } from "../../i18n/language";
import { CopyLine } from "../../ui/CopyLine";
import { Facts } from "../../ui/Facts";
import { BothClocks } from "../../ui/times";
import classes from "./audit.module.css";
import type { AuditEvent } from "./data";
import { Details } from "./Details";
import { prefixOf, targetName, targetPage } from "./events";
import { logWith } from "./filter";
import { Action } from "./looks";
import { Reference } from "./Reference";
import { texts } from "./texts";

/** Everything that one event says, and the ways from it: to what it names, to everything else about that. */
export function EventView({ event }: { readonly event: AuditEvent }) {
  const t = useTexts(texts);
  const { sequence, action, actor, actor_name, target, address, hash } = event;
  return (
    <div className={classes.event}>
      <div className={classes.what}>
        <Action action={action} />
        <code>{action}</code>
      </div>
      <Facts
        facts={[
          { label: t("when"), value: <BothClocks at={event.at} style="second" /> },
          { label: t("who"), value: <Who actor={actor} name={actor_name} /> },
          { label: t("from"), value: address === "" ? null : address },
          { label: t("about"), value: target === "" ? null : <Target event={event} /> },
        ]}
      />
      <Details details={event.details} />
      <div className={classes.ways}>
        {target === "" ? null : (
          <Button component={Link} href={logWith({ target })} variant="default" size="xs">
            {t("all_about")}
          </Button>
        )}
        <Button component={Link} href={logWith({ actor })} variant="default" size="xs">
          {t("all_by", { name: actor_name })}
        </Button>
      </div>
      <div className={classes.link}>
        <span>{t("link", { sequence: String(sequence) })}</span>
        <CopyLine text={hash} label={t("hash")} />
      </div>
    </div>
  );
}

function Who({ actor, name }: { readonly actor: string; readonly name: string }) {
  const t = useTexts(texts);
  return prefixOf(actor) === null ? t("the_broker") : <Reference id={actor} name={name} />;
}

function Target({ event }: { readonly event: AuditEvent }) {
  const page = targetPage(event);
  if (prefixOf(event.target) !== null) return <Reference id={event.target} name={targetName(event)} />;
  return page === null ? event.target : <Link href={page}>{event.target}</Link>;
}
