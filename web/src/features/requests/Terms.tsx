import { Tooltip } from "@mantine/core";

import type { AccessRequest } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeDuration } from "../../i18n/times";
import { CopyButton } from "../../ui/CopyLine";
import { Facts } from "../../ui/Facts";
import { Panel } from "../../ui/Page";
import { RulesView } from "../../ui/RulesView";
import { WindowsView } from "../../ui/sentences/Windows";
import { Ago, BothClocks } from "../../ui/times";
import classes from "./requests.module.css";
import { texts } from "./texts";

const SHOWN_OF_A_HASH = 16;

/** What exactly is asked for: what an approval would be a yes to. */
export function Terms({ request }: { readonly request: AccessRequest }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const duration = writeDuration(request.duration, language);
  return (
    <Panel title={t("what_exactly")}>
      <Facts
        facts={[
          { label: t("rules"), value: <RulesView rules={request.rules} /> },
          { label: t("time"), value: t("time_from_use", { duration }) },
          {
            label: t("begins"),
            value:
              request.starts_at === null ? t("begins_now") : <BothClocks at={request.starts_at} site={request.site} />,
          },
          { label: t("ticket"), value: request.ticket },
          { label: t("policy"), value: <PolicyName request={request} /> },
          {
            label: t("windows"),
            value:
              request.card?.windows == null ? null : <WindowsView windows={request.card.windows} site={request.site} />,
          },
          request.card?.supervised === true ? { label: t("supervised"), value: t("supervised_text") } : null,
          { label: t("asked"), value: <Ago at={request.created_at} site={request.site} /> },
          request.state === "pending"
            ? { label: t("expires"), value: <Ago at={request.expires_at} site={request.site} /> }
            : null,
          { label: t("terms"), value: <Fingerprint hash={request.hash} /> },
        ]}
      />
    </Panel>
  );
}

function PolicyName({ request }: { readonly request: AccessRequest }) {
  const t = useTexts(texts);
  const version = request.card?.policy_version ?? null;
  return version === null ? request.policy : t("policy_version", { policy: request.policy, version });
}

/** The hash of the terms: enough of it to compare by eye, all of it to copy. */
export function Fingerprint({ hash }: { readonly hash: string }) {
  const t = useTexts(texts);
  return (
    <span className={classes.standing}>
      <Tooltip label={t("terms_hint")} multiline maw={280}>
        <span tabIndex={0} className={classes.hash}>
          {hash.slice(0, SHOWN_OF_A_HASH)}…
        </span>
      </Tooltip>
      <CopyButton text={hash} label={t("terms")} />
    </span>
  );
}
