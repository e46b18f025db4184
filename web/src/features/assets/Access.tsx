import { useQuery } from "@tanstack/react-query";

import type { AccessItem } from "../../api/types";
import { useTexts, type Translator } from "../../i18n/language";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RulesView } from "../../ui/RulesView";
import { Meant } from "../../ui/sentences/Meant";
import { WindowsView } from "../../ui/sentences/Windows";
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
                <li key={item.policy}>
                  <span className={classes.accessWho}>
                    <Meant named={item.who} all="anyone" />
                    <code className={classes.code}>{item.services.join(", ")}</code>
                  </span>
                  <span className={classes.dim}>
                    {mode(item, t)} · <WindowsView windows={item.when} refuses={item.mode === "deny"} />
                  </span>
                  <span className={classes.dim}>
                    {t.rich("policy_means", {
                      policy: item.policy,
                      what: <Meant named={item.what} all="anything" />,
                    })}{" "}
                    {item.reason}
                  </span>
                  {item.passes.map(({ services, rules }) => (
                    <div key={services.join()} className={classes.dim}>
                      {item.passes.length === 1 ? null : `${services.join(", ")}: `}
                      <RulesView rules={rules} />
                    </div>
                  ))}
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
