/** Who is signed in, as everything on the pages needs to know it; the broker decides anew at each call. */

import { createContext, use } from "react";

import type { Permission, WhoAmI } from "./types";

/** The signed-in user. Pages stand inside it: there is always one. */
export const MeContext = createContext<WhoAmI | null>(null);

export interface Me extends WhoAmI {
  /** Whether one of the user's roles carries any of the permissions. */
  readonly may: (...any: readonly Permission[]) => boolean;
}

export function useMe(): Me {
  const who = use(MeContext);
  if (who === null) throw new Error("nobody is signed in here");
  return { ...who, may: (...any) => any.some((permission) => who.permissions.includes(permission)) };
}
