import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";

import type { Exchange, Operation } from "../../ui/operations/operations";
import { blockQuery } from "./data";
import { advanced, type Speed } from "./player";
import type { Block, Lane, Timeline } from "./timeline";

const TICK_MILLISECONDS = 100;

export type Way = "next" | "previous";

/** The moment that is shown; `row` of the lane "all" where it was chosen, else it follows from the time. */
interface Cursor {
  readonly at: number;
  readonly row: number | null;
}

export interface Player {
  readonly at: number;
  /** The row of the lane "all" at this moment. */
  readonly row: number;
  readonly isChosen: boolean;
  readonly isPlaying: boolean;
  readonly speed: Speed;
  readonly skipsIdle: boolean;
  readonly toggle: () => void;
  readonly setSpeed: (speed: Speed) => void;
  readonly setSkipsIdle: (skips: boolean) => void;
  /** Go to a moment. */
  readonly seek: (ns: number) => void;
  /** Go to a row of the lane "all", whose time is known or about right. */
  readonly choose: (row: number, at?: number) => void;
  /** Go to the next write or refusal, or to the one before. */
  readonly jump: (lane: Exclude<Lane, "all">, way: Way) => Promise<void>;
}

/** Moves through a recording: by time, by rows, from one write to the next. */
export function usePlayer(recording: string, timeline: Timeline, firstRow: number): Player {
  const cache = useQueryClient();
  const [cursor, setCursor] = useState<Cursor>(() => ({ at: timeline.timeOf("all", firstRow), row: firstRow }));
  const [wantsToPlay, setWantsToPlay] = useState(false);
  const [speed, setSpeed] = useState<Speed>(1);
  const [skipsIdle, setSkipsIdle] = useState(true);
  const isPlaying = wantsToPlay && cursor.at < timeline.endNs;

  useEffect(() => {
    if (!isPlaying) return undefined;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const passed = now - last;
      last = now;
      setCursor(({ at }) => ({ at: advanced(timeline, at, passed, { speed, skipsIdle }), row: null }));
    }, TICK_MILLISECONDS);
    return () => {
      clearInterval(timer);
    };
  }, [isPlaying, timeline, speed, skipsIdle]);

  const seek = useCallback(
    (ns: number) => {
      setCursor({ at: Math.min(Math.max(0, ns), timeline.endNs), row: null });
    },
    [timeline],
  );
  const choose = useCallback(
    (row: number, at?: number) => {
      setWantsToPlay(false);
      setCursor({ at: at ?? timeline.timeOf("all", row), row });
    },
    [timeline],
  );
  const jump = async (lane: Exclude<Lane, "all">, way: Way) => {
    const read = (block: Block) => cache.query(blockQuery(recording, lane, block));
    const found = await neighbour(timeline, lane, cursor.at, way, read);
    if (found?.number != null) choose(found.number - 1, found.since_start_ns);
  };
  return {
    at: cursor.at,
    row: cursor.row ?? Math.min(timeline.rowAt("all", cursor.at), Math.max(0, timeline.rows("all") - 1)),
    isChosen: cursor.row !== null,
    isPlaying,
    speed,
    skipsIdle,
    toggle: () => {
      // At the end, playing begins anew.
      if (!isPlaying && cursor.at >= timeline.endNs) setCursor({ at: 0, row: null });
      setWantsToPlay(!isPlaying);
    },
    setSpeed,
    setSkipsIdle,
    seek,
    choose,
    jump,
  };
}

/** The operation of a lane that comes next after a moment, or last before it; null where there is none. */
async function neighbour(
  timeline: Timeline,
  lane: Lane,
  at: number,
  way: Way,
  read: (block: Block) => Promise<readonly Exchange[]>,
): Promise<Operation | null> {
  // The index tells only about which row it is; the operations themselves tell exactly.
  let block = timeline.blockOf(lane, Math.min(timeline.rowAt(lane, at), timeline.rows(lane) - 1));
  while (block !== null) {
    const operations = (await read(block)).map(({ asked }) => asked);
    const hit =
      way === "next"
        ? operations.find(({ since_start_ns: ns }) => ns > at)
        : operations.findLast(({ since_start_ns: ns }) => ns < at);
    if (hit !== undefined) return hit;
    block = timeline.blockOf(lane, way === "next" ? block.firstRow + block.rows : block.firstRow - 1);
  }
  return null;
}
