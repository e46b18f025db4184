/** Times and lengths of time as people of a language write them. Pure: the zone and the present moment are arguments. */

import type { Language } from "./texts";

const LOCALE: Record<Language, string> = { en: "en-GB", de: "de-DE" };

type Style = "time" | "day" | "moment" | "second";

const STYLES: Record<Style, Intl.DateTimeFormatOptions> = {
  time: { hour: "2-digit", minute: "2-digit" },
  day: { day: "2-digit", month: "short", year: "numeric" },
  moment: { day: "2-digit", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" },
  second: {
    day: "2-digit",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  },
};

const formats = new Map<string, Intl.DateTimeFormat>();

/** The viewer's own zone. */
export function viewerZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Write a moment in a zone. */
export function writeMoment(at: Date, style: Style, language: Language, zone: string): string {
  const key = `${style} ${language} ${zone}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(LOCALE[language], { ...STYLES[style], timeZone: zone, hourCycle: "h23" });
    formats.set(key, format);
  }
  return format.format(at);
}

/** Whether two zones have the same wall clock at a moment: then one time is enough to show. */
export function isSameWallClock(at: Date, one: string, other: string): boolean {
  return one === other || writeMoment(at, "moment", "en", one) === writeMoment(at, "moment", "en", other);
}

/** "Europe/Berlin" as a short name that people know: "Berlin". */
export function zoneName(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

const STEPS: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** "in 2 hours", "5 minutes ago": the largest unit that fills at least one. */
export function writeRelative(at: Date, now: number, language: Language): string {
  const seconds = Math.round((at.getTime() - now) / 1000);
  const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(LOCALE[language], { numeric: "auto", style: "short" }).format(
    Math.trunc(seconds / size),
    unit,
  );
}

const UNITS: Record<Language, readonly [string, number][]> = {
  en: [
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ],
  de: [
    ["T", 86_400],
    ["Std.", 3600],
    ["Min.", 60],
    ["Sek.", 1],
  ],
};

/** "2 h 30 min": the two largest units. */
export function writeDuration(seconds: number, language: Language): string {
  let rest = Math.max(0, Math.round(seconds));
  const found: string[] = [];
  for (const [unit, size] of UNITS[language]) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) found.push(`${count} ${unit}`);
    if (found.length === 2 || (found.length === 1 && count === 0)) break;
  }
  return found.join(" ") || `0 ${UNITS[language].at(-1)?.[0] ?? ""}`;
}

const BELOW: Record<Language, string> = { en: "under", de: "unter" };

/** "0.3 s", "under 0.1 s": how long something took that must be fast; no finer than a person can tell. */
export function writeSeconds(seconds: number, language: Language): string {
  const write = (value: number) =>
    `${value.toLocaleString(LOCALE[language], { minimumFractionDigits: 1, maximumFractionDigits: 1 })} s`;
  return seconds < 0.1 ? `${BELOW[language]} ${write(0.1)}` : write(seconds);
}

/** "1:59:07", "04:31": time left, as a clock that counts down. */
export function writeCountdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const tail = `${String(minutes).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

const BYTES = ["B", "KB", "MB", "GB", "TB"] as const;

/** "1.4 MB", in steps of 1000. */
export function writeBytes(bytes: number, language: Language): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), BYTES.length - 1);
  const value = (bytes / 1000 ** step).toLocaleString(LOCALE[language], { maximumFractionDigits: step === 0 ? 0 : 1 });
  return `${value} ${BYTES[step] ?? "B"}`;
}

const WALL_CLOCK = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/;

/** A moment as a field of type datetime-local has it, by a zone's clock: "2026-11-25T13:00". */
export function toWallClock(at: Date, zone: string): string {
  const format = new Intl.DateTimeFormat("sv-SE", {
    ...STYLES.moment,
    month: "2-digit",
    timeZone: zone,
    hourCycle: "h23",
  });
  return format.format(at).replace(" ", "T");
}

/** The moment when a zone's clock shows this; of two such moments (clocks go back) the first; null for no time at all. */
export function fromWallClock(text: string, zone: string): Date | null {
  if (!WALL_CLOCK.test(text)) return null;
  const shown = Date.parse(`${text}Z`);
  if (Number.isNaN(shown)) return null;
  const candidates = [-1, 1].map((day) => shown - offsetAt(shown + day * 86_400_000, zone));
  const fitting = candidates.filter((at) => toWallClock(new Date(at), zone) === text);
  return new Date(fitting.length > 0 ? Math.min(...fitting) : Math.max(...candidates));
}

/** How far a zone's clock is ahead of UTC at a moment, in milliseconds. */
function offsetAt(at: number, zone: string): number {
  return Date.parse(`${toWallClock(new Date(at), zone)}Z`) - Math.floor(at / 60_000) * 60_000;
}
