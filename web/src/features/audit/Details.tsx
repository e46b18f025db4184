import { useTexts } from "../../i18n/language";
import { Signal } from "../../ui/Signal";
import { Moment } from "../../ui/times";
import classes from "./audit.module.css";
import type { AuditEvent } from "./data";
import { isMoment, prefixOf } from "./events";
import { Reference } from "./Reference";
import { texts } from "./texts";
import { fieldTexts } from "./words";

const REDACTED = "[redacted]";

/** What an event says beyond who, what and when: every detail by its name, ids as ways to what they name. */
export function Details({ details }: { readonly details: AuditEvent["details"] }) {
  const entries = Object.entries(details);
  return entries.length === 0 ? null : <Members entries={entries} />;
}

function Members({ entries }: { readonly entries: readonly (readonly [string, unknown])[] }) {
  return (
    <dl className={classes.details}>
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>
            <FieldName name={name} />
          </dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function FieldName({ name }: { readonly name: string }) {
  const t = useTexts(fieldTexts);
  return Object.hasOwn(fieldTexts.en, name) ? t(name as keyof (typeof fieldTexts)["en"]) : name;
}

/** A value as what it is. Texts are others' words: they are shown, and never more than shown. */
function Value({ value }: { readonly value: unknown }) {
  const t = useTexts(texts);
  if (value === null || value === "") return <span className={classes.nothing}>{t("nothing")}</span>;
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (value === REDACTED) return <Signal tone="calm">{t("redacted")}</Signal>;
  if (typeof value === "string") return <Text text={value} />;
  if (Array.isArray(value)) return <List items={value} />;
  if (typeof value === "number") return <span className="figures">{value}</span>;
  return <Members entries={Object.entries(value ?? {})} />;
}

function Text({ text }: { readonly text: string }) {
  if (prefixOf(text) !== null) return <Reference id={text} />;
  if (isMoment(text)) return <Moment at={text} style="second" />;
  return <span className={classes.text}>{text}</span>;
}

function List({ items }: { readonly items: readonly unknown[] }) {
  const t = useTexts(texts);
  if (items.length === 0) return <span className={classes.nothing}>{t("nothing")}</span>;
  return (
    <ul className={classes.list}>
      {items.map((item, index) => (
        <li key={index}>
          <Value value={item} />
        </li>
      ))}
    </ul>
  );
}
