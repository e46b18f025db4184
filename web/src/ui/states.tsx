import {
  IconBan,
  IconCheck,
  IconClockPause,
  IconHourglass,
  IconLock,
  IconPlayerPlay,
  IconPlugConnected,
  IconPlugConnectedX,
  IconX,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

import { useTexts } from "../i18n/language";
import { Signal, type Tone } from "./Signal";
import { stateTexts } from "./words";

interface Look {
  readonly tone: Tone;
  readonly Icon: ComponentType<{ "aria-hidden"?: boolean }>;
}
const LOOKS: Readonly<Record<keyof (typeof stateTexts)["en"], Look>> = {
  pending: { tone: "notice", Icon: IconHourglass },
  approved: { tone: "good", Icon: IconCheck },
  denied: { tone: "alarm", Icon: IconX },
  withdrawn: { tone: "calm", Icon: IconX },
  expired: { tone: "calm", Icon: IconClockPause },
  open: { tone: "good", Icon: IconPlayerPlay },
  held: { tone: "notice", Icon: IconClockPause },
  ended: { tone: "calm", Icon: IconCheck },
  online: { tone: "good", Icon: IconPlugConnected },
  offline: { tone: "notice", Icon: IconPlugConnectedX },
  locked: { tone: "alarm", Icon: IconLock },
  waiting: { tone: "info", Icon: IconHourglass },
  active: { tone: "good", Icon: IconCheck },
  quarantined: { tone: "alarm", Icon: IconBan },
  revoked: { tone: "calm", Icon: IconBan },
};

export type State = keyof typeof LOOKS;

/** The state of a request, session, grant or agent. */
export function StateBadge({ state, plain = false }: { readonly state: State; readonly plain?: boolean }) {
  const t = useTexts(stateTexts);
  const { tone, Icon } = LOOKS[state];
  return (
    <Signal tone={tone} icon={<Icon aria-hidden />} plain={plain}>
      {t(state)}
    </Signal>
  );
}
