import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { now } from "../../api/clock";
import { eventsQuery, NEWEST, newestQuery, type AuditEvent } from "./data";
import { holds } from "./events";
import { wantedAt, type Filter } from "./filter";
import { useActionWords } from "./looks";

const PAGE = 100;
/** When something is looked for here, the broker is asked for more at a time. */
const SEARCHED_PAGE = 500;
/** And so many pages of it before a person says whether to go on. */
const SEARCHED_PAGES = 10;
const ENOUGH = 50;

/** The log under a filter. */
export interface Log {
  readonly query: {
    readonly data: readonly AuditEvent[] | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  /** Those that were written since, while nobody follows. */
  readonly waiting: number;
  readonly showWaiting: () => void;
  readonly more: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
  /** Where a text is looked for: among how many events, and back to when. */
  readonly searched: {
    readonly count: number;
    readonly back: string;
    readonly isOver: boolean;
    readonly isRunning: boolean;
  } | null;
}

export function useLog(filter: Filter, isFollowing: boolean): Log {
  // The span begins when it was chosen, and does not slide on while one reads.
  const wanted = useMemo(() => wantedAt(filter, now()), [filter]);
  const isSearching = filter.text !== "";
  const past = useInfiniteQuery(eventsQuery(wanted, isSearching ? SEARCHED_PAGE : PAGE));
  const newest = useQuery({ ...newestQuery(wanted), enabled: past.data !== undefined });
  const top = past.data?.[0]?.sequence ?? 0;
  const fresh = useMemo(() => (newest.data ?? []).filter((event) => event.sequence > top), [newest.data, top]);
  const { refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = past;

  // More was written than the newest page holds: between it and what is shown lies a gap.
  const hasGap = isFollowing && fresh.length === NEWEST;
  useEffect(() => {
    if (hasGap) void refetch();
  }, [hasGap, refetch]);

  const words = useActionWords();
  const loaded = past.data;
  const shown = useMemo(() => {
    if (loaded === undefined) return undefined;
    const all = isFollowing ? [...fresh, ...loaded] : loaded;
    return filter.text === "" ? all : all.filter((event) => holds(event, words(event.action), filter.text));
  }, [loaded, fresh, isFollowing, filter.text, words]);

  const searchedPages = (loaded?.length ?? 0) / SEARCHED_PAGE;
  const goesOn = isSearching && hasNextPage && (shown?.length ?? 0) < ENOUGH && searchedPages < SEARCHED_PAGES;
  useEffect(() => {
    if (goesOn && !isFetchingNextPage) void fetchNextPage();
  }, [goesOn, isFetchingNextPage, fetchNextPage]);

  return {
    query: { data: shown, error: past.error, refetch },
    waiting: isFollowing ? 0 : fresh.length,
    showWaiting: () => void refetch(),
    more: { hasNextPage, isFetchingNextPage, fetchNextPage },
    searched:
      isSearching && loaded !== undefined
        ? { count: loaded.length, back: loaded.at(-1)?.at ?? "", isOver: !hasNextPage, isRunning: goesOn }
        : null,
  };
}
