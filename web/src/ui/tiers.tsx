import { Tooltip } from "@mantine/core";
import { IconAdjustmentsHorizontal, IconBolt, IconEye, IconEyeOff, IconSourceCode } from "@tabler/icons-react";
import type { ComponentType } from "react";

import type { Tier } from "../api/types";
import { useTexts } from "../i18n/language";
import { Signal, type Tone } from "./Signal";
import classes from "./tiers.module.css";
import { tierTexts } from "./words";

interface Look {
  readonly tone: Tone;
  readonly Icon: ComponentType<{ "aria-hidden"?: boolean }>;
}
const LOOKS: Readonly<Record<Tier | "opaque", Look>> = {
  read: { tone: "calm", Icon: IconEye },
  operate: { tone: "info", Icon: IconAdjustmentsHorizontal },
  program: { tone: "notice", Icon: IconSourceCode },
  firmware: { tone: "alarm", Icon: IconBolt },
  opaque: { tone: "deep", Icon: IconEyeOff },
};

/** From harmless to grave: the order in which tiers are always shown. */
export const TIERS: readonly Tier[] = ["read", "operate", "program", "firmware"];

/** What somebody may do, or did: colour, sign and word; the hint says what it means. */
export function TierBadge({ tier }: { readonly tier: Tier | "opaque" }) {
  const t = useTexts(tierTexts);
  const { tone, Icon } = LOOKS[tier];
  return (
    <Tooltip label={t(`${tier}_means`)}>
      <span tabIndex={0}>
        <Signal tone={tone} icon={<Icon aria-hidden />}>
          {t(tier)}
        </Signal>
      </span>
    </Tooltip>
  );
}

/** Several tiers, always in the same order. */
export function TierBadges({
  tiers,
  opaque = false,
}: {
  readonly tiers: readonly string[];
  readonly opaque?: boolean;
}) {
  return (
    <span className={classes.tiers}>
      {TIERS.filter((tier) => tiers.includes(tier)).map((tier) => (
        <TierBadge key={tier} tier={tier} />
      ))}
      {opaque ? <TierBadge tier="opaque" /> : null}
    </span>
  );
}
