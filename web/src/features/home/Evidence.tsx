import { useQuery } from "@tanstack/react-query";
import { IconHistory } from "@tabler/icons-react";
import { Link } from "wouter";

import type { Overview } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Facts } from "../../ui/Facts";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { Signal } from "../../ui/Signal";
import { Ago } from "../../ui/times";
import { overviewQuery, recordingsQuery, reviewsQuery } from "./data";
import classes from "./home.module.css";
import { texts } from "./texts";

/** The newest recordings. */
export function Recordings() {
  const t = useTexts(texts);
  const recordings = useQuery(recordingsQuery);
  return (
    <Panel title={t("recordings")} flush aside={<Link href="/recordings">{t("all_recordings")}</Link>}>
      <Loaded query={recordings}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<IconHistory />} title={t("recordings_none")} />
          ) : (
            <ul className={classes.items}>
              {items.map((recording) => (
                <li key={recording.id} className={classes.item}>
                  <div className={classes.itemBody}>
                    <span className={classes.itemHead}>
                      <strong>{recording.user_name}</strong>
                      <Link href={`/recordings/${recording.id}`}>
                        {recording.asset_name} · {recording.service_name}
                      </Link>
                    </span>
                    <span className={classes.itemHead}>
                      <span className={classes.dim}>{t("writes", { count: recording.writes })}</span>
                      {recording.denials > 0 ? (
                        <Signal tone="alarm" plain>
                          {t("denials", { count: recording.denials })}
                        </Signal>
                      ) : null}
                    </span>
                  </div>
                  <span className={classes.dim}>
                    <Ago at={recording.started_at} />
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

/** Emergencies whose use nobody has reviewed yet. */
export function Reviews() {
  const t = useTexts(texts);
  const reviews = useQuery(reviewsQuery);
  const mayClose = reviews.data?.some((review) => review.may_close) ?? false;
  return (
    <Panel
      title={t("reviews")}
      flush
      aside={<Link href="/requests/reviews">{t("all_reviews")}</Link>}
      {...(mayClose ? { tone: "notice" as const } : {})}
    >
      <Loaded query={reviews}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t("reviews_none")} />
          ) : (
            <ul className={classes.items}>
              {items.map((review) => (
                <li key={review.id} className={classes.stackedItem}>
                  <Link href={`/requests/${review.request}/review`}>
                    {review.user_name} · {review.asset_name}
                  </Link>
                  <span className={classes.dim}>
                    {review.group} · <Ago at={review.created_at} />
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

type Check = NonNullable<Overview["audit"]>["last_check"];

/** How the last verification ended, and the way to the next. */
function LastCheck({ check }: { readonly check: Check }) {
  const t = useTexts(texts);
  const [tone, word] =
    check === null
      ? (["notice", "chain_unverified"] as const)
      : check.intact
        ? (["good", "chain_intact"] as const)
        : (["alarm", "chain_broken"] as const);
  return (
    <Link href="/audit/verification" className={classes.itemHead}>
      <Signal tone={tone}>{t(word)}</Signal>
      {check === null ? null : <span>{t.rich("chain_checked", { ago: <Ago at={check.at} /> })}</span>}
    </Link>
  );
}

/** How long the chain is, when it was last signed, and whether it held when it was last verified. */
export function Chain() {
  const t = useTexts(texts);
  const overview = useQuery(overviewQuery);
  return (
    <Panel
      title={t("chain")}
      aside={<Link href="/audit">{t("to_audit")}</Link>}
      {...(overview.data?.audit?.last_check?.intact === false ? { tone: "alarm" as const } : {})}
    >
      <Loaded query={overview}>
        {({ audit }) =>
          audit === null ? null : (
            <Facts
              facts={[
                { label: t("chain_links"), value: audit.links.toLocaleString() },
                {
                  label: t("chain_signed"),
                  value: audit.last_checkpoint_at === null ? t("chain_never") : <Ago at={audit.last_checkpoint_at} />,
                },
                { label: t("chain_check"), value: <LastCheck check={audit.last_check} /> },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
