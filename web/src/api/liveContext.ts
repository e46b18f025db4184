import { createContext, use, useEffect } from "react";

import { LiveEvents, type Watcher } from "./live";

/** The link of live events: one for all pages, started by the shell. */
export const LiveContext = createContext(new LiveEvents());

/** Hear what happens in a session while the component is shown. `watcher` must be stable (useCallback). */
export function useWatch(session: string, watcher: Watcher): void {
  const live = use(LiveContext);
  useEffect(() => live.watch(session, watcher), [live, session, watcher]);
}
