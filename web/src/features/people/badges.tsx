import {
  IconBan,
  IconBuildingFactory2,
  IconCheck,
  IconClockExclamation,
  IconHourglass,
  IconTruck,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

import { now } from "../../api/clock";
import { useTexts } from "../../i18n/language";
import { Signal, type Tone } from "../../ui/Signal";
import { roleTexts } from "../../ui/words";
import { stateOf, type AccountState } from "./accounts";
import type { Organization, User } from "./data";
import { accountStateTexts, texts } from "./texts";

interface Look {
  readonly tone: Tone;
  readonly Icon: ComponentType<{ "aria-hidden"?: boolean }>;
}
const LOOKS: Readonly<Record<AccountState, Look>> = {
  active: { tone: "good", Icon: IconCheck },
  new: { tone: "info", Icon: IconHourglass },
  ending: { tone: "notice", Icon: IconClockExclamation },
  ended: { tone: "notice", Icon: IconClockExclamation },
  disabled: { tone: "alarm", Icon: IconBan },
};

/** Whether somebody can sign in, and what to know about it. */
export function AccountBadge({ user, plain = false }: { readonly user: User; readonly plain?: boolean }) {
  const t = useTexts(accountStateTexts);
  const state = stateOf(user, now());
  const { tone, Icon } = LOOKS[state];
  return (
    <Signal tone={tone} icon={<Icon aria-hidden />} plain={plain}>
      {t(state)}
    </Signal>
  );
}

/** Of the plant, or a vendor's. */
export function KindBadge({ kind }: { readonly kind: Organization["kind"] }) {
  const t = useTexts(texts);
  return (
    <Signal
      plain
      tone="calm"
      icon={kind === "vendor" ? <IconTruck aria-hidden /> : <IconBuildingFactory2 aria-hidden />}
    >
      {t(kind === "vendor" ? "vendor" : "internal")}
    </Signal>
  );
}

/** Roles in words. */
export function Roles({ roles }: { readonly roles: User["roles"] }) {
  const t = useTexts(roleTexts);
  return roles.map((role) => t(role)).join(", ");
}
