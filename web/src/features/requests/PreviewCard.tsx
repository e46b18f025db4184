import type { UseQueryResult } from "@tanstack/react-query";
import { IconAlertTriangle, IconBan, IconCircleCheck, IconHourglass, IconKey } from "@tabler/icons-react";

import type { Conflict, Preview } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeDuration } from "../../i18n/times";
import { Facts } from "../../ui/Facts";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RulesView } from "../../ui/RulesView";
import { Said, Why } from "../../ui/sentences/Said";
import { WindowsView } from "../../ui/sentences/Windows";
import { ProofWanted } from "./ProofWanted";
import classes from "./requests.module.css";
import { texts } from "./texts";

const SIGNS = {
  approved_at_once: IconCircleCheck,
  needs_approval: IconHourglass,
  needs_mfa: IconKey,
  denied: IconBan,
} as const;

interface PreviewCardProps {
  readonly preview: UseQueryResult<Preview>;
  readonly isAsked: boolean;
  /** Whose clock the times are shown by. */
  readonly site: string | undefined;
}

/** Beside the form: what would become of the request as it stands, and why. */
export function PreviewCard({ preview, isAsked, site }: PreviewCardProps) {
  const t = useTexts(texts);
  return (
    <Panel title={t("preview")}>
      {isAsked ? (
        <Loaded query={preview}>{(found) => <Outcome preview={found} site={site} />}</Loaded>
      ) : (
        <Empty icon={<IconHourglass />} title={t("preview_wait")} />
      )}
    </Panel>
  );
}

function Outcome({ preview, site }: { readonly preview: Preview; readonly site: string | undefined }) {
  const t = useTexts(texts);
  return (
    <div className={classes.outcome} aria-live="polite">
      <OutcomeTitle outcome={preview.outcome} />
      {preview.approvals.length === 0 ? null : <Needed {...preview} />}
      {preview.reasons.length === 0 ? null : (
        <div>
          <p className={classes.hint}>{t(preview.outcome === "denied" ? "denied_text" : "still_missing")}</p>
          <ul className={classes.plainList}>
            {preview.reasons.map((reason) => (
              <li key={reason.code}>
                <Why {...reason} site={site} />
              </li>
            ))}
          </ul>
        </div>
      )}
      {preview.outcome === "denied" ? null : <Bounds preview={preview} site={site} />}
      <Conflicts conflicts={preview.conflicts} site={site} />
    </div>
  );
}

function OutcomeTitle({ outcome }: Pick<Preview, "outcome">) {
  const t = useTexts(texts);
  const Sign = SIGNS[outcome];
  return (
    <p className={classes.outcomeTitle} data-outcome={outcome}>
      <Sign aria-hidden size={20} />
      {t(outcome)}
    </p>
  );
}

/** The same in one line, above the button of a form that is under the thumb. */
export function OutcomeLine({ preview }: { readonly preview: Preview | undefined }) {
  if (preview === undefined) return null;
  const groups = preview.approvals.map(({ group, count }) => `${count} × ${group}`).join(", ");
  return (
    <div className={classes.outcomeLine}>
      <OutcomeTitle outcome={preview.outcome} />
      <span className={classes.hint}>{groups}</span>
    </div>
  );
}

/** Whose yes it takes, what they must show for it, and who says so. */
function Needed({ approvals, policy }: Pick<Preview, "approvals" | "policy">) {
  const t = useTexts(texts);
  return (
    <div className={classes.needs}>
      <ul className={classes.needs}>
        {approvals.map(({ group, count, members, proof }) => (
          <li key={group} className={classes.need}>
            <span className={classes.group}>{t("need", { count, group })}</span>
            <span className={classes.hint}>{t("members", { count: members })}</span>
            {proof === null ? null : <ProofWanted proof={proof} />}
          </li>
        ))}
      </ul>
      {policy === null ? null : <span className={classes.hint}>{t("needed_by", { policy })}</span>}
    </div>
  );
}

function Bounds({ preview, site }: { readonly preview: Preview; readonly site: string | undefined }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  return (
    <Facts
      facts={[
        { label: t("policy"), value: preview.policy },
        { label: t("allowed"), value: preview.rules === null ? null : <RulesView rules={preview.rules} /> },
        {
          label: t("windows"),
          value: preview.windows === null ? null : <WindowsView windows={preview.windows} site={site} />,
        },
        preview.supervised ? { label: t("supervised"), value: t("supervised_text") } : null,
        {
          label: t("longest"),
          value: preview.max_duration === null ? null : writeDuration(preview.max_duration, language),
        },
      ]}
    />
  );
}

interface ConflictsProps {
  readonly conflicts: readonly Conflict[];
  readonly site: string | undefined;
}

/** What stands in the way, or should be known: freezes, locks, others on the asset. */
export function Conflicts({ conflicts, site }: ConflictsProps) {
  const t = useTexts(texts);
  if (conflicts.length === 0) return null;
  return (
    <ul className={classes.conflicts} aria-label={t("conflicts")}>
      {conflicts.map((conflict) => (
        <li key={`${conflict.kind} ${conflict.says.text}`}>
          <IconAlertTriangle aria-hidden size={17} />
          <span>
            <Said sentence={conflict.says} site={site} />
          </span>
        </li>
      ))}
    </ul>
  );
}
