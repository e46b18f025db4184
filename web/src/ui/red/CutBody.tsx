import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";

import type { Session } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { ConfirmDialog } from "../ConfirmDialog";
import { useToast } from "../toasts";
import { cut } from "./cuts";
import { texts } from "./texts";

interface CutProps {
  readonly session: Session;
  readonly close: () => void;
}

/** Asks before one session is cut: loaded when it is first wanted. */
export default function CutBody({ session, close }: CutProps) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  return (
    <ConfirmDialog
      title={t("cut_title")}
      action={t("cut_action")}
      isGrave
      confirm={async (reason) => {
        await cut(session.id, reason);
        await cache.invalidateQueries({ queryKey: ["sessions"] });
        say(t("cut_done"));
      }}
      close={close}
    >
      <Text>{t("cut_text", { user: session.user_name, asset: session.asset_name })}</Text>
    </ConfirmDialog>
  );
}
