import { IconEye, IconEyePause } from "@tabler/icons-react";

import type { Session } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Signal } from "../../ui/Signal";
import { texts } from "./texts";

/** Whether somebody of the plant watches a session that must be watched; of any other, nothing. */
export function Supervision({ session: { supervision } }: { readonly session: Session }) {
  const t = useTexts(texts);
  if (supervision === null) return null;
  return supervision === "waiting" ? (
    <Signal tone="notice" icon={<IconEyePause aria-hidden />}>
      {t("supervision_waiting")}
    </Signal>
  ) : (
    <Signal tone="good" icon={<IconEye aria-hidden />}>
      {t("supervision_watched")}
    </Signal>
  );
}
