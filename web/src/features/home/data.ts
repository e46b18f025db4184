import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import type { Key } from "../../api/queries";

/** How many of a kind stand on the first page; the rest has pages of its own. */
const FEW = 6;

export const overviewQuery = queryOptions({
  queryKey: ["overview"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/overview", { signal })),
});

export const waitingQuery = queryOptions({
  queryKey: ["requests", "waiting-few"] satisfies Key,
  queryFn: ({ signal }) =>
    answer(api.GET("/api/v1/requests", { params: { query: { waiting: true, limit: FEW } }, signal })),
  select: (page) => page.items,
});

export const askedQuery = queryOptions({
  queryKey: ["requests", "asked-few"] satisfies Key,
  queryFn: ({ signal }) =>
    answer(api.GET("/api/v1/requests", { params: { query: { mine: true, state: "pending", limit: FEW } }, signal })),
  select: (page) => page.items,
});

export const grantsQuery = queryOptions({
  queryKey: ["grants", "mine"] satisfies Key,
  queryFn: ({ signal }) =>
    answer(api.GET("/api/v1/grants", { params: { query: { mine: true, active: true, limit: 20 } }, signal })),
  select: (page) => page.items,
});

export const liveSessionsQuery = queryOptions({
  queryKey: ["sessions", "live"] satisfies Key,
  queryFn: ({ signal }) =>
    answer(api.GET("/api/v1/sessions", { params: { query: { active: true, limit: 100 } }, signal })),
  select: (page) => page.items,
});

export const drillsQuery = queryOptions({
  queryKey: ["sessions", "drills"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/drills", { signal })),
  select: (list) => list.items,
});

export const assetsQuery = queryOptions({
  queryKey: ["assets", "few"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/assets", { params: { query: { limit: 8 } }, signal })),
  select: (page) => page.items,
});

export const agentsQuery = queryOptions({
  queryKey: ["agents", "all"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/agents", { params: { query: { limit: 500 } }, signal })),
  select: (page) => page.items,
});

export const recordingsQuery = queryOptions({
  queryKey: ["recordings", "few"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/recordings", { params: { query: { limit: FEW } }, signal })),
  select: (page) => page.items,
});

export const reviewsQuery = queryOptions({
  queryKey: ["reviews", "open"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/reviews", { params: { query: { open: true } }, signal })),
  select: (page) => page.items,
});
