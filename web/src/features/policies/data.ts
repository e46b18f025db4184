/** Policies as the pages ask for them. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { asApiError, type ApiError } from "../../api/problems";
import { pagedQuery, type Key } from "../../api/queries";
import type { components } from "../../api/schema";
import type { AccessItem, Asset } from "../../api/types";
import type { Fault } from "./editor/CodeEditor";
import type { Schema } from "./editor/schema";

type Schemas = components["schemas"];
export type Policy = Schemas["PolicyOut"];
export type Question = Schemas["PolicyExplainIn"];
export type TestRun = Schemas["PolicyTestOut"];
export type Applied = Schemas["AppliedOut"];

export const policiesQuery = queryOptions({
  queryKey: ["policies", "list"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/policies", { signal })),
  select: (list) => list.items,
});

/** One version of a document; without a number the newest. */
export const policyQuery = (name: string, version?: number) =>
  queryOptions({
    queryKey: ["policies", "one", name, version ?? null] satisfies Key,
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/policies/{name}", {
          params: { path: { name }, query: version === undefined ? {} : { version } },
          signal,
        }),
      ),
    // A version never changes.
    ...(version === undefined ? {} : { staleTime: Infinity }),
  });

export const versionsQuery = (name: string) =>
  queryOptions({
    queryKey: ["policies", "versions", name] satisfies Key,
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/policies/{name}/versions", { params: { path: { name } }, signal })),
    select: (list) => list.items,
  });

export const schemaQuery = queryOptions({
  queryKey: ["settings", "policy schema"] satisfies Key,
  queryFn: async ({ signal }) => (await answer(api.GET("/api/v1/policies/schema", { signal }))) as Schema,
  staleTime: Infinity,
});

/** What is wrong with a text; nothing for one that could be put in force. */
export const faultsQuery = (yaml: string) =>
  queryOptions({
    queryKey: ["policies", "check", yaml] satisfies Key,
    queryFn: async ({ signal }): Promise<readonly Fault[]> => {
      try {
        await answer(api.POST("/api/v1/policies/check", { body: { yaml }, signal }));
        return [];
      } catch (error) {
        return faultsOf(asApiError(error), error);
      }
    },
  });

/** The faults that a refusal names; any other refusal is thrown on. */
export function faultsOf(refusal: ApiError | null, thrown: unknown): readonly Fault[] {
  if (refusal?.code !== "policy_invalid") throw thrown;
  return refusal.records("problems").map(({ line, column, path, message, hint }) => ({
    line: typeof line === "number" ? line : 1,
    column: typeof column === "number" ? column : 1,
    path: text(path),
    message: text(message),
    hint: text(hint),
  }));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export const explanationQuery = (question: Question) =>
  queryOptions({
    queryKey: ["policies", "explain", question] satisfies Key,
    queryFn: ({ signal }) => answer(api.POST("/api/v1/policies/explain", { body: question, signal })),
  });

const readAssets = (q: string, site: string | undefined, cursor: string | undefined, signal: AbortSignal) =>
  answer(
    api.GET("/api/v1/assets", {
      params: {
        query: {
          limit: 50,
          ...(q === "" ? {} : { q }),
          ...(site === undefined ? {} : { site }),
          ...(cursor === undefined ? {} : { cursor }),
        },
      },
      signal,
    }),
  );

export const assetsQuery = (q: string, site: string | undefined) =>
  pagedQuery<Asset>(["assets", "list", "policies", q, site], (cursor, signal) => readAssets(q, site, cursor, signal));

/** An asset with the policies that mean it. */
export interface ReachedAsset extends Asset {
  readonly access: readonly AccessItem[];
}

/** Assets and who reaches them: asked for by the page, not by the row. */
export const reachQuery = (q: string, site: string | undefined) =>
  pagedQuery<ReachedAsset>(["assets", "list", "reach", q, site], async (cursor, signal) => {
    const page = await readAssets(q, site, cursor, signal);
    const access = page.items.length === 0 ? new Map<string, AccessItem[]>() : await readReach(page.items, signal);
    // One that was removed meanwhile is not one that nobody reaches.
    const items = page.items.flatMap((asset) => {
      const reached = access.get(asset.id);
      return reached === undefined ? [] : [{ ...asset, access: reached }];
    });
    return { ...page, items };
  });

async function readReach(assets: readonly Asset[], signal: AbortSignal): Promise<Map<string, AccessItem[]>> {
  const query = { assets: assets.map(({ id }) => id).join(",") };
  const { items } = await answer(api.GET("/api/v1/access", { params: { query }, signal }));
  return new Map(items.map((reached) => [reached.asset, reached.items]));
}

/** As many assets as an editor can propose. */
export const assetsForNamesQuery = queryOptions({
  queryKey: ["assets", "names"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/assets", { params: { query: { limit: 500 } }, signal })),
  select: (page) => page.items,
});

/** People whose names hold a text, to choose one. */
export const peopleQuery = (q: string) =>
  queryOptions({
    queryKey: ["people", "choices", q] satisfies Key,
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/users", { params: { query: { limit: 50, ...(q === "" ? {} : { q }) } }, signal })),
    select: (page) => page.items,
  });

/** Groups and organizations: a policy names them. */
export const groupsQuery = queryOptions({
  queryKey: ["people", "groups", "names"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/groups", { params: { query: { limit: 500 } }, signal })),
  select: (page) => page.items.map((group) => group.name),
});
export const organizationsQuery = queryOptions({
  queryKey: ["people", "organizations", "all"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/organizations", { signal })),
});
