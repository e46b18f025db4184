import { useCallback, useState } from "react";

import { now } from "../../api/clock";
import { useWatch } from "../../api/liveContext";
import type { Watcher } from "../../api/live";
import { OperationLog } from "./operationLog";

const MOST_KEPT = 20_000;
const MOST_EVENTS = 50;

/** Something that happened to the session itself, as the broker says it. */
export interface Happening {
  readonly key: number;
  /** When this page heard of it. */
  readonly at: string;
  readonly kind: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface LiveOperations {
  readonly log: OperationLog;
  /** Grows with each batch: what is shown of the log is then out of date. */
  readonly version: number;
  readonly happenings: readonly Happening[];
}

/** Watches a session: its operations as they are said, and what happens to it. */
export function useOperations(session: string): LiveOperations {
  const [log] = useState(() => new OperationLog(MOST_KEPT));
  const [version, setVersion] = useState(0);
  const [happenings, setHappenings] = useState<readonly Happening[]>([]);
  const watcher = useCallback<Watcher>(
    (said) => {
      if (said.kind === "operations") {
        log.take(said.items, said.dropped);
        setVersion((before) => before + 1);
        return;
      }
      const { kind, ...details } = said.event;
      setHappenings((before) => [
        ...before.slice(1 - MOST_EVENTS),
        { key: (before.at(-1)?.key ?? 0) + 1, at: new Date(now()).toISOString(), kind, details },
      ]);
    },
    [log],
  );
  useWatch(session, watcher);
  return { log, version, happenings };
}
