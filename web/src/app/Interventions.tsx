import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";

import { answer, api } from "../api/client";
import { setIntervene, type Intervention } from "../api/interventions";
import type { ApiError } from "../api/problems";
import type { WhoAmI } from "../api/types";
import { leave, meQuery } from "./session";

const SignInDialog = lazy(() => import("../features/setup/SignInDialog"));
const StepUp = lazy(() => import("../features/account/StepUp"));

interface Pending {
  readonly kind: Intervention;
  readonly refusal: ApiError;
  readonly settle: (isProved: boolean) => void;
}

/** The dialogs over a page when a call lacks a proof: the page below stays as it is, with all that was typed. */
export function Interventions({ who }: { readonly who: WhoAmI }) {
  const [pending, setPending] = useState<readonly Pending[]>([]);
  useEffect(() => {
    setIntervene(
      (kind, refusal) =>
        new Promise((resolve) => {
          const settle = (isProved: boolean) => {
            setPending((waiting) => waiting.filter((each) => each !== entry));
            resolve(isProved);
          };
          const entry: Pending = { kind, refusal, settle };
          setPending((waiting) => [...waiting, entry]);
        }),
    );
    return () => {
      setIntervene(null);
    };
  }, []);
  // Without a login there is nothing to step up.
  const first = pending.find(({ kind }) => kind === "sign-in") ?? pending[0];
  if (first === undefined) return null;
  return first.kind === "sign-in" ? <SignInAgain who={who} pending={first} /> : <StepUpFirst pending={first} />;
}

function SignInAgain({ who, pending }: { readonly who: WhoAmI; readonly pending: Pending }) {
  const cache = useQueryClient();
  const goOn = async () => {
    const now = await answer(api.GET("/api/v1/auth/whoami"));
    // What stands on the page is the other person's: nothing of it may be sent by somebody else.
    if (now.id !== who.id) {
      leave(cache);
      return;
    }
    await cache.invalidateQueries({ queryKey: meQuery.queryKey });
    pending.settle(true);
  };
  return (
    <Suspense fallback={null}>
      <SignInDialog
        username={who.username}
        done={() => void goOn()}
        leave={() => {
          leave(cache);
        }}
      />
    </Suspense>
  );
}

function StepUpFirst({ pending }: { readonly pending: Pending }) {
  return (
    <Suspense fallback={null}>
      <StepUp refusal={pending.refusal} settle={pending.settle} />
    </Suspense>
  );
}
