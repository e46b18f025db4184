import { IconKey, IconSnowflake } from "@tabler/icons-react";

import { useTexts } from "../../i18n/language";
import { Signal } from "../../ui/Signal";
import { kindTexts } from "./words";

/** What kind of document it is. */
export function Kind({ kind }: { readonly kind: string }) {
  const t = useTexts(kindTexts);
  const isFreeze = kind === "Freeze";
  const isKnown = Object.hasOwn(kindTexts.en, kind);
  return (
    <Signal
      plain
      tone={isFreeze ? "info" : "calm"}
      icon={isFreeze ? <IconSnowflake aria-hidden /> : <IconKey aria-hidden />}
    >
      {isKnown ? t(kind as keyof (typeof kindTexts)["en"]) : kind}
    </Signal>
  );
}
