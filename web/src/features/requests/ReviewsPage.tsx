import { useInfiniteQuery } from "@tanstack/react-query";
import { IconUrgent } from "@tabler/icons-react";
import { useSearchParams } from "wouter";

import type { Review } from "../../api/types";
import { useTexts, type Translator } from "../../i18n/language";
import { Choice, Filters } from "../../ui/fields";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Ago } from "../../ui/times";
import { useSiteOfWork } from "../../ui/zones";
import { reviewsQuery, type ReviewView } from "./data";
import classes from "./requests.module.css";
import { RequestsFrame } from "./RequestsFrame";
import { Outcome } from "./Outcome";
import { reviewTexts } from "./texts";

const VIEWS: readonly ReviewView[] = ["open", "all"];

/** Emergency accesses, each to be judged afterwards by the group that its policy names. */
export default function ReviewsPage() {
  const t = useTexts(reviewTexts);
  const [search, setSearch] = useSearchParams();
  const view = VIEWS.find((each) => each === search.get("view")) ?? "open";
  return (
    <RequestsFrame here="/requests/reviews" lead={t("lead")}>
      <Panel flush>
        <Filters>
          <Choice
            label={t("view")}
            value={view}
            options={VIEWS.map((value) => ({ value, label: t(`view_${value}`) }))}
            choose={(next) => {
              setSearch(next === "open" ? {} : { view: next }, { replace: true });
            }}
          />
        </Filters>
        <Reviews key={view} view={view} />
      </Panel>
    </RequestsFrame>
  );
}

function Reviews({ view }: { readonly view: ReviewView }) {
  const t = useTexts(reviewTexts);
  const reviews = useInfiniteQuery(reviewsQuery(view));
  const { site } = useSiteOfWork();
  return (
    <Loaded query={reviews}>
      {(all) => {
        const items = site === null ? all : all.filter((review) => review.site === site.id);
        return items.length === 0 && !reviews.hasNextPage ? (
          <Empty icon={<IconUrgent />} title={t(`none_${view}`)}>
            {t("none_text")}
          </Empty>
        ) : (
          <RecordList
            label={t("title")}
            items={items}
            columns={columns(t)}
            id={({ id }) => id}
            href={({ request }) => `/requests/${request}/review`}
            more={reviews}
          />
        );
      }}
    </Loaded>
  );
}

function columns(t: Translator<typeof reviewTexts>): readonly Column<Review>[] {
  return [
    {
      title: t("asset"),
      cell: (review) => (
        <>
          {review.asset_name} <span className={classes.service}>{review.service_name}</span>
        </>
      ),
    },
    { title: t("who"), cell: ({ user_name: name }) => name },
    { title: t("reason"), cell: ({ reason }) => <span className={classes.excerpt}>{reason}</span>, width: "34%" },
    { title: t("used"), cell: (review) => <Ago at={review.created_at} site={review.site} /> },
    { title: t("group"), cell: ({ group }) => group },
    { title: t("state"), cell: (review) => <Outcome review={review} /> },
  ];
}
