import { useCallback, useEffect, useRef, useState } from "react";

import { ApiError } from "../../api/problems";
import { linesOf, NoLinesError } from "./chain/lines";
import type { KeptCheckpoint } from "./chain/records";
import { verifyExport, type Outcome } from "./chain/verify";

type Source = (signal: AbortSignal) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;

/** Where a check stands. */
export type Check =
  | { readonly at: "rest" }
  | { readonly at: "work"; readonly done: number; readonly all: number }
  | { readonly at: "end"; readonly outcome: Outcome; readonly kept: KeptCheckpoint | null }
  | { readonly at: "fault"; readonly error: Error };

interface Checking {
  readonly check: Check;
  readonly start: (source: Source, kept: KeptCheckpoint | null) => void;
  readonly stop: () => void;
}

/** Checks a chain as it arrives, one at a time; leaving the page stops it. */
export function useCheck(): Checking {
  const [check, setCheck] = useState<Check>({ at: "rest" });
  const running = useRef<AbortController>(undefined);
  const stop = useCallback(() => {
    running.current?.abort();
    running.current = undefined;
    setCheck({ at: "rest" });
  }, []);
  useEffect(() => () => running.current?.abort(), []);
  const start = useCallback((source: Source, kept: KeptCheckpoint | null) => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    const say = (next: Check) => {
      if (running.current === mine) setCheck(next);
    };
    const progress = (done: number, all: number) => {
      say({ at: "work", done, all });
    };
    say({ at: "work", done: 0, all: 0 });
    source(mine.signal)
      .then((stream) => verifyExport(linesOf(stream), { kept, progress }))
      .then((outcome) => {
        say({ at: "end", outcome, kept });
      })
      .catch((error: unknown) => {
        say(ended(error, kept));
      });
  }, []);
  return { check, start, stop };
}

/** What is no text is no export; a stream that breaks off breaks with a `TypeError`. */
function ended(error: unknown, kept: KeptCheckpoint | null): Check {
  if (error instanceof NoLinesError) {
    return { at: "end", outcome: { isIntact: false, sequence: 0, fault: "no_export", links: 0 }, kept };
  }
  if (error instanceof TypeError) return { at: "fault", error: new ApiError("unreachable") };
  return { at: "fault", error: error instanceof Error ? error : new Error(String(error)) };
}
