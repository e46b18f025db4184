/** Whether the broker can do its work, and which one it is. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";
import { ApiError } from "./problems";
import type { Key } from "./queries";
import type { components } from "./schema";

export type Readiness = components["schemas"]["Readiness"];

/** A broker that lacks something announces nothing: it is asked again so often while a page shows it. */
const LOOK_MILLISECONDS = 15_000;

export const welcomeQuery = queryOptions({
  queryKey: ["settings", "welcome"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/welcome", { signal })),
});

/** What the broker lacks. It answers 503 where it lacks something, and that is an answer too, and no failure. */
export const readinessQuery = queryOptions({
  queryKey: ["settings", "readiness"] satisfies Key,
  queryFn: async ({ signal }): Promise<Readiness> => {
    const response = await fetch("/readyz", { signal, cache: "no-store" }).catch(() => null);
    if (response === null) throw new ApiError("unreachable");
    if (response.status !== 200 && response.status !== 503) throw new ApiError("not_ours");
    return (await response.json()) as Readiness;
  },
  staleTime: 0,
  refetchInterval: LOOK_MILLISECONDS,
});
