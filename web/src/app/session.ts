/** Who is signed in: asked once at the start, again after events that concern it. */

import { queryOptions, type QueryClient } from "@tanstack/react-query";

import { answer, api, setCsrf } from "../api/client";
import type { Key } from "../api/queries";
import type { WhoAmI } from "../api/types";

export const meQuery = queryOptions({
  queryKey: ["me", "who"] satisfies Key,
  queryFn: async ({ signal }): Promise<WhoAmI> => {
    const who = await answer(api.GET("/api/v1/auth/whoami", { signal }));
    setCsrf(who.csrf);
    return who;
  },
  staleTime: 60_000,
});

/** End the login, and forget everything that was read with it. */
export async function signOut(cache: QueryClient): Promise<void> {
  await answer(api.POST("/api/v1/auth/logout"));
  leave(cache);
}

/** Start from the door, with nothing of the last login in memory. */
export function leave(cache: QueryClient): void {
  setCsrf("");
  cache.clear();
  location.assign("/");
}
