import { useQuery } from "@tanstack/react-query";

import type { AccessItem } from "../../api/types";
import { useTexts, type Translator } from "../../i18n/language";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { TierBadges } from "../../ui/tiers";
import classes from "./assets.module.css";
import { accessQuery } from "./data";
import { texts } from "./texts";

/** Who may reach an asset, and which policy says so in which words. */
export function Access({ asset }: { readonly asset: string }) {
  const t = useTexts(texts);
  const access = useQuery(accessQuery(asset));
  return (
    <Panel title={t("access")} flush>
      <Loaded query={access}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t("access_none")} />
          ) : (
            <ul className={classes.access}>
              {items.map((item) => (
                <li key={`${item.policy} ${item.who}`}>
                  <span className={classes.accessWho}>
                    {item.who} <TierBadges tiers={item.tiers} />
                    <code className={classes.code}>{item.services.join(", ")}</code>
                  </span>
                  <span className={classes.dim}>{[mode(item, t), item.when].filter(Boolean).join(" · ")}</span>
                  <span className={classes.dim}>{item.reason}</span>
                  {item.rules.length === 0 ? null : <span className={classes.dim}>{item.rules.join(" ")}</span>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function mode(item: AccessItem, t: Translator<typeof texts>): string {
  switch (item.mode) {
    case "standing":
      return t("standing");
    case "deny":
      return t("mode_deny");
    case "emergency":
      return t("mode_emergency");
    default:
      return item.approvals.length === 0
        ? `${t("request")}, ${t("needs_nobody")}`
        : `${t("request")}: ${item.approvals.map(({ group, count }) => `${count} × ${group}`).join(", ")}`;
  }
}
