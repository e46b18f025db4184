import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "wouter";

import { useMe } from "../../api/me";
import type { AccessRequest } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Loaded } from "../../ui/Loaded";
import { Columns, Page, Panel } from "../../ui/Page";
import { Signal } from "../../ui/Signal";
import { StateBadge } from "../../ui/states";
import { Approvals } from "./Approvals";
import { requestQuery, reviewQuery } from "./data";
import { Decision } from "./Decision";
import { Outcome } from "./Outcome";
import { OwnRequest } from "./OwnRequest";
import { Conflicts } from "./PreviewCard";
import { Requester } from "./Requester";
import classes from "./requests.module.css";
import { Terms } from "./Terms";
import { reviewTexts, texts } from "./texts";

/** One request: everything to decide it by on one card, and for the one who asked, what comes next. */
export default function RequestPage() {
  const { request } = useParams<{ request: string }>();
  const t = useTexts(texts);
  const found = useQuery(requestQuery(request));
  const title =
    found.data === undefined
      ? t("one")
      : t("asks_for", { asset: found.data.asset_name, service: found.data.service_name });
  return (
    <Page
      title={title}
      above={<Link href="/requests">{t("title")}</Link>}
      {...(found.data === undefined ? {} : { lead: <Badges request={found.data} /> })}
    >
      <Loaded query={found}>{(shown) => <Card request={shown} />}</Loaded>
    </Page>
  );
}

function Badges({ request }: { readonly request: AccessRequest }) {
  const t = useTexts(texts);
  return (
    <span className={classes.standing}>
      <span>
        {request.user_name}
        {request.card == null || request.card.organization === "" ? "" : `, ${request.card.organization}`}
      </span>
      <StateBadge state={request.state} />
      {request.emergency ? <Signal tone="alarm">{t("emergency")}</Signal> : null}
    </span>
  );
}

function Card({ request }: { readonly request: AccessRequest }) {
  const t = useTexts(texts);
  const me = useMe();
  const isOwn = request.user === me.id;
  const isReviewed = request.mode === "emergency" && request.state === "approved" && me.may("requests:read_all");
  const conflicts = request.card?.conflicts ?? [];
  return (
    <>
      <Columns
        main={
          <>
            {conflicts.length === 0 ? null : (
              <Panel title={t("conflicts")} tone="notice">
                <Conflicts conflicts={conflicts} site={request.site} />
              </Panel>
            )}
            {request.card?.policy_is_current === false && request.state === "pending" ? (
              <Panel tone="alarm">{t("policy_changed")}</Panel>
            ) : null}
            <Panel title={t("reason_given")}>
              <p className={classes.reason}>{request.reason}</p>
            </Panel>
            <Terms request={request} />
          </>
        }
        side={
          <>
            {isOwn ? <OwnRequest request={request} /> : null}
            {isReviewed ? <Review request={request.id} /> : null}
            <Requester request={request} />
            <Approvals request={request} />
            {isOwn ? null : <Decision request={request} />}
          </>
        }
      />
    </>
  );
}

/** The way to what others found about an emergency access, or still have to. */
function Review({ request }: { readonly request: string }) {
  const t = useTexts(reviewTexts);
  const review = useQuery(reviewQuery(request));
  return (
    <Panel title={t("one")} aside={<Link href={`/requests/${request}/review`}>{t("show")}</Link>}>
      <Loaded query={review}>{(found) => <Outcome review={found} />}</Loaded>
    </Panel>
  );
}
