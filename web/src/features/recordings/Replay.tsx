import "../../ui/styles/evidence";

import { Alert, Button, Checkbox, NativeSelect, Tooltip, ActionIcon } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  IconArrowsMaximize,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
  IconZoomIn,
  IconZoomOut,
} from "@tabler/icons-react";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { useLanguage, useTexts } from "../../i18n/language";
import { writeMoment } from "../../i18n/times";
import { CopyButton } from "../../ui/CopyLine";
import { Choice, SearchField } from "../../ui/fields";
import { Empty, Outline } from "../../ui/Loaded";
import { OperationFacts } from "../../ui/operations/OperationFacts";
import { OperationRow, PHONE_ROW_HEIGHT, ROW_HEIGHT } from "../../ui/operations/OperationRow";
import { VirtualRows, type RowsHandle } from "../../ui/operations/VirtualRows";
import { Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { useZone } from "../../ui/zones";
import type { Recording } from "./data";
import { Found } from "./Found";
import { holding, SPEEDS, within, writeOffset, zoomed, type Part, type Speed } from "./player";
import { refined } from "./refine";
import classes from "./Replay.module.css";
import { texts } from "./texts";
import { TimeLine } from "./TimeLine";
import type { Lane, Timeline } from "./timeline";
import { usePlayer, type Player } from "./usePlayer";
import { useRow, useRows } from "./useRows";

const PHONE = "(max-width: 48em)";
const FIND_LONGEST = 100;

interface ReplayProps {
  readonly recording: Recording;
  readonly timeline: Timeline;
  /** The number of the operation to begin with. */
  readonly first: number;
}

/** A recording over time: what was said when, one operation after the other. */
export function Replay({ recording, timeline, first }: ReplayProps) {
  const t = useTexts(texts);
  const [lane, setLane] = useState<Lane>("all");
  const [text, setText] = useState("");
  const firstRow = Math.min(Math.max(0, first - 1), Math.max(0, timeline.rows("all") - 1));
  const player = usePlayer(recording.id, timeline, firstRow);
  const chosen = useRow(recording.id, timeline, "all", player.row);
  useKeys(player);
  if (timeline.rows("all") === 0) {
    return (
      <Panel>
        <Empty title={t("nothing_said")}>{t("nothing_said_text")}</Empty>
      </Panel>
    );
  }
  const link = `${location.origin}/recordings/${recording.id}?at=${chosen?.asked.number ?? player.row + 1}`;
  return (
    <div className={classes.replay}>
      <Panel flush>
        <Times recording={recording} timeline={timeline} player={player} />
      </Panel>
      <div className={classes.columns}>
        <Panel flush>
          <div className={classes.filters}>
            <Choice
              label={t("show")}
              value={lane}
              options={(["all", "writes", "denials"] as const).map((value) => ({ value, label: t(`lane_${value}`) }))}
              choose={setLane}
            />
            <SearchField
              label={t("find")}
              value={text}
              search={(next) => {
                setText(next.slice(0, FIND_LONGEST));
              }}
            />
            <span className={classes.count}>{t("operations_count", { count: timeline.rows(lane) })}</span>
          </div>
          <div className={classes.rows}>
            {text === "" ? (
              <Rows key={lane} recording={recording} timeline={timeline} lane={lane} player={player} />
            ) : (
              <Found
                key={`${lane} ${text}`}
                recording={recording}
                lane={lane}
                text={text}
                row={player.row}
                choose={player.choose}
                seek={player.seek}
              />
            )}
          </div>
        </Panel>
        <Panel title={t("operation")} aside={<CopyButton text={link} label={t("link_here")} />}>
          {chosen === undefined ? <Outline /> : <OperationFacts exchange={chosen} site={recording.site} />}
        </Panel>
      </div>
    </div>
  );
}

interface TimesProps {
  readonly recording: Recording;
  readonly timeline: Timeline;
  readonly player: Player;
}

/** The time line and what moves along it. */
function Times({ recording, timeline, player }: TimesProps) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const zone = useZone(recording.site);
  const whole = timeline.endNs;
  const [chosenPart, setPart] = useState<Part>({ from: 0, to: whole });
  // While it plays the line follows; whoever looks elsewhere meanwhile comes back with it.
  const part = player.isPlaying ? holding(whole, chosenPart, player.at) : chosenPart;
  const clock = writeMoment(new Date(Date.parse(recording.started_at) + player.at / 1e6), "second", language, zone);
  const zoom = (factor: number) => {
    setPart(zoomed(whole, part, factor, player.at));
  };
  return (
    <div className={classes.times}>
      <TimeLine
        timeline={timeline}
        startedAt={recording.started_at}
        zone={zone}
        at={player.at}
        said={clock}
        seek={player.seek}
        part={part}
        setPart={setPart}
      />
      <div className={classes.controls}>
        <div className={classes.buttons}>
          <Control
            name={t("previous_write")}
            act={() => void player.jump("writes", "previous")}
            isOff={timeline.rows("writes") === 0}
          >
            <IconPlayerSkipBack size={18} aria-hidden />
          </Control>
          <Control name={player.isPlaying ? t("pause") : t("play")} act={player.toggle} isMain>
            {player.isPlaying ? (
              <IconPlayerPauseFilled size={18} aria-hidden />
            ) : (
              <IconPlayerPlayFilled size={18} aria-hidden />
            )}
          </Control>
          <Control
            name={t("next_write")}
            act={() => void player.jump("writes", "next")}
            isOff={timeline.rows("writes") === 0}
          >
            <IconPlayerSkipForward size={18} aria-hidden />
          </Control>
        </div>
        <div className={classes.clock}>
          <strong>{clock}</strong>
          <span>{`${writeOffset(player.at, true)} / ${writeOffset(whole, false)}`}</span>
        </div>
        {timeline.rows("denials") === 0 ? null : (
          <Button size="xs" variant="default" onClick={() => void player.jump("denials", "next")}>
            {t("next_denial")}
          </Button>
        )}
        <div className={classes.spring} />
        <NativeSelect
          aria-label={t("speed")}
          size="xs"
          value={String(player.speed)}
          data={SPEEDS.map((speed) => ({ value: String(speed), label: `${speed.toLocaleString(language)}×` }))}
          onChange={(event) => {
            player.setSpeed(Number(event.currentTarget.value) as Speed);
          }}
        />
        <Checkbox
          size="xs"
          label={t("skip_idle")}
          checked={player.skipsIdle}
          onChange={(event) => {
            player.setSkipsIdle(event.currentTarget.checked);
          }}
        />
        <div className={classes.buttons}>
          <Control
            name={t("closer")}
            act={() => {
              zoom(0.5);
            }}
          >
            <IconZoomIn size={18} aria-hidden />
          </Control>
          <Control
            name={t("further")}
            act={() => {
              zoom(2);
            }}
          >
            <IconZoomOut size={18} aria-hidden />
          </Control>
          <Control
            name={t("whole")}
            act={() => {
              setPart(within(whole, 0, whole));
            }}
          >
            <IconArrowsMaximize size={18} aria-hidden />
          </Control>
        </div>
      </div>
      <Legend timeline={timeline} />
    </div>
  );
}

interface ControlProps {
  readonly name: string;
  readonly act: () => void;
  readonly isMain?: boolean;
  readonly isOff?: boolean;
  readonly children: ReactNode;
}

function Control({ name, act, isMain = false, isOff = false, children }: ControlProps) {
  return (
    <Tooltip label={name}>
      <ActionIcon
        variant={isMain ? "filled" : "default"}
        size={isMain ? "lg" : "md"}
        aria-label={name}
        disabled={isOff}
        onClick={act}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function Legend({ timeline }: { readonly timeline: Timeline }) {
  const t = useTexts(texts);
  return (
    <div className={classes.legend}>
      <span data-lane="all">{t("operations_count", { count: timeline.rows("all") })}</span>
      <span data-lane="writes">{t("writes_count", { count: timeline.rows("writes") })}</span>
      <span data-lane="denials">{t("denials_count", { count: timeline.rows("denials") })}</span>
      <span className={classes.keys}>{t("keys")}</span>
    </div>
  );
}

interface RowsProps {
  readonly recording: Recording;
  readonly timeline: Timeline;
  readonly lane: Lane;
  readonly player: Player;
}

/** The operations of a lane, all of them: those in sight are read. */
function Rows({ recording, timeline, lane, player }: RowsProps) {
  const t = useTexts(texts);
  const zone = useZone(recording.site);
  const isPhone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  const rows = useRows(recording.id, timeline, lane);
  const list = useRef<RowsHandle>(null);
  const count = timeline.rows(lane);
  const about = lane === "all" ? player.row : Math.min(timeline.rowAt(lane, player.at), Math.max(0, count - 1));
  const row = lane === "all" && player.isChosen ? player.row : Math.min(refined(about, player.at, rows.at), count - 1);
  const isFirst = useRef(true);
  useEffect(() => {
    list.current?.show(row, player.isChosen && !isFirst.current ? "nearest" : "middle");
    isFirst.current = false;
  }, [row, player.isChosen]);
  if (count === 0) return <Empty title={t(`none_${lane === "denials" ? "denials" : "writes"}`)} />;
  return (
    <>
      {rows.error === null ? null : (
        <div className={classes.problem}>
          <Problem error={rows.error} retry={rows.retry} />
        </div>
      )}
      {rows.isOdd ? (
        <Alert color="red" title={t("odd")} className={classes.problem ?? ""}>
          {t("odd_text")}
        </Alert>
      ) : null}
      <VirtualRows
        ref={list}
        label={t(`lane_${lane}`)}
        count={count}
        rowHeight={isPhone ? PHONE_ROW_HEIGHT : ROW_HEIGHT}
        selected={row}
        select={(index) => {
          const asked = rows.at(index)?.asked;
          if (asked?.number != null) player.choose(asked.number - 1, asked.since_start_ns);
          else if (lane === "all") player.choose(index);
          else player.seek(timeline.timeOf(lane, index));
        }}
        seen={rows.seen}
        row={(index) => {
          const exchange = rows.at(index);
          return exchange === undefined ? (
            <div className={classes.unread} aria-hidden />
          ) : (
            <OperationRow exchange={exchange} zone={zone} />
          );
        }}
      />
    </>
  );
}

const TYPED_INTO = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const PRESSED = "button, a, [role=radio], [role=menuitem]";

/** Keys that work wherever the focus is, except where somebody types, or Space presses something. */
function useKeys(player: Player): void {
  const press = useRef<(key: string) => boolean>(() => false);
  useEffect(() => {
    press.current = (key) => {
      switch (key) {
        case " ":
        case "k":
          player.toggle();
          return true;
        case "n":
          void player.jump("writes", "next");
          return true;
        case "p":
          void player.jump("writes", "previous");
          return true;
        case "d":
          void player.jump("denials", "next");
          return true;
        default:
          return false;
      }
    };
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (event.altKey || event.ctrlKey || event.metaKey || target?.closest(TYPED_INTO) != null) return;
      if (event.key === " " && target?.closest(PRESSED) != null) return;
      if (press.current(event.key)) event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => {
      window.removeEventListener("keydown", listen);
    };
  }, []);
}
