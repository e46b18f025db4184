import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, use, useEffect, useState } from "react";

import { answer, api } from "../api/client";
import { setIntervene, type Intervention } from "../api/interventions";
import { LiveContext } from "../api/liveContext";
import type { ApiError } from "../api/problems";
import type { WhoAmI } from "../api/types";
import { Opening } from "../ui/Loaded";
import { leave, meQuery } from "./session";

const SignInDialog = lazy(() => import("../features/setup/SignInDialog"));
const Banner = lazy(() => import("../features/requests/BannerDialog"));
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
  return (
    <Suspense fallback={<Opening />}>
      <Asked who={who} pending={first} />
    </Suspense>
  );
}

function Asked({ who, pending }: { readonly who: WhoAmI; readonly pending: Pending }) {
  switch (pending.kind) {
    case "sign-in":
      return <SignInAgain who={who} pending={pending} />;
    case "step-up":
      return <StepUp refusal={pending.refusal} settle={pending.settle} />;
    case "banner":
      return <Banner refusal={pending.refusal} settle={pending.settle} />;
  }
}

function SignInAgain({ who, pending }: { readonly who: WhoAmI; readonly pending: Pending }) {
  const cache = useQueryClient();
  const live = use(LiveContext);
  const goOn = async () => {
    const now = await answer(api.GET("/api/v1/auth/whoami"));
    // What stands on the page is the other person's: nothing of it may be sent by somebody else.
    if (now.id !== who.id) {
      leave(cache);
      return;
    }
    await cache.invalidateQueries({ queryKey: meQuery.queryKey });
    pending.settle(true);
    live.retry();
  };
  return (
    <SignInDialog
      username={who.username}
      done={() => void goOn()}
      leave={() => {
        leave(cache);
      }}
    />
  );
}
