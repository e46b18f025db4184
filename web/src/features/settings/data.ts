/** Settings, health and locks as the pages ask for them. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { pagedQuery, type Key } from "../../api/queries";
import type { components } from "../../api/schema";
import type { Lock } from "../../api/types";

type Schemas = components["schemas"];
export type Setting = Schemas["SettingOut"];
export type LockKind = Schemas["LockKind"];

export const settingsQuery = queryOptions({
  queryKey: ["settings", "list"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/settings", { signal })),
  select: (list) => list.items,
});

export const overviewQuery = queryOptions({
  queryKey: ["overview", "numbers"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/overview", { signal })),
});

export const locksQuery = (isOver: boolean) =>
  pagedQuery<Lock>(["locks", "page", isOver], (cursor, signal) =>
    answer(
      api.GET("/api/v1/locks", {
        params: { query: { active: !isOver, ...(cursor === undefined ? {} : { cursor }) } },
        signal,
      }),
    ),
  );

export const userQuery = (user: string) =>
  queryOptions({
    queryKey: ["people", "one", user] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/users/{user}", { params: { path: { user } }, signal })),
  });

/** What a lock can be set on, by kind and a part of its name. */
export const targetsQuery = (kind: LockKind, q: string) =>
  queryOptions({
    queryKey: [SUBJECTS[kind], "targets", q] satisfies Key,
    queryFn: ({ signal }) => TARGETS[kind](q, signal),
  });

interface Target {
  readonly id: string;
  readonly name: string;
}
const SUBJECTS = { site: "sites", asset: "assets", user: "people" } as const;
const TARGETS: Readonly<Record<LockKind, (q: string, signal: AbortSignal) => Promise<readonly Target[]>>> = {
  site: async (q, signal) => {
    const page = await answer(api.GET("/api/v1/sites", { params: { query: { limit: 500 } }, signal }));
    return page.items.map(named).filter(({ name }) => name.toLowerCase().includes(q.toLowerCase()));
  },
  asset: async (q, signal) => {
    const page = await answer(api.GET("/api/v1/assets", { params: { query: { limit: 50, ...part(q) } }, signal }));
    return page.items.map(named);
  },
  user: async (q, signal) => {
    const page = await answer(api.GET("/api/v1/users", { params: { query: { limit: 50, ...part(q) } }, signal }));
    return page.items.map(({ id, username, display_name }) => named({ id, name: username, display_name }));
  },
};

function part(q: string): { q?: string } {
  return q === "" ? {} : { q };
}

function named({ id, name, display_name }: { id: string; name: string; display_name: string }): Target {
  return { id, name: display_name === "" || display_name === name ? name : `${name} · ${display_name}` };
}
