import { useQueries, useQuery, useQueryClient, keepPreviousData } from "@tanstack/react-query";
import { useThrottledValue } from "@mantine/hooks";
import { useCallback, useState } from "react";

import type { Exchange } from "../../ui/operations/operations";
import { blockQuery } from "./data";
import type { Block, Lane, Timeline } from "./timeline";

/** While the scrollbar is dragged, so often it is asked for what comes into sight. */
const ASKED_MILLISECONDS = 90;

export interface Rows {
  /** The exchange of a row, where it has been read. */
  readonly at: (row: number) => Exchange | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
  /** Whether the broker gives other operations than the signed index counts. */
  readonly isOdd: boolean;
  /** Say which rows are in sight. */
  readonly seen: (first: number, last: number) => void;
}

/** Reads the rows of a lane that are in sight, block by block. */
export function useRows(recording: string, timeline: Timeline, lane: Lane): Rows {
  const [sight, setSight] = useState<readonly [number, number]>([0, 0]);
  const [first, last] = useThrottledValue(sight, ASKED_MILLISECONDS);
  const blocks = blocksBetween(timeline, lane, first, last);
  const queries = useQueries({ queries: blocks.map((block) => blockQuery(recording, lane, block)) });
  const cache = useQueryClient();
  const seen = useCallback((from: number, to: number) => {
    setSight([from, to]);
  }, []);
  return {
    at: (row) => {
      const block = timeline.blockOf(lane, row);
      if (block === null) return undefined;
      return cache.getQueryData(blockQuery(recording, lane, block).queryKey)?.[row - block.firstRow];
    },
    error: queries.find(({ error }) => error !== null)?.error ?? null,
    retry: () => {
      for (const query of queries) if (query.error !== null) void query.refetch();
    },
    isOdd: queries.some(({ data }, place) => data !== undefined && data.length !== blocks[place]?.rows),
    seen,
  };
}

/** The blocks that hold the rows from one to another. */
function blocksBetween(timeline: Timeline, lane: Lane, first: number, last: number): readonly Block[] {
  const found: Block[] = [];
  for (let row = first; row <= last;) {
    const block = timeline.blockOf(lane, row);
    if (block === null) break;
    found.push(block);
    row = block.firstRow + block.rows;
  }
  return found;
}

/** The exchange of one row, read if need be. */
export function useRow(recording: string, timeline: Timeline, lane: Lane, row: number): Exchange | undefined {
  const block = timeline.blockOf(lane, row) ?? { first: 0, count: 0, firstRow: 0, rows: 0 };
  const query = useQuery({
    ...blockQuery(recording, lane, block),
    enabled: block.count > 0,
    placeholderData: keepPreviousData,
  });
  return query.isPlaceholderData ? undefined : query.data?.[row - block.firstRow];
}
