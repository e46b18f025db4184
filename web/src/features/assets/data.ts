import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { pagedQuery, type Key } from "../../api/queries";
import type { Asset } from "../../api/types";

export interface AssetFilter {
  readonly q: string;
  readonly site: string | null;
  /** As people write them: `type=plc`. */
  readonly labels: readonly string[];
  /** A zone's whole name; null for assets of any zone and of none. */
  readonly zone: string | null;
  readonly isOnlineOnly: boolean;
}

export const assetsQuery = ({ q, site, labels, zone, isOnlineOnly }: AssetFilter) =>
  pagedQuery<Asset>(["assets", "list", q, site, labels, zone, isOnlineOnly], (cursor, signal) =>
    answer(
      api.GET("/api/v1/assets", {
        params: {
          query: {
            q,
            limit: 200,
            label: [...labels],
            ...(site === null ? {} : { site }),
            ...(zone === null ? {} : { zone }),
            ...(isOnlineOnly ? { online: true } : {}),
            ...(cursor === undefined ? {} : { cursor }),
          },
        },
        signal,
      }),
    ),
  );

/** Who may reach an asset, by which policy. */
export const accessQuery = (asset: string) =>
  queryOptions({
    queryKey: ["assets", "access", asset] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/assets/{asset}/access", { params: { path: { asset } }, signal })),
    select: (found) => found.items,
  });

export const sessionsOfAssetQuery = (asset: string) =>
  queryOptions({
    queryKey: ["sessions", "asset", asset] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/sessions", { params: { query: { asset, limit: 20 } }, signal })),
    select: (page) => page.items,
  });

/** Every write that reached the asset, newest recording first. */
export const changesOfAssetQuery = (asset: string) =>
  queryOptions({
    queryKey: ["changes", "asset", asset] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/changes", { params: { query: { asset, limit: 20 } }, signal })),
    select: (page) => page.items,
  });

export const agentsQuery = (site: string) =>
  queryOptions({
    queryKey: ["agents", "list", site] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/agents", { params: { query: { site, limit: 100 } }, signal })),
    select: (page) => page.items,
  });

export const locksQuery = queryOptions({
  queryKey: ["locks", "list"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/locks", { params: { query: { limit: 500 } }, signal })),
  select: (page) => page.items,
});
