/** How a replay moves through time, and which part of it the time line shows. Pure. */

import type { Timeline } from "./timeline";

export const SPEEDS = [1, 5, 20, 60, 300, 1200] as const;
export type Speed = (typeof SPEEDS)[number];

/** Nothing said for so long is idle. */
const IDLE_NS = 3e9;
/** What follows an idle time is shown a little before it happens. */
const LEAD_NS = 3e8;
const SHORTEST_NS = 2e8;

/** The moment after so much real time; idle times are skipped where that is wanted. */
export function advanced(
  timeline: Timeline,
  at: number,
  milliseconds: number,
  { speed, skipsIdle }: { readonly speed: number; readonly skipsIdle: boolean },
): number {
  const next = Math.min(timeline.endNs, at + milliseconds * 1e6 * speed);
  return skipsIdle ? Math.min(timeline.endNs, behindIdle(timeline, next)) : next;
}

/** The end of the idle time that a moment lies in; the moment itself where it lies in none. */
function behindIdle(timeline: Timeline, ns: number): number {
  const segment = timeline.neighbour("all", timeline.segmentAt(ns), "next");
  const until = segment === null ? timeline.endNs : timeline.span(segment).firstNs;
  return until - ns > IDLE_NS ? until - LEAD_NS : ns;
}

/** A part of the time, in nanoseconds. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** A part as long as another, but within the whole and around what is wanted. */
export function within(whole: number, from: number, length: number): Part {
  const fitting = Math.min(Math.max(length, Math.min(SHORTEST_NS, whole)), whole);
  const start = Math.min(Math.max(0, from), whole - fitting);
  return { from: start, to: start + fitting };
}

/** The part when one looks closer (factor below 1) or from further away, with a moment kept in its place. */
export function zoomed(whole: number, part: Part, factor: number, around: number): Part {
  const length = part.to - part.from;
  const kept = Math.min(Math.max(around, part.from), part.to);
  const share = length > 0 ? (kept - part.from) / length : 0;
  const next = Math.min(whole, Math.max(length * factor, SHORTEST_NS));
  return within(whole, kept - share * next, next);
}

/** The part moved so that a moment is in it; itself where it is in it already. */
export function holding(whole: number, part: Part, at: number): Part {
  if (part.from <= at && at <= part.to) return part;
  const length = part.to - part.from;
  return within(whole, at - length / 4, length);
}

const STEPS = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** Where to write times under a part: full steps of the wall clock, at most so many; as nanoseconds since the start. */
export function ticks(part: Part, startedAtMs: number, most: number): readonly number[] {
  const seconds = (part.to - part.from) / 1e9;
  const step = (STEPS.find((each) => seconds / each <= most) ?? 7 * 86_400) * 1000;
  const found: number[] = [];
  const first = Math.ceil((startedAtMs + part.from / 1e6) / step) * step;
  for (let at = first; at <= startedAtMs + part.to / 1e6 && found.length <= most; at += step) {
    found.push((at - startedAtMs) * 1e6);
  }
  return found;
}

/** "2:04:09" since the start; with tenths where they can be told apart. */
export function writeOffset(ns: number, isExact: boolean): string {
  const tenths = Math.max(0, Math.floor(ns / 1e8));
  const whole = Math.floor(tenths / 10);
  const two = (value: number) => String(value).padStart(2, "0");
  const text = `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return isExact ? `${text}.${tenths % 10}` : text;
}
