import { Button } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { lazy, Suspense } from "react";

import type { Session } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Asking } from "../Asking";
import { Opening } from "../Loaded";
import { texts } from "./words";

// A page shows without them: dialogs are fetched by the first press that needs them.
const CutBody = lazy(() => import("./CutBody"));
const CutAllBody = lazy(() => import("./CutAllBody"));

/** The red button of one session. */
export function Cut({ session, small = false }: { readonly session: Session; readonly small?: boolean }) {
  const t = useTexts(texts);
  return (
    <Asking
      button={(ask) => (
        <Button
          color="red"
          size={small ? "compact-sm" : "sm"}
          variant={small ? "light" : "filled"}
          leftSection={<IconPlugConnectedX size={small ? 15 : 17} aria-hidden />}
          aria-label={t("cut_of", { user: session.user_name, asset: session.asset_name })}
          onClick={ask}
        >
          {t("cut")}
        </Button>
      )}
      dialog={(close) => (
        <Suspense fallback={<Opening />}>
          <CutBody session={session} close={close} />
        </Suspense>
      )}
    />
  );
}

/** The red button for all: asked, pressed, timed. */
export function CutAll({ small = false }: { readonly small?: boolean }) {
  const t = useTexts(texts);
  return (
    <Asking
      button={(ask) => (
        <Button
          color="red"
          size={small ? "xs" : "sm"}
          leftSection={<IconPlugConnectedX size={small ? 15 : 17} aria-hidden />}
          onClick={ask}
        >
          {t("cut_all")}
        </Button>
      )}
      dialog={(close) => (
        <Suspense fallback={<Opening />}>
          <CutAllBody close={close} />
        </Suspense>
      )}
    />
  );
}
