import type { Rules } from "../api/types";
import { useTexts } from "../i18n/language";
import classes from "./RulesView.module.css";
import { ruleLines, type Bound, type RuleLine } from "./rules";
import { rulesTexts } from "./texts";
import { TierBadges } from "./tiers";

/** Exactly what may be said to a device: tiers, objects, values, sub-addresses, speed. */
export function RulesView({ rules }: { readonly rules: Rules }) {
  const t = useTexts(rulesTexts);
  const asked = rules.ask ?? [];
  return (
    <div className={classes.rules}>
      <TierBadges tiers={rules.tiers ?? []} opaque={rules.opaque ?? false} />
      <ul className={classes.lines}>
        {ruleLines(rules).map((line) => (
          <li key={JSON.stringify(line)}>
            <Line line={line} />
          </li>
        ))}
        {asked.length === 0 ? null : (
          <li>
            {t("asked_first")} <TierBadges tiers={asked} />
          </li>
        )}
      </ul>
    </div>
  );
}

function Code({ children }: { readonly children: string }) {
  return <code className={classes.object}>{children}</code>;
}

function Line({ line }: { readonly line: RuleLine }) {
  const t = useTexts(rulesTexts);
  switch (line.says) {
    case "read_some":
    case "write_some":
      return (
        <>
          {line.isAlso ? `${t("also")} ` : null}
          {t.rich(line.says, { objects: <Code>{line.objects}</Code> })}
          {line.bounds.map((bound) => (
            <span key={bound.says}>
              , <BoundView bound={bound} />
            </span>
          ))}
        </>
      );
    case "units":
    case "routes":
      return t.rich(line.says, { which: <Code>{line.which}</Code> });
    case "max_rate":
    case "in_flight":
    case "arm":
      return t(line.says, { count: line.count });
    case "scan_throttle":
    case "scan_cut":
      return t(line.says, { limit: line.limit, seconds: line.seconds });
    default:
      return t(line.says);
  }
}

function BoundView({ bound }: { readonly bound: Bound }) {
  const t = useTexts(rulesTexts);
  switch (bound.says) {
    case "between":
      return t.rich("between", { low: <Code>{bound.low}</Code>, high: <Code>{bound.high}</Code> });
    case "step":
      return t.rich("step", { step: <Code>{`${bound.step}`}</Code> });
    default:
      return t.rich(bound.says, { change: <Code>{`${bound.change}`}</Code> });
  }
}
