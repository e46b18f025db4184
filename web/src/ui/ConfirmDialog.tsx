import { lazy, Suspense } from "react";

import type { ConfirmProps } from "./ConfirmBody";
import { Opening } from "./Loaded";

// A page shows without it: forms and dialogs are fetched by the first click that needs them.
const ConfirmBody = lazy(() => import("./ConfirmBody"));

/** Asks before something that others feel, with the reason that they will read. Closes itself when it is done. */
export function ConfirmDialog(props: ConfirmProps) {
  return (
    <Suspense fallback={<Opening />}>
      <ConfirmBody {...props} />
    </Suspense>
  );
}
