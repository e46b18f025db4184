import { IconArrowRight, IconPencilOff } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";

import { useTexts, type Translator } from "../../i18n/language";
import { beforeOf, tagsOf } from "../../ui/changes/values";
import { Empty, Loaded } from "../../ui/Loaded";
import { writeValues } from "../../ui/operations/operations";
import { RecordList, type Column } from "../../ui/RecordList";
import { Signal, type Tone } from "../../ui/Signal";
import { TierBadges } from "../../ui/tiers";
import { Moment } from "../../ui/times";
import { unitOf } from "../../ui/units";
import { unitTexts } from "../../ui/words";
import classes from "./ChangeList.module.css";
import { changesQuery, type Change, type ChangeFilter, type Unreadable } from "./data";
import { texts } from "./texts";

const MOST_VALUES = 8;
const MOST_TAGS = 3;
const OUTCOMES: Readonly<Record<Change["outcome"], Tone>> = { accepted: "good", refused: "notice", unanswered: "calm" };

interface ChangeListProps {
  readonly filter: ChangeFilter;
  /** Of one recording: who did it, and to what, stands above already. */
  readonly isOfOne?: boolean;
}

/** What was written on devices, newest first: what it was, what it became, and whether the device took it. */
export function ChangeList({ filter, isOfOne = false }: ChangeListProps) {
  const t = useTexts(texts);
  const changes = useInfiniteQuery(changesQuery(filter));
  return (
    <Loaded query={changes}>
      {({ items, unreadable }) => (
        <>
          <Missing unreadable={unreadable} />
          {items.length === 0 && !changes.hasNextPage ? (
            <Empty icon={<IconPencilOff />} title={t("changes_none")}>
              {t("changes_none_text")}
            </Empty>
          ) : (
            <RecordList
              label={t("changes")}
              items={items}
              columns={isOfOne ? [...what(t), ...outcome(t)] : [...what(t), ...outcome(t), ...who(t)]}
              id={(change) => `${change.recording} ${change.number}`}
              href={(change) => `/recordings/${change.recording}?at=${change.number}`}
              more={changes}
            />
          )}
        </>
      )}
    </Loaded>
  );
}

/** Recordings that cannot be read: what was written in them is missing here. */
function Missing({ unreadable }: { readonly unreadable: readonly Unreadable[] }) {
  const t = useTexts(texts);
  if (unreadable.length === 0) return null;
  return (
    <div role="alert" className={classes.missing}>
      <strong>{t("changes_missing", { count: unreadable.length })}</strong>
      <ul>
        {unreadable.map(({ recording, detail }) => (
          <li key={recording}>
            <code>{recording}</code> {detail}
          </li>
        ))}
      </ul>
    </div>
  );
}

function what(t: Translator<typeof texts>): readonly Column<Change>[] {
  return [
    {
      title: t("when"),
      cell: (change) => <Moment at={change.at} site={change.site} style="second" />,
      width: "11.5rem",
    },
    { title: t("change"), cell: (change) => <Written change={change} /> },
    { title: t("tier"), cell: (change) => <TierBadges tiers={[change.tier]} /> },
  ];
}

function outcome(t: Translator<typeof texts>): readonly Column<Change>[] {
  return [
    {
      title: t("outcome"),
      cell: (change) => (
        <Signal tone={OUTCOMES[change.outcome]} plain>
          {t(`outcome_${change.outcome}`)}
          {change.exception_code === null ? "" : ` (${change.exception_code})`}
        </Signal>
      ),
    },
  ];
}

function who(t: Translator<typeof texts>): readonly Column<Change>[] {
  return [
    { title: t("asset"), cell: (change) => change.asset_name },
    {
      title: t("user"),
      cell: (change) => (
        <>
          {change.user_name} <span className={classes.organization}>{change.organization}</span>
        </>
      ),
    },
    { title: t("ticket"), cell: (change) => change.ticket },
  ];
}

function Written({ change }: { readonly change: Change }) {
  const t = useTexts(texts);
  const word = useTexts(unitTexts);
  const { objects, after, unit } = change;
  const before = beforeOf(change, t("not_known")) ?? [t("not_known")];
  const tags = tagsOf(change);
  return (
    <span className={classes.written}>
      {tags.length === 0 ? null : <strong>{writeValues(tags, MOST_TAGS)}</strong>}
      <code>{objects.join(", ")}</code>
      {unit === null ? null : (
        <span className={classes.organization}>{`${word(unitOf(change.protocol))} ${unit}`}</span>
      )}
      <span className={classes.values}>
        <code>{writeValues(before, MOST_VALUES)}</code>
        <IconArrowRight size={14} aria-label={t("became")} />
        <code className={classes.after}>{after.length === 0 ? t("not_known") : writeValues(after, MOST_VALUES)}</code>
      </span>
    </span>
  );
}
