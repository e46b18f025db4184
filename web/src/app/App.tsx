import { MantineProvider } from "@mantine/core";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useState } from "react";

import { LiveContext } from "../api/liveContext";
import { MeContext } from "../api/me";
import { asApiError } from "../api/problems";
import { makeQueryClient } from "../api/queries";
import type { WhoAmI } from "../api/types";
import { LanguageProvider, useTexts } from "../i18n/language";
import { Problem } from "../ui/Problem";
import { theme, variables } from "../ui/theme";
import { Toasts, useToast } from "../ui/toasts";
import { SiteOfWork } from "../ui/zones";
import classes from "./App.module.css";
import { Interventions } from "./Interventions";
import { meQuery } from "./session";
import { Shell } from "./Shell";
import { texts } from "./texts";
import { useLive } from "./useLive";

const Door = lazy(() => import("../features/setup/Door"));

/** Everything: the providers, then the door or the shell. `nonce` is what the page's policy wants of styles. */
export function App({ nonce }: { readonly nonce: string }) {
  const [cache] = useState(makeQueryClient);
  return (
    <LanguageProvider>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={variables}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={cache}>
          <Toasts>
            <Entrance />
          </Toasts>
        </QueryClientProvider>
      </MantineProvider>
    </LanguageProvider>
  );
}

/** Asks who is there: somebody signed in gets the pages, anybody else the door, at the same address. */
function Entrance() {
  const t = useTexts(texts);
  const me = useQuery(meQuery);
  if (me.data !== undefined) return <SignedIn who={me.data} />;
  if (me.error === null) return <div className={classes.starting} role="status" aria-label={t("starting")} />;
  if (asApiError(me.error)?.status === 401) {
    return (
      <Suspense fallback={null}>
        <Door done={() => void me.refetch()} />
      </Suspense>
    );
  }
  return (
    <div className={classes.failed}>
      <Problem error={me.error} retry={me.refetch} />
    </div>
  );
}

function SignedIn({ who }: { readonly who: WhoAmI }) {
  const t = useTexts(texts);
  const say = useToast();
  const said = useCallback(
    (what: "back" | "restarted") => {
      say(t(what), "note");
    },
    [say, t],
  );
  const { events, isLost } = useLive(said);
  return (
    <MeContext value={who}>
      <LiveContext value={events}>
        <SiteOfWork>
          <Shell who={who} isLinkLost={isLost} />
          <Interventions who={who} />
        </SiteOfWork>
      </LiveContext>
    </MeContext>
  );
}
