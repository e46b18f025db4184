import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { pagedQuery, type Key, type Page } from "../../api/queries";
import type { components } from "../../api/schema";
import type { AccessRequest, Review, Session } from "../../api/types";
import { readOperation, type Operation } from "../../ui/operations/operations";

export type Wish = components["schemas"]["RequestIn"];
export type View = "waiting" | "mine" | "all";

const VIEWS: Readonly<Record<View, { waiting?: boolean; mine?: boolean }>> = {
  waiting: { waiting: true },
  mine: { mine: true },
  all: {},
};

export const requestsQuery = (view: View) =>
  pagedQuery<AccessRequest>(["requests", "list", view], (cursor, signal) =>
    answer(
      api.GET("/api/v1/requests", {
        params: { query: { ...VIEWS[view], ...(cursor === undefined ? {} : { cursor }) } },
        signal,
      }),
    ),
  );

export const requestQuery = (request: string) =>
  queryOptions({
    queryKey: ["requests", "one", request] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/requests/{request}", { params: { path: { request } }, signal })),
  });

/** What would become of a wish, asked while it is being typed; nothing is changed by asking. */
export const previewQuery = (wish: Wish) =>
  queryOptions({
    queryKey: ["requests", "preview", wish] satisfies Key,
    queryFn: ({ signal }) => answer(api.POST("/api/v1/requests/preview", { body: wish, signal })),
  });

export const assetChoicesQuery = (text: string, site: string | undefined) =>
  queryOptions({
    queryKey: ["assets", "choices", text, site] satisfies Key,
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/assets", {
          params: { query: { q: text, limit: 50, ...(site === undefined ? {} : { site }) } },
          signal,
        }),
      ),
    select: (page) => page.items,
  });

export const grantQuery = (grant: string) =>
  queryOptions({
    queryKey: ["grants", "one", grant] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/grants/{grant}", { params: { path: { grant } }, signal })),
  });

/** The live session that somebody has on an asset: for asking more time. */
export const liveSessionsQuery = (asset: string) =>
  queryOptions({
    queryKey: ["sessions", "live", asset] satisfies Key,
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/sessions", { params: { query: { active: true, asset } }, signal })),
    select: (page) => page.items,
  });

export type ReviewView = "open" | "all";

export const reviewsQuery = (view: ReviewView) =>
  pagedQuery<Review>(["reviews", "list", view], (cursor, signal) =>
    answer(
      api.GET("/api/v1/reviews", {
        params: { query: { open: view === "open", ...(cursor === undefined ? {} : { cursor }) } },
        signal,
      }),
    ),
  );

export const reviewQuery = (request: string) =>
  queryOptions({
    queryKey: ["reviews", "one", request] satisfies Key,
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/requests/{request}/review", { params: { path: { request } }, signal })),
  });

/** What moves all the time is not announced: while a session runs it is read again so often. */
const LOOK_MILLISECONDS = 2000;
const SESSIONS_AT_ONCE = 100;

/** Every session that a grant was used for, newest first: whoever is reviewed cannot push one out by opening many. */
export const sessionsOfQuery = (grant: string) => ({
  ...pagedQuery<Session>(["sessions", "of-grant", grant], (cursor, signal) =>
    answer(
      api.GET("/api/v1/sessions", {
        params: { query: { grant, limit: SESSIONS_AT_ONCE, ...(cursor === undefined ? {} : { cursor }) } },
        signal,
      }),
    ),
  ),
  refetchInterval: ({ state }: { state: { data: { pages: readonly Page<Session>[] } | undefined } }) =>
    state.data?.pages.some(({ items }) => items.some((session) => session.state !== "ended")) === true
      ? LOOK_MILLISECONDS
      : (false as const),
});

/** How many of each kind are shown beside a session; its recording has them all. */
const MOST_OPERATIONS = 25;

/** The first operations of a session that wrote, and the first that were refused, in the order in which they came. */
export const graveOperationsQuery = (recording: string, { state, writes, denials }: Session) =>
  queryOptions({
    queryKey: ["recordings", "grave", recording, state, writes, denials] satisfies Key,
    queryFn: async ({ signal }): Promise<readonly Operation[]> => {
      const found = await Promise.all(
        (["writes", "denials"] as const).map((only) =>
          answer(
            api.GET("/api/v1/recordings/{recording}/operations", {
              params: { path: { recording }, query: { only, limit: MOST_OPERATIONS } },
              signal,
            }),
          ),
        ),
      );
      return found
        .flatMap(({ items }) => items.map(readOperation))
        .toSorted((one, other) => one.since_start_ns - other.since_start_ns);
    },
  });

/** Close a review with what was found. */
export function closeReview(
  request: string,
  outcome: NonNullable<Review["outcome"]>,
  comment: string,
): Promise<Review> {
  return answer(
    api.POST("/api/v1/requests/{request}/review", { params: { path: { request } }, body: { outcome, comment } }),
  );
}
