/** One clock for everything on the page that counts: whatever shows time left moves in the same instant. */

import { useSyncExternalStore } from "react";

import { now } from "../api/clock";

const TICK_MILLISECONDS = 1000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let second = now();

function tick(): void {
  second = now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    tick();
    timer = setInterval(tick, TICK_MILLISECONDS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** The present moment in milliseconds, renewed each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => second);
}
