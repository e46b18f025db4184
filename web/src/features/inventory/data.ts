import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { pagedQuery, type Key } from "../../api/queries";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type AssetChange = Schemas["AssetChange"];
export type ChangePreview = Schemas["ChangePreviewOut"];
export type Criticality = Schemas["Criticality"];
export type ImportResult = Schemas["ImportOut"];
export type ServiceSpec = Schemas["ServiceSpec"];
export type SiteChange = Schemas["SiteChange"];
export type Tag = Schemas["TagSpec"];
export type TagResult = Schemas["TagImportOut"];
export type Uses = Schemas["UsesOut"];

/** What a change of an asset would do now. */
export const changePreviewQuery = (asset: string, change: AssetChange) =>
  queryOptions({
    queryKey: ["sessions", "change preview", asset, change] satisfies Key,
    queryFn: ({ signal }) =>
      answer(api.POST("/api/v1/assets/{asset}/preview", { params: { path: { asset } }, body: change, signal })),
    retry: false,
  });

export const tagsQuery = (asset: string) =>
  pagedQuery<Tag>(["assets", "tags", asset], (cursor, signal) =>
    answer(
      api.GET("/api/v1/assets/{asset}/tags", {
        params: { path: { asset }, query: { limit: 200, ...(cursor === undefined ? {} : { cursor }) } },
        signal,
      }),
    ),
  );

export async function changeAsset(asset: string, body: AssetChange) {
  return answer(api.PATCH("/api/v1/assets/{asset}", { params: { path: { asset } }, body }));
}
