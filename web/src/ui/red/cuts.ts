/** What the red buttons ask of the broker, and the report that each press of the one for all leaves. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import type { Key } from "../../api/queries";
import type { components } from "../../api/schema";
import type { Drill } from "../../api/types";

type Schemas = components["schemas"];

/** Who comes and goes is not announced: it is counted again so often while somebody thinks about the press. */
const LOOK_MILLISECONDS = 2000;
const MOST_LIVE = 500;

/** Whose sessions one press ends: vendors' or everybody's, at one site or everywhere. */
export interface Scope {
  readonly site: string | null;
  readonly vendor: boolean;
}

/** How many sessions a press would end now. */
export const concernedQuery = ({ site, vendor }: Scope) =>
  queryOptions({
    queryKey: ["sessions", "concerned", site, vendor] satisfies Key,
    queryFn: ({ signal }) => {
      const whose = { ...(site === null ? {} : { site }), ...(vendor ? { vendor } : {}) };
      return answer(
        api.GET("/api/v1/sessions", { params: { query: { active: true, limit: MOST_LIVE, ...whose } }, signal }),
      );
    },
    select: ({ items }) => items.length,
    refetchInterval: LOOK_MILLISECONDS,
  });

/** Cut one session; its user's way back to the asset is blocked until somebody lifts the block. */
export function cut(session: string, reason: string): Promise<Schemas["BlockOut"]> {
  return answer(api.POST("/api/v1/sessions/{session}/kill", { params: { path: { session } }, body: { reason } }));
}

/** Press the red button. */
export function cutAll(body: Schemas["KillAllBody"]): Promise<Drill> {
  return answer(api.POST("/api/v1/sessions/kill-all", { body }));
}

/** One session in a drill report. */
export interface CutSession {
  readonly session: string;
  readonly user: string;
  readonly asset: string;
  readonly cut_after_ms: number;
}

/** The sessions of a drill report; whatever is not whole is left out. */
export function cutSessions(drill: Drill): readonly CutSession[] {
  return drill.sessions.flatMap(({ session, user, asset, cut_after_ms: after }) =>
    typeof session === "string" && typeof user === "string" && typeof asset === "string" && typeof after === "number"
      ? [{ session, user, asset, cut_after_ms: after }]
      : [],
  );
}

/** How many seconds from the press to the last cut. */
export function slowest(drill: Drill): number {
  return Math.max(0, ...cutSessions(drill).map(({ cut_after_ms: after }) => after)) / 1000;
}
