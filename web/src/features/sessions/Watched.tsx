import { ActionIcon, Button, Chip, NativeSelect, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconEyeOff, IconPlayerPause, IconPlayerPlay, IconWaveSawTool, IconX } from "@tabler/icons-react";
import { useState } from "react";

import type { Session } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Choice } from "../../ui/fields";
import { Empty } from "../../ui/Loaded";
import { OperationFacts } from "../../ui/operations/OperationFacts";
import { OperationRow, PHONE_ROW_HEIGHT, ROW_HEIGHT } from "../../ui/operations/OperationRow";
import type { Exchange } from "../../ui/operations/operations";
import { VirtualRows } from "../../ui/operations/VirtualRows";
import { Panel } from "../../ui/Page";
import { TIERS } from "../../ui/tiers";
import { Moment } from "../../ui/times";
import { tierTexts } from "../../ui/words";
import { useZone } from "../../ui/zones";
import type { OperationFilter } from "./operationLog";
import { texts } from "./texts";
import { useOperations, type Happening, type LiveOperations } from "./useOperations";
import classes from "./Watched.module.css";

const PHONE = "(max-width: 48em)";
const EVERYTHING: OperationFilter = { only: "all", tiers: [], unit: null };

/** The operations of a session while they happen. Scrolling up or choosing one holds the list still. */
export function Watched({ session }: { readonly session: Session }) {
  const t = useTexts(texts);
  const live = useOperations(session.id);
  const isOpaque = session.tiers.length === 0;
  return (
    <>
      <Panel title={t("live_operations")} flush>
        {isOpaque ? (
          <Empty icon={<IconEyeOff />} title={t("opaque_title")}>
            {t("opaque_text")}
          </Empty>
        ) : (
          <Operations session={session} live={live} />
        )}
      </Panel>
      <Happenings happenings={live.happenings} site={session.site} />
    </>
  );
}

interface Still {
  readonly exchanges: readonly Exchange[];
  /** How many requests had come by then. */
  readonly taken: number;
}

interface OperationsProps {
  readonly session: Session;
  readonly live: LiveOperations;
}

function Operations({ session, live: { log } }: OperationsProps) {
  const t = useTexts(texts);
  const zone = useZone(session.site);
  const isPhone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  const [filter, setFilter] = useState(EVERYTHING);
  const [still, setStill] = useState<Still | null>(null);
  const [selected, setSelected] = useState<Exchange | null>(null);
  const exchanges = still?.exchanges ?? log.exchanges(filter);
  const hold = () => {
    setStill((before) => before ?? { exchanges, taken: log.taken });
  };
  const follow = () => {
    setStill(null);
    setSelected(null);
  };
  const place = selected === null ? -1 : exchanges.indexOf(selected);
  return (
    <>
      <FilterBar
        filter={filter}
        units={log.units()}
        choose={(next) => {
          setFilter(next);
          if (still !== null) setStill({ exchanges: log.exchanges(next), taken: log.taken });
        }}
      />
      {log.dropped > 0 ? <p className={classes.missed}>{t("missed", { count: log.dropped })}</p> : null}
      <div className={classes.rows}>
        {exchanges.length === 0 ? (
          <Empty icon={<IconWaveSawTool />} title={t(log.taken === 0 ? "quiet" : "quiet_filter")}>
            {log.taken === 0 ? t("quiet_text") : undefined}
          </Empty>
        ) : (
          <VirtualRows
            label={t("live_operations")}
            count={exchanges.length}
            rowHeight={isPhone ? PHONE_ROW_HEIGHT : ROW_HEIGHT}
            selected={place < 0 ? null : place}
            select={(index) => {
              hold();
              setSelected(exchanges[index] ?? null);
            }}
            end={{
              isFollowed: still === null,
              follow: (isAtEnd) => {
                if (!isAtEnd) hold();
              },
            }}
            row={(index) => {
              const exchange = exchanges[index];
              return exchange === undefined ? null : <OperationRow exchange={exchange} zone={zone} />;
            }}
          />
        )}
      </div>
      <div className={classes.foot}>
        {still === null ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlayerPause size={14} aria-hidden />}
            onClick={hold}
          >
            {t("pause")}
          </Button>
        ) : (
          <Button size="compact-sm" leftSection={<IconPlayerPlay size={14} aria-hidden />} onClick={follow}>
            {t("follow")}
          </Button>
        )}
        <span role="status">{still === null ? t("following") : t("paused", { count: log.taken - still.taken })}</span>
      </div>
      {selected === null ? null : (
        <div className={classes.selected}>
          <div className={classes.selectedHead}>
            <strong>{t("operation")}</strong>
            <Tooltip label={t("unselect")}>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t("unselect")}
                onClick={() => {
                  setSelected(null);
                }}
              >
                <IconX size={16} aria-hidden />
              </ActionIcon>
            </Tooltip>
          </div>
          <OperationFacts exchange={selected} site={session.site} />
        </div>
      )}
    </>
  );
}

interface FilterBarProps {
  readonly filter: OperationFilter;
  readonly units: readonly string[];
  readonly choose: (filter: OperationFilter) => void;
}

function FilterBar({ filter, units, choose }: FilterBarProps) {
  const t = useTexts(texts);
  const tier = useTexts(tierTexts);
  return (
    <div className={classes.filters}>
      <Choice
        label={t("only")}
        value={filter.only}
        options={(["all", "writes", "denials"] as const).map((value) => ({ value, label: t(`only_${value}`) }))}
        choose={(only) => {
          choose({ ...filter, only });
        }}
      />
      <Chip.Group
        multiple
        value={[...filter.tiers]}
        onChange={(tiers) => {
          choose({ ...filter, tiers });
        }}
      >
        <div className={classes.tiers} role="group" aria-label={t("tiers")}>
          {TIERS.map((each) => (
            <Chip key={each} size="xs" value={each}>
              {tier(each)}
            </Chip>
          ))}
        </div>
      </Chip.Group>
      {units.length > 1 ? (
        <NativeSelect
          size="xs"
          aria-label={t("unit")}
          value={filter.unit ?? ""}
          data={[
            { value: "", label: t("any_unit") },
            ...units.map((unit) => ({ value: unit, label: `${t("unit")} ${unit}` })),
          ]}
          onChange={(event) => {
            const { value } = event.currentTarget;
            choose({ ...filter, unit: value === "" ? null : value });
          }}
        />
      ) : null}
    </div>
  );
}

interface HappeningsProps {
  readonly happenings: readonly Happening[];
  readonly site: string;
}

/** What happened to the session itself while one watched, the newest first. */
function Happenings({ happenings, site }: HappeningsProps) {
  const t = useTexts(texts);
  const said = happenings.flatMap((happening) => {
    const text = wordsOf(t, happening);
    return text === null ? [] : [{ ...happening, text }];
  });
  if (said.length === 0) return null;
  return (
    <Panel title={t("happenings")}>
      <ol className={classes.happenings}>
        {said.toReversed().map(({ key, at, text }) => (
          <li key={key}>
            <Moment at={at} site={site} style="time" />
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function wordsOf(t: ReturnType<typeof useTexts<typeof texts>>, { kind, details }: Happening): string | null {
  if (kind === "warned") return t("happened_warned", { text: typeof details.text === "string" ? details.text : "" });
  const key = `happened_${kind}`;
  return key !== "happened_opened" && Object.hasOwn(texts.en, key) ? t(key as "happened_ended") : null;
}
