import { IconAlertTriangle, IconCheck, IconHourglass } from "@tabler/icons-react";
import type { ComponentType } from "react";

import type { Review } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Signal, type Tone } from "../../ui/Signal";
import { reviewTexts } from "./texts";

interface Look {
  readonly tone: Tone;
  readonly Icon: ComponentType<{ "aria-hidden"?: boolean }>;
}
const LOOKS: Readonly<Record<"open" | NonNullable<Review["outcome"]>, Look>> = {
  open: { tone: "notice", Icon: IconHourglass },
  justified: { tone: "good", Icon: IconCheck },
  unjustified: { tone: "alarm", Icon: IconAlertTriangle },
};

/** Where a review stands: open, or what was found. */
export function Outcome({ review }: { readonly review: Review }) {
  const t = useTexts(reviewTexts);
  const word = review.outcome ?? "open";
  const { tone, Icon } = LOOKS[word];
  return (
    <Signal tone={tone} icon={<Icon aria-hidden />}>
      {t(`is_${word}`)}
    </Signal>
  );
}
