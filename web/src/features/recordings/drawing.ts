/** Draws how much was said over a part of the time: all as bars, writes and refusals as marks under them. */

import type { Part } from "./player";
import type { Lane, Timeline } from "./timeline";

export interface Colors {
  readonly all: string;
  readonly writes: string;
  readonly denials: string;
  readonly ground: string;
}

interface Area {
  readonly width: number;
  readonly height: number;
  /** With lanes for writes and refusals under the bars. */
  readonly isDetailed: boolean;
}

const BAR = 2;
const LANE = 9;
const GAP = 4;

export function draw(
  context: CanvasRenderingContext2D,
  timeline: Timeline,
  part: Part,
  { width, height, isDetailed }: Area,
  colors: Colors,
): void {
  context.clearRect(0, 0, width, height);
  const bars = Math.ceil(width / BAR);
  const base = isDetailed ? height - 2 * (LANE + GAP) : height;
  const edge = (bar: number) => part.from + ((part.to - part.from) * bar) / bars;
  const counts = (lane: Lane) => {
    const sums = Array.from({ length: bars + 1 }, (_, bar) => timeline.upTo(lane, edge(bar)));
    return sums.slice(1).map((sum, bar) => sum - (sums[bar] ?? 0));
  };

  const all = counts("all");
  const most = Math.log1p(Math.max(...all, 0));
  context.fillStyle = colors.all;
  all.forEach((count, bar) => {
    if (count <= 0 || most <= 0) return;
    const size = Math.max(1, (Math.log1p(count) / most) * (base - 2));
    context.fillRect(bar * BAR, base - size, BAR, size);
  });
  context.fillStyle = colors.ground;
  context.fillRect(0, base, width, 1);
  if (!isDetailed) return;
  mark(context, counts("writes"), base + GAP, colors.writes);
  mark(context, counts("denials"), base + 2 * GAP + LANE, colors.denials);
}

/** A mark wherever there is anything: a single refusal in eight hours must be seen. */
function mark(context: CanvasRenderingContext2D, counts: readonly number[], y: number, color: string): void {
  context.fillStyle = color;
  counts.forEach((count, bar) => {
    if (count > 1e-9) context.fillRect(bar * BAR, y, BAR, LANE);
  });
}
