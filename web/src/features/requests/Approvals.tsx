import { IconCheck } from "@tabler/icons-react";

import type { AccessRequest } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Facts } from "../../ui/Facts";
import { Panel } from "../../ui/Page";
import { Moment } from "../../ui/times";
import { ProofWanted } from "./ProofWanted";
import classes from "./requests.module.css";
import { texts } from "./texts";

/** Whose word is needed, whose is there, and how it ended. */
export function Approvals({ request }: { readonly request: AccessRequest }) {
  const t = useTexts(texts);
  return (
    <Panel title={t("approvals")}>
      <div className={classes.needs}>
        {request.approvals_needed.length === 0 ? <span>{t("none_needed")}</span> : null}
        {request.approvals_needed.map(({ group, count, met }) => (
          <div key={group} className={classes.need}>
            <div className={classes.needHead}>
              <span className={classes.group}>{t("need", { group, count })}</span>
              {met >= count ? (
                <IconCheck size={18} aria-label={t("approvals_of", { met, needed: count })} color="var(--good)" />
              ) : request.state === "pending" ? (
                <span className={classes.missing}>{t("still_needed", { count: count - met })}</span>
              ) : null}
            </div>
            <Proof request={request} group={group} />
          </div>
        ))}
        {request.approvals.map((approval) => (
          <div key={approval.approver} className={classes.approver}>
            <IconCheck size={15} aria-hidden />
            <span>{approval.approver_name}</span>
            <span className={classes.hint}>
              <Moment at={approval.at} site={request.site} />
            </span>
            {approval.comment === "" ? null : <span className={classes.comment}>{approval.comment}</span>}
          </div>
        ))}
        {request.decided_at === null ? null : (
          <Facts
            facts={[
              { label: t("decided"), value: <Moment at={request.decided_at} site={request.site} /> },
              { label: t("decision_reason"), value: request.decision_reason },
            ]}
          />
        )}
      </div>
    </Panel>
  );
}

/** Said while somebody may still be asked for it. */
function Proof({ request, group }: { readonly request: AccessRequest; readonly group: string }) {
  const proof = request.card?.proofs[group];
  return request.state === "pending" && proof !== undefined ? <ProofWanted proof={proof} /> : null;
}
