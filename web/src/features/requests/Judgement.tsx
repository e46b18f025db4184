import "../../ui/styles/choices";

import { Button, Radio, Stack, Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";

import { useMe } from "../../api/me";
import type { Review } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { useApiForm } from "../../ui/form";
import { Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { useToast } from "../../ui/toasts";
import { closeReview } from "./data";
import { reviewTexts } from "./texts";

const LONGEST_COMMENT = 2000;
type Outcome = NonNullable<Review["outcome"]>;
interface Finding {
  readonly outcome: Outcome | "";
  readonly comment: string;
}
const NOTHING: Finding = { outcome: "", comment: "" };

/** An open review: for those who may, what closes it; for the others, whose it is to close. */
export function Judgement({ review }: { readonly review: Review }) {
  const t = useTexts(reviewTexts);
  const me = useMe();
  if (review.may_close) return <Closing review={review} />;
  return (
    <Panel title={t("waits")}>
      <Text size="sm">{review.user === me.id ? t("own") : t("of_others", { group: review.group })}</Text>
    </Panel>
  );
}

function useClosing({ request }: Review) {
  const t = useTexts(reviewTexts);
  const say = useToast();
  const cache = useQueryClient();
  return useApiForm({
    initial: NOTHING,
    checksOnLeaving: false,
    check: ({ outcome, comment }) => ({
      outcome: outcome === "" ? t("outcome_needed") : null,
      comment:
        comment.trim() === ""
          ? t("comment_needed")
          : comment.length > LONGEST_COMMENT
            ? t("comment_long", { most: LONGEST_COMMENT })
            : null,
    }),
    // What is not chosen is not sent: the check stands before it.
    send: ({ outcome, comment }) => closeReview(request, outcome as Outcome, comment.trim()),
    done: (closed) => {
      cache.setQueryData(["reviews", "one", request], closed);
      void cache.invalidateQueries({ queryKey: ["reviews"] });
      say(t("closed_done"));
    },
  });
}

function Closing({ review }: { readonly review: Review }) {
  const t = useTexts(reviewTexts);
  const form = useClosing(review);
  return (
    <Panel title={t("judge")} tone="notice">
      <form onSubmit={form.submit}>
        <Stack gap="md">
          <Text size="sm">{t("judge_text", { group: review.group })}</Text>
          <Radio.Group label={t("outcome")} {...form.fields.getInputProps("outcome")}>
            <Stack gap="xs" mt="xs">
              <Radio value="justified" label={t("is_justified")} description={t("justified_means")} />
              <Radio value="unjustified" label={t("is_unjustified")} description={t("unjustified_means")} />
            </Stack>
          </Radio.Group>
          <Textarea
            label={t("comment")}
            description={t("comment_hint")}
            autosize
            minRows={3}
            maxRows={12}
            {...form.fields.getInputProps("comment")}
          />
          <Problem error={form.error} />
          <Button type="submit" loading={form.isSending}>
            {t("close")}
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}
