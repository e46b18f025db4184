import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";

import { useLanguage, useTexts } from "../../i18n/language";
import { writeMoment } from "../../i18n/times";
import { draw, type Colors } from "./drawing";
import { ticks, within, zoomed, type Part } from "./player";
import { texts } from "./texts";
import type { Timeline } from "./timeline";
import classes from "./TimeLine.module.css";

const DETAIL_HEIGHT = 76;
const OVERVIEW_HEIGHT = 22;
const TICK_PIXELS = 110;
/** What a time needs: one that would be cut off at the end is left out. */
const TICK_TEXT_PIXELS = 60;
const CLOSER = 0.5;
const WHEEL = 1.0015;

interface TimeLineProps {
  readonly timeline: Timeline;
  readonly startedAt: string;
  readonly zone: string;
  /** The moment that is shown, and its words for those who do not see the line. */
  readonly at: number;
  readonly said: string;
  readonly seek: (ns: number) => void;
  readonly part: Part;
  readonly setPart: (part: Part) => void;
}

/** When how much was said, written and refused. A click seeks; the wheel, + and - look closer. */
export function TimeLine(props: TimeLineProps) {
  const { timeline, startedAt, zone, at, said, seek, part, setPart } = props;
  const t = useTexts(texts);
  const { ref, width } = useElementSize<HTMLDivElement>();
  const detail = useRef<HTMLDivElement>(null);
  const length = part.to - part.from;
  const whole = timeline.endNs;

  const timeUnder = (clientX: number): number => {
    const box = detail.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return at;
    return part.from + (Math.min(Math.max(0, clientX - box.left), box.width) / box.width) * length;
  };
  const wheel = useRef<(event: WheelEvent) => void>(() => undefined);
  useEffect(() => {
    wheel.current = (event) => {
      event.preventDefault();
      const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (isSideways) {
        const by = ((event.deltaX || event.deltaY) / Math.max(1, width)) * length;
        setPart(within(whole, part.from + by, length));
      } else setPart(zoomed(whole, part, WHEEL ** event.deltaY, timeUnder(event.clientX)));
    };
  });
  useEffect(() => {
    // React's own wheel handlers are passive: the page would scroll away under the pointer.
    const element = detail.current;
    const turn = (event: WheelEvent) => {
      wheel.current(event);
    };
    element?.addEventListener("wheel", turn, { passive: false });
    return () => element?.removeEventListener("wheel", turn);
  }, []);

  const press = (event: React.KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const wanted = wantedBy(event.key, at, part, whole);
    if (wanted === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (typeof wanted === "number") seek(Math.min(Math.max(0, wanted), whole));
    else setPart(wanted);
  };
  const place = length > 0 ? (at - part.from) / length : 0;
  return (
    <div ref={ref} className={classes.line}>
      <div
        ref={detail}
        className={classes.detail}
        role="slider"
        tabIndex={0}
        aria-label={t("time_line")}
        aria-valuemin={0}
        aria-valuemax={Math.round(whole / 1e9)}
        aria-valuenow={Math.round(at / 1e9)}
        aria-valuetext={said}
        onKeyDown={press}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          seek(timeUnder(event.clientX));
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) seek(timeUnder(event.clientX));
        }}
      >
        <Drawing timeline={timeline} part={part} width={width} height={DETAIL_HEIGHT} isDetailed />
        {place >= 0 && place <= 1 ? (
          <div className={classes.cursor} style={{ transform: `translateX(${place * width}px)` }} aria-hidden />
        ) : null}
      </div>
      <Ticks part={part} startedAt={startedAt} zone={zone} width={width} />
      <Overview timeline={timeline} part={part} setPart={setPart} at={at} width={width} />
    </div>
  );
}

/** What a key asks for: a moment, or another part. */
function wantedBy(key: string, at: number, part: Part, whole: number): number | Part | null {
  const length = part.to - part.from;
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return at + length / 100;
    case "ArrowLeft":
    case "ArrowDown":
      return at - length / 100;
    case "PageUp":
      return at + length / 10;
    case "PageDown":
      return at - length / 10;
    case "Home":
      return 0;
    case "End":
      return whole;
    case "+":
    case "=":
      return zoomed(whole, part, CLOSER, at);
    case "-":
      return zoomed(whole, part, 1 / CLOSER, at);
    case "0":
      return within(whole, 0, whole);
    default:
      return null;
  }
}

interface DrawingProps {
  readonly timeline: Timeline;
  readonly part: Part;
  readonly width: number;
  readonly height: number;
  readonly isDetailed?: boolean;
}

function Drawing({ timeline, part, width, height, isDetailed = false }: DrawingProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (element == null || context == null || width === 0) return;
    const ratio = window.devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    draw(context, timeline, part, { width, height, isDetailed }, colorsOf(element));
  }, [timeline, part, width, height, isDetailed, scheme]);
  return <canvas ref={canvas} className={classes.canvas} style={{ height }} aria-hidden />;
}

function colorsOf(element: HTMLElement): Colors {
  const style = getComputedStyle(element);
  const variable = (name: string) => style.getPropertyValue(name).trim();
  return {
    all: variable("--line-strong"),
    writes: variable("--info"),
    denials: variable("--alarm"),
    ground: variable("--line"),
  };
}

interface TicksProps {
  readonly part: Part;
  readonly startedAt: string;
  readonly zone: string;
  readonly width: number;
}

/** The wall clock under the line. */
function Ticks({ part, startedAt, zone, width }: TicksProps) {
  const { language } = useLanguage();
  const started = Date.parse(startedAt);
  const length = part.to - part.from;
  const style = length < 180e9 ? "second" : "time";
  return (
    <div className={classes.ticks} aria-hidden>
      {ticks(part, started, Math.max(1, Math.floor(width / TICK_PIXELS)))
        .map((ns) => ({ ns, share: (ns - part.from) / Math.max(1, length) }))
        .filter(({ share }) => (1 - share) * width >= TICK_TEXT_PIXELS)
        .map(({ ns, share }) => (
          <span key={ns} style={{ left: `${share * 100}%` }}>
            {timeOfDay(writeMoment(new Date(started + ns / 1e6), style, language, zone))}
          </span>
        ))}
    </div>
  );
}

/** Without the day, which stands above. */
function timeOfDay(written: string): string {
  return written.split(", ").at(-1) ?? written;
}

interface OverviewProps {
  readonly timeline: Timeline;
  readonly part: Part;
  readonly setPart: (part: Part) => void;
  readonly at: number;
  readonly width: number;
}

/** The whole recording, and which part of it stands above; to be dragged. */
function Overview({ timeline, part, setPart, at, width }: OverviewProps) {
  const whole = timeline.endNs;
  if (part.from <= 0 && part.to >= whole) return null;
  const share = (ns: number) => `${(ns / Math.max(1, whole)) * 100}%`;
  const move = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const length = part.to - part.from;
    setPart(within(whole, ((event.clientX - box.left) / Math.max(1, box.width)) * whole - length / 2, length));
  };
  return (
    <div
      className={classes.overview}
      aria-hidden
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        move(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) move(event);
      }}
    >
      <Drawing timeline={timeline} part={{ from: 0, to: whole }} width={width} height={OVERVIEW_HEIGHT} />
      <div className={classes.window} style={{ left: share(part.from), width: share(part.to - part.from) }} />
      <div className={classes.mark} style={{ left: share(at) }} />
    </div>
  );
}
