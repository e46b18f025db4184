import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { pagedQuery, type Key } from "../../api/queries";
import type { components } from "../../api/schema";
import type { AccessRequest } from "../../api/types";

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

export const assetQuery = (asset: string) =>
  queryOptions({
    queryKey: ["assets", "one", asset] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/assets/{asset}", { params: { path: { asset } }, signal })),
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
