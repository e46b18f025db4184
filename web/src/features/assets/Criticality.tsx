import { useTexts } from "../../i18n/language";
import classes from "./assets.module.css";
import { texts } from "./texts";

const STEPS = ["low", "medium", "high", "safety"] as const;

/** How much losing or misusing the asset could cost: steps and a word. */
export function CriticalityMark({ criticality }: { readonly criticality: string }) {
  const t = useTexts(texts);
  const step = STEPS.findIndex((each) => each === criticality);
  const word = STEPS[step];
  return word === undefined ? (
    criticality
  ) : (
    <span className={classes.criticality} data-step={word}>
      <span className={classes.steps} aria-hidden>
        {STEPS.map((each, index) => (
          <span key={each} data-filled={index <= step} />
        ))}
      </span>
      {t(word)}
    </span>
  );
}
