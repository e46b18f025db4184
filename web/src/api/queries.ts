/** The query cache's rules, and the questions that more than one feature asks. */

import { infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";
import { asApiError } from "./problems";
import type { Subject } from "./topics";

const MOST_TRIES = 4;
const FRESH_MILLISECONDS = 20_000;

/** A key begins with its subject, so that live events find it: `["assets", "one", id]`. */
export type Key = readonly [Subject, ...unknown[]];

/** Reads are tried again while the broker may come back; what changes something is tried once, by a person. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MILLISECONDS,
        // Whether the broker is there is found out by asking it: a plant's network may know no internet.
        networkMode: "always",
        retry: (failures, error) => (asApiError(error)?.isPassing ?? false) && failures < MOST_TRIES,
        retryDelay: (failures, error) => (asApiError(error)?.retryAfter ?? Math.min(8, 0.5 * 2 ** failures)) * 1000,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** A page of a list, as every list of the API has it. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor?: string | null;
}

/** A list that goes on: `pagedQuery(["assets", "list", filter], (cursor, signal) => answer(api.GET(...)))`. */
export function pagedQuery<Item>(
  queryKey: Key,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>,
) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page<Item>) => last.next_cursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

/** Every site that one may know of: names, zones, whether it is online. */
export const sitesQuery = queryOptions({
  queryKey: ["sites", "all"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/sites", { params: { query: { limit: 500 } }, signal })),
  select: (page) => page.items,
  staleTime: 5 * 60_000,
});

export const siteQuery = (site: string) =>
  queryOptions({
    queryKey: ["sites", "one", site] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/sites/{site}", { params: { path: { site } }, signal })),
  });

export const assetQuery = (asset: string) =>
  queryOptions({
    queryKey: ["assets", "one", asset] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/assets/{asset}", { params: { path: { asset } }, signal })),
  });
