import { MantineProvider } from "@mantine/core";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";

import { asApiError } from "../api/problems";
import { makeQueryClient } from "../api/queries";
import { LanguageProvider, useTexts } from "../i18n/language";
import { Problem } from "../ui/Problem";
import { useProblemCatalogue } from "../ui/problemCatalogue";
import { theme, variables } from "../ui/theme";
import { Toasts } from "../ui/toasts";
import classes from "./App.module.css";
import { meQuery } from "./session";
import { texts } from "./texts";

const Door = lazy(() => import("../features/setup/Door"));
const loadSignedIn = () => import("./SignedIn");
const SignedIn = lazy(loadSignedIn);

/** Everything: the providers, then the door or the pages. `nonce` is what the page's policy wants of styles. */
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
            <Suspense fallback={<Starting />}>
              <Entrance />
            </Suspense>
          </Toasts>
        </QueryClientProvider>
      </MantineProvider>
    </LanguageProvider>
  );
}

/** Asks who is there: somebody signed in gets the pages, anybody else the door, at the same address. */
function Entrance(): ReactNode {
  const me = useQuery(meQuery);
  useProblemCatalogue();
  if (me.data !== undefined) return <SignedIn who={me.data} />;
  if (me.error === null) return <Starting />;
  if (asApiError(me.error)?.status === 401) return <AtTheDoor done={() => void me.refetch()} />;
  return (
    <div className={classes.failed}>
      <Problem error={me.error} retry={me.refetch} />
    </div>
  );
}

/** While somebody types, the pages behind the door are fetched. */
function AtTheDoor({ done }: { readonly done: () => void }) {
  useEffect(() => {
    void loadSignedIn().catch(() => undefined);
  }, []);
  return <Door done={done} />;
}

function Starting() {
  const t = useTexts(texts);
  return <div className={classes.starting} role="status" aria-label={t("starting")} />;
}
