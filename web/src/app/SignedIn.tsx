import { useCallback } from "react";

import { LiveContext } from "../api/liveContext";
import { MeContext } from "../api/me";
import type { WhoAmI } from "../api/types";
import { useTexts } from "../i18n/language";
import { useToast } from "../ui/toasts";
import { SiteOfWork } from "../ui/zones";
import { Interventions } from "./Interventions";
import { Shell } from "./Shell";
import { texts } from "./texts";
import { useLive } from "./useLive";

/** The pages of somebody who is signed in, kept live. */
export default function SignedIn({ who }: { readonly who: WhoAmI }) {
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
