import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "wouter";

import type { AccessRequest, Review } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Facts } from "../../ui/Facts";
import { Loaded } from "../../ui/Loaded";
import { Columns, Page, Panel } from "../../ui/Page";
import { BothClocks, Moment } from "../../ui/times";
import { requestQuery, reviewQuery } from "./data";
import { Judgement } from "./Judgement";
import { Outcome } from "./Outcome";
import { Requester } from "./Requester";
import classes from "./requests.module.css";
import { ReviewedSessions } from "./ReviewedSessions";
import { REVIEWS } from "./RequestsFrame";
import { Terms } from "./Terms";
import { reviewTexts } from "./texts";

/** One emergency access as a story: who, why, what was done with it, and what others found afterwards. */
export default function ReviewPage() {
  const { emergency } = useParams<{ emergency: string }>();
  const t = useTexts(reviewTexts);
  const review = useQuery(reviewQuery(emergency));
  const request = useQuery(requestQuery(emergency));
  const title =
    review.data === undefined ? t("one") : t("one_of", { user: review.data.user_name, asset: review.data.asset_name });
  return (
    <Page
      title={title}
      above={<Link href={REVIEWS}>{t("title")}</Link>}
      lead={review.data === undefined ? undefined : <Outcome review={review.data} />}
    >
      <Loaded query={review}>
        {(shown) => <Loaded query={request}>{(about) => <Story review={shown} request={about} />}</Loaded>}
      </Loaded>
    </Page>
  );
}

function Story({ review, request }: { readonly review: Review; readonly request: AccessRequest }) {
  const t = useTexts(reviewTexts);
  return (
    <Columns
      main={
        <>
          <Panel title={t("reason")} aside={<Link href={`/requests/${request.id}`}>{t("to_request")}</Link>}>
            <p className={classes.reason}>{request.reason}</p>
          </Panel>
          <ReviewedSessions request={request} />
          <Terms request={request} />
        </>
      }
      side={
        <>
          {review.state === "open" ? <Judgement review={review} /> : <Found review={review} />}
          <Requester request={request} />
        </>
      }
    />
  );
}

/** What was found, by whom and when. */
function Found({ review }: { readonly review: Review }) {
  const t = useTexts(reviewTexts);
  return (
    <Panel title={t("found")}>
      <Facts
        facts={[
          { label: t("state"), value: <Outcome review={review} /> },
          { label: t("comment"), value: <span className={classes.reason}>{review.comment}</span> },
          { label: t("closed_by"), value: review.closed_by_name === "" ? review.closed_by : review.closed_by_name },
          {
            label: t("closed_at"),
            value: review.closed_at === null ? null : <BothClocks at={review.closed_at} site={review.site} />,
          },
          { label: t("group"), value: review.group },
          { label: t("used"), value: <Moment at={review.created_at} site={review.site} /> },
        ]}
      />
    </Panel>
  );
}
