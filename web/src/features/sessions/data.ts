import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { pagedQuery, type Key } from "../../api/queries";
import type { components } from "../../api/schema";
import type { Session } from "../../api/types";
import { sampled, type Rates } from "./rates";

type Schemas = components["schemas"];

export type Block = Schemas["BlockOut"];
export type Extension = Schemas["ExtensionOut"];

/** What moves all the time is not announced: it is read again so often while somebody looks at it. */
const LOOK_MILLISECONDS = 2000;
const MOST_LIVE = 500;

export interface SessionFilter {
  readonly site: string | null;
  readonly vendor: boolean;
  readonly mine: boolean;
}

function wanted({ site, vendor, mine }: SessionFilter) {
  return { ...(site === null ? {} : { site }), ...(vendor ? { vendor } : {}), ...(mine ? { mine } : {}) };
}

/** Sessions as of one look at them, with the rates of the looks before it. */
export interface Looked {
  readonly items: readonly Session[];
  readonly rates: Rates;
}

/** The sessions that run now: those that the plant must answer for first, then those that end soonest. */
export const liveSessionsQuery = (filter: SessionFilter) => {
  const queryKey = ["sessions", "live", filter] satisfies Key;
  return queryOptions({
    queryKey,
    queryFn: async ({ signal, client }): Promise<Looked> => {
      const query = { active: true, limit: MOST_LIVE, ...wanted(filter) };
      const { items } = await answer(api.GET("/api/v1/sessions", { params: { query }, signal }));
      const before = client.getQueryData<Looked>(queryKey);
      return { items: items.toSorted(byUrgency), rates: sampled(before?.rates ?? {}, items) };
    },
    refetchInterval: LOOK_MILLISECONDS,
  });
};

function byUrgency(one: Session, other: Session): number {
  const held = Number(other.state === "held") - Number(one.state === "held");
  return held === 0 ? one.not_after.localeCompare(other.not_after) : held;
}

export const pastSessionsQuery = (filter: SessionFilter) =>
  pagedQuery<Session>(["sessions", "past", filter], (cursor, signal) =>
    answer(
      api.GET("/api/v1/sessions", {
        params: { query: { ...wanted(filter), ...(cursor === undefined ? {} : { cursor }) } },
        signal,
      }),
    ),
  );

export const sessionQuery = (session: string) => {
  const queryKey = ["sessions", "one", session] satisfies Key;
  return queryOptions({
    queryKey,
    queryFn: async ({ signal, client }): Promise<Looked> => {
      const found = await answer(api.GET("/api/v1/sessions/{session}", { params: { path: { session } }, signal }));
      const before = client.getQueryData<Looked>(queryKey);
      return { items: [found], rates: sampled(before?.rates ?? {}, [found]) };
    },
    refetchInterval: ({ state }) => (state.data?.items[0]?.state === "ended" ? false : LOOK_MILLISECONDS),
  });
};

export const extensionsQuery = (session: string) =>
  queryOptions({
    queryKey: ["sessions", "extensions", session] satisfies Key,
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/sessions/{session}/extensions", { params: { path: { session } }, signal })),
    select: ({ items }) => items,
  });

export const blocksQuery = queryOptions({
  queryKey: ["sessions", "blocks"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/blocks", { signal })),
  select: ({ items }) => items,
});

export const drillsQuery = queryOptions({
  queryKey: ["sessions", "drills"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/drills", { signal })),
  select: ({ items }) => items,
});

/** One's own grants that can be used now or soon. */
export const usableGrantsQuery = queryOptions({
  queryKey: ["grants", "usable"] satisfies Key,
  queryFn: ({ signal }) =>
    answer(api.GET("/api/v1/grants", { params: { query: { mine: true, active: true, limit: 50 } }, signal })),
  select: ({ items }) => items,
});

export const organizationsQuery = queryOptions({
  queryKey: ["people", "organizations"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/organizations", { signal })),
  select: ({ items }) =>
    new Map(items.map(({ id, name, display_name }) => [id, display_name === "" ? name : display_name])),
  staleTime: 5 * 60_000,
});

export const userQuery = (user: string) =>
  queryOptions({
    queryKey: ["people", "one", user] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/users/{user}", { params: { path: { user } }, signal })),
    staleTime: 5 * 60_000,
  });

/** Whose approval an extension still needs. */
export function approvalsOf(extension: Extension): readonly { readonly group: string; readonly count: number }[] {
  return extension.approvals_needed.flatMap(({ group, count }) =>
    typeof group === "string" && typeof count === "number" ? [{ group, count }] : [],
  );
}
