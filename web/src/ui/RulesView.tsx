import type { Rules } from "../api/types";
import { useTexts } from "../i18n/language";
import classes from "./RulesView.module.css";
import { ruleLines, type RuleLine } from "./rules";
import { rulesTexts } from "./texts";
import { TierBadges } from "./tiers";

/** Exactly what may be said to a device: tiers, objects, values, units. */
export function RulesView({ rules }: { readonly rules: Rules }) {
  const t = useTexts(rulesTexts);
  const asked = rules.ask ?? [];
  return (
    <div className={classes.rules}>
      <TierBadges tiers={rules.tiers ?? []} opaque={rules.opaque ?? false} />
      <ul className={classes.lines}>
        {ruleLines(rules).map((line) => (
          <Line key={JSON.stringify(line)} line={line} />
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

function Line({ line }: { readonly line: RuleLine }) {
  const t = useTexts(rulesTexts);
  const code = (text: string) => <code className={classes.object}>{text}</code>;
  switch (line.says) {
    case "read_some":
    case "write_some":
      return <li>{t.rich(line.says, { objects: code(line.objects) })}</li>;
    case "write_between":
      return (
        <li>{t.rich("write_between", { objects: code(line.objects), low: code(line.low), high: code(line.high) })}</li>
      );
    case "units":
      return <li>{t.rich("units", { units: code(line.units) })}</li>;
    case "rate":
      return <li>{t("rate", { rate: line.rate })}</li>;
    default:
      return <li>{t(line.says)}</li>;
  }
}
