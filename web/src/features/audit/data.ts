/** The log as the pages ask for it. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { pagedQuery, type Key } from "../../api/queries";
import type { components } from "../../api/schema";
import type { Wanted } from "./filter";

export type AuditEvent = components["schemas"]["AuditEventOut"];

/** So many of the newest events are asked for when something was written. */
export const NEWEST = 50;

/**
 * Events, newest first. What was written stays as it is: what one has read is not read again each time that something new is written, or
 * rows would move under the hand of who reads them.
 */
export const eventsQuery = (wanted: Wanted, limit: number) => ({
  ...pagedQuery<AuditEvent>(["audit", "events", wanted, limit], (cursor, signal) =>
    events(wanted, limit, cursor, signal),
  ),
  staleTime: "static" as const,
});

/** The newest events of a filter: read anew at each new link of the chain. */
export const newestQuery = (wanted: Wanted) =>
  queryOptions({
    queryKey: ["audit", "newest", wanted] satisfies Key,
    queryFn: ({ signal }) => events(wanted, NEWEST, undefined, signal),
    select: (page) => page.items,
  });

/** One event, which may lie far back: found by its moment. */
export const eventQuery = (sequence: number, at: string) =>
  queryOptions({
    queryKey: ["audit", "one", sequence, at] satisfies Key,
    queryFn: async ({ signal }) => {
      // A millisecond later: what this page knows of a moment is cut off there, and `until` is not part of the span.
      const until = new Date(Date.parse(at) + 1).toISOString();
      const page = await events({ until }, NEWEST, undefined, signal);
      return page.items.find((event) => event.sequence === sequence) ?? null;
    },
    staleTime: "static",
  });

function events(wanted: Wanted, limit: number, cursor: string | undefined, signal: AbortSignal) {
  const query = { ...wanted, limit, ...(cursor === undefined ? {} : { cursor }) };
  return answer(api.GET("/api/v1/audit", { params: { query }, signal }));
}

/** Names that may stand behind an id in an event. */
export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ["people", "one", id] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/users/{user}", { params: { path: { user: id } }, signal })),
    retry: false,
  });
/** People whose names begin with something, to choose an actor. */
export const peopleLikeQuery = (text: string) =>
  queryOptions({
    queryKey: ["people", "like", text] satisfies Key,
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/users", { params: { query: { limit: 10, ...(text === "" ? {} : { q: text }) } }, signal }),
      ),
    select: (page) => page.items.map((user) => user.username),
  });
