import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import type { Key } from "../../api/queries";

export const loginsQuery = queryOptions({
  queryKey: ["me", "logins"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/auth/logins", { signal })),
  select: (page) => page.items,
});

export const passkeysQuery = queryOptions({
  queryKey: ["me", "passkeys"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/auth/passkeys", { signal })),
  select: (page) => page.items,
});
