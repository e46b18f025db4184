import type { ReactNode } from "react";

import type { Tier } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { TIERS, TierBadge } from "../../ui/tiers";
import { tierTexts } from "../../ui/words";
import classes from "./requests.module.css";

interface TierPickerProps {
  readonly legend: string;
  readonly hint?: string;
  readonly chosen: readonly Tier[];
  /** Which may be chosen; null while that is not known. */
  readonly offered: readonly Tier[] | null;
  readonly choose: (tiers: Tier[]) => void;
  readonly error?: ReactNode;
}

/** Which tiers: each with what it means, from harmless to grave. */
export function TierPicker({ legend, hint, chosen, offered, choose, error }: TierPickerProps) {
  const t = useTexts(tierTexts);
  const toggle = (tier: Tier) => {
    choose(TIERS.filter((each) => (each === tier ? !chosen.includes(each) : chosen.includes(each))));
  };
  return (
    <fieldset className={classes.fieldset}>
      <legend>{legend}</legend>
      {hint === undefined ? null : <span className={classes.hint}>{hint}</span>}
      <div className={classes.tierChoices}>
        {TIERS.filter((tier) => offered?.includes(tier) !== false || chosen.includes(tier)).map((tier) => (
          <label key={tier} className={classes.tierChoice}>
            <input
              type="checkbox"
              checked={chosen.includes(tier)}
              onChange={() => {
                toggle(tier);
              }}
            />
            <TierBadge tier={tier} />
            <span className={classes.tierMeans}>{t(`${tier}_means`)}</span>
          </label>
        ))}
      </div>
      {error === undefined ? null : (
        <p role="alert" className={classes.missing}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
