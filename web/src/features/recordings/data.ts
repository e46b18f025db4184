import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { pagedQuery, type Key, type Page } from "../../api/queries";
import type { components } from "../../api/schema";
import { paired, readOperation, type Exchange, type Operation } from "../../ui/operations/operations";
import { readPart, readSize } from "./bytes";
import type { Block, Lane } from "./timeline";
import type { Bytes } from "./verify/bytes";
import { readEnds, type Ends } from "./verify/ends";
import { CheckError } from "./verify/faults";
import { readKeys } from "./verify/keys";

type Schemas = components["schemas"];

export type Recording = Schemas["RecordingOut"];
export type Change = Schemas["ChangeOut"];
export type Unreadable = Schemas["ChangeLogPage"]["unreadable"][number];

/** What a list of recordings is narrowed to; empty members narrow nothing. Times are RFC 3339. */
export interface RecordingFilter {
  readonly site: string;
  readonly asset: string;
  readonly user: string;
  readonly ticket: string;
  readonly since: string;
  readonly until: string;
  readonly writes: boolean;
  readonly denials: boolean;
}

/** What the change log is narrowed to. */
export interface ChangeFilter {
  readonly recording?: string;
  readonly site?: string;
  readonly asset?: string;
  readonly user?: string;
  readonly since?: string;
  readonly until?: string;
}

export const recordingsQuery = (filter: RecordingFilter) =>
  pagedQuery<Recording>(["recordings", "list", filter], (cursor, signal) =>
    answer(api.GET("/api/v1/recordings", { params: { query: given({ ...filter, cursor }) }, signal })),
  );

export const recordingQuery = (recording: string) =>
  queryOptions({
    queryKey: ["recordings", "one", recording] satisfies Key,
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/recordings/{recording}", { params: { path: { recording } }, signal })),
  });

/** What the looks at the device of a recorded session say; an error for who may not see the session. */
export const fingerprintQuery = (session: string) =>
  queryOptions({
    queryKey: ["sessions", "fingerprint", session] satisfies Key,
    queryFn: async ({ signal }) =>
      (await answer(api.GET("/api/v1/sessions/{session}", { params: { path: { session } }, signal }))).fingerprint,
    retry: false,
  });

/** The public keys that evidence is proved with, as the broker tells them. */
export const evidenceKeysQuery = queryOptions({
  queryKey: ["recordings", "keys"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/evidence-keys", { signal })),
  select: ({ keys }) => keys,
  staleTime: 10 * 60_000,
});

/** Both ends of a recording's sealed bytes, checked here. `refused` is the check that failed. */
export interface Opened {
  readonly size: number;
  readonly ends: Ends | null;
  readonly refused: CheckError | null;
}

/** Open a recording: two small reads at its ends, whatever lies between them. */
export const openedQuery = (recording: Recording, jwks: readonly unknown[]) =>
  queryOptions({
    queryKey: ["recordings", "opened", recording.id, recording.state, recording.segments] satisfies Key,
    queryFn: async ({ signal }): Promise<Opened> => {
      const isClosed = recording.state === "closed";
      const size = isClosed ? recording.size : await readSize(recording.id, signal);
      const read = (offset: number, length: number): Promise<Bytes> =>
        readPart(recording.id, offset, Math.min(length, size - offset), signal);
      try {
        return { size, ends: await readEnds(read, size, await readKeys(jwks), recording.segments), refused: null };
      } catch (error) {
        if (error instanceof CheckError) return { size, ends: null, refused: error };
        throw error;
      }
    },
    // What was sealed does not change, whatever else is said of recordings meanwhile.
    staleTime: "static",
  });

/** The operations of neighbouring segments; each is a row of the lane, from the block's first row on. */
export const blockQuery = (recording: string, lane: Lane, block: Block) =>
  queryOptions({
    queryKey: ["recordings", "operations", recording, lane, block.first, block.count] satisfies Key,
    queryFn: async ({ signal }): Promise<readonly Exchange[]> => {
      // The last request's answer may stand in the segment behind.
      const end = block.first + block.count + (lane === "all" ? 1 : 0);
      const operations: Operation[] = [];
      for (let segment = block.first; segment < end;) {
        const query = { only: lane, segment, segments: end - segment };
        const page = await answer(
          api.GET("/api/v1/recordings/{recording}/operations", {
            params: { path: { recording }, query },
            signal,
          }),
        );
        for (const item of page.items) operations.push(readOperation(item));
        segment = Math.max(segment + 1, page.next_segment ?? end);
      }
      return rowsOf(block, lane, operations);
    },
    staleTime: "static",
    gcTime: 2 * 60_000,
  });

/** The rows of a block, among what was read with it. */
function rowsOf(block: Block, lane: Lane, operations: readonly Operation[]): readonly Exchange[] {
  const exchanges = paired(operations).filter(({ asked }) => !asked.is_response);
  if (lane !== "all") return exchanges;
  return exchanges.filter(({ asked }) => asked.number !== null && asked.number <= block.firstRow + block.rows);
}

const FOUND_AT_ONCE = 200;

/** Operations that say a text, from the beginning on. */
export const searchQuery = (recording: string, lane: Lane, text: string) =>
  infiniteQueryOptions({
    queryKey: ["recordings", "search", recording, lane, text] satisfies Key,
    queryFn: async ({ pageParam, signal }): Promise<Page<Operation>> => {
      const query = given({ only: lane, q: text, limit: FOUND_AT_ONCE, cursor: pageParam });
      const page = await answer(
        api.GET("/api/v1/recordings/{recording}/operations", { params: { path: { recording }, query }, signal }),
      );
      return { items: page.items.map(readOperation), next_cursor: page.next_cursor };
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
    staleTime: "static",
  });

/** A page of the change log, with the recordings whose changes are missing from it. */
export interface ChangePage extends Page<Change> {
  readonly unreadable: readonly Unreadable[];
}

export async function readChanges(
  filter: ChangeFilter,
  cursor: string | undefined,
  limit: number,
  signal: AbortSignal,
): Promise<ChangePage> {
  const query = given({ ...filter, cursor, limit });
  return answer(api.GET("/api/v1/changes", { params: { query }, signal }));
}

export const changesQuery = (filter: ChangeFilter) =>
  infiniteQueryOptions({
    queryKey: ["changes", "list", filter] satisfies Key,
    queryFn: ({ pageParam, signal }) => readChanges(filter, pageParam, 100, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: ChangePage) => last.next_cursor ?? undefined,
    select: (data) => ({
      items: data.pages.flatMap((page) => page.items),
      unreadable: data.pages.flatMap((page) => page.unreadable),
    }),
  });

/** Assets to choose among, by a text. */
export const assetChoicesQuery = (text: string, site: string) =>
  queryOptions({
    queryKey: ["assets", "filter", text, site] satisfies Key,
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/assets", { params: { query: given({ q: text, site, limit: 50 }) }, signal })),
    select: (page) => page.items,
  });

/** People to choose among, by a text. */
export const userChoicesQuery = (text: string) =>
  queryOptions({
    queryKey: ["people", "filter", text] satisfies Key,
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/users", { params: { query: given({ q: text, limit: 50 }) }, signal })),
    select: (page) => page.items,
  });

type Given<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** Only what was given: no undefined, no empty text, no false. */
function given<Values extends object>(values: Values): Given<Values> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== "" && value !== false),
  ) as Given<Values>;
}
