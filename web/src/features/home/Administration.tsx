import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import type { Agent } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { StateBadge, type State } from "../../ui/states";
import { Ago, Moment } from "../../ui/times";
import { agentsQuery, overviewQuery } from "./data";
import classes from "./home.module.css";
import { texts } from "./texts";

/** What is wrong with an agent, or null. */
function trouble(agent: Agent): State | null {
  if (agent.state === "revoked") return null;
  if (agent.state === "quarantined") return "quarantined";
  if (agent.locked) return "locked";
  return agent.online ? null : "offline";
}

/** Agents that are away, locked or in quarantine. */
export function Agents() {
  const t = useTexts(texts);
  const agents = useQuery(agentsQuery);
  return (
    <Panel title={t("agents")} flush>
      <Loaded query={agents}>
        {(all) => {
          const troubled = all.flatMap((agent) => {
            const state = trouble(agent);
            return state === null ? [] : [{ agent, state }];
          });
          return troubled.length === 0 ? (
            <Empty title={t("agents_fine")} />
          ) : (
            <ul className={classes.items}>
              {troubled.map(({ agent, state }) => (
                <li key={agent.id} className={classes.stackedItem}>
                  <Link href={`/inventory/sites/${agent.site}`}>{agent.name}</Link>
                  <span className={classes.itemHead}>
                    <StateBadge state={state} />
                    <span className={classes.dim}>
                      {agent.last_seen_at === null ? (
                        t("never_seen")
                      ) : (
                        <>
                          {t("last_seen")} <Ago at={agent.last_seen_at} site={agent.site} />
                        </>
                      )}
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Panel>
  );
}

/** Accounts whose end is near. */
export function Expiring() {
  const t = useTexts(texts);
  const overview = useQuery(overviewQuery);
  return (
    <Panel title={t("expiring")} flush>
      <Loaded query={overview}>
        {({ expiring_users }) =>
          expiring_users === null || expiring_users.length === 0 ? (
            <Empty title={t("expiring_none")} />
          ) : (
            <ul className={classes.items}>
              {expiring_users.map(({ username, ends_at }) => (
                <li key={username} className={classes.item}>
                  <span className={classes.itemBody}>{username}</span>
                  <span className={classes.dim}>
                    {t("ends")} <Moment at={ends_at} style="day" />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
