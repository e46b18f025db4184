import { Button, Group, Stack, TextInput } from "@mantine/core";

import { answer, api } from "../../api/client";
import { useTexts } from "../../i18n/language";
import { useApiForm } from "../../ui/form";
import { Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { Signal } from "../../ui/Signal";
import { Changes } from "./Changes";
import type { Applied } from "./data";
import { Kind } from "./Kind";
import classes from "./policies.module.css";
import { TextDiff } from "./TextDiff";
import { texts } from "./texts";

const LONGEST_COMMENT = 500;

interface ReviewProps {
  readonly text: string;
  readonly before: string;
  readonly isNew: boolean;
  /** What the broker says that would become of each document. */
  readonly plan: readonly Applied[];
  readonly done: (documents: readonly Applied[]) => Promise<void>;
}

/** What a text would change, before it does: in meaning, and letter by letter; then why, and then it is in force. */
export function Review({ text, before, isNew, plan, done }: ReviewProps) {
  const t = useTexts(texts);
  const form = useApiForm({
    initial: { comment: "" },
    check: ({ comment }) => ({
      comment:
        comment.trim() === ""
          ? t("comment_needed")
          : comment.length > LONGEST_COMMENT
            ? t("comment_long", { most: LONGEST_COMMENT })
            : null,
    }),
    send: ({ comment }) =>
      answer(api.POST("/api/v1/policies/apply", { body: { yaml: text, comment: comment.trim(), dry_run: false } })),
    done: ({ applied }) => void done(applied),
  });
  const changes = plan.filter(({ changed }) => changed);
  return (
    <Panel title={t("review_title")} tone="notice">
      <Stack gap="md">
        {plan.map((document) => (
          <Planned key={document.name} document={document} />
        ))}
        {isNew || plan.length > 1 ? null : <TextDiff label={t("text_diff")} before={before} after={text} />}
        {changes.length === 0 ? null : (
          <form onSubmit={form.submit}>
            <Stack gap="md">
              <p className={classes.dimmed}>{t("review_text")}</p>
              <TextInput
                label={t("comment_label")}
                maxLength={LONGEST_COMMENT}
                {...form.fields.getInputProps("comment")}
              />
              <Problem error={form.error} />
              <Group justify="flex-end">
                <Button type="submit" loading={form.isSending}>
                  {t("apply")}
                </Button>
              </Group>
            </Stack>
          </form>
        )}
      </Stack>
    </Panel>
  );
}

function Planned({ document }: { readonly document: Applied }) {
  const t = useTexts(texts);
  const { name, kind, version, changed, diff } = document;
  const isNew = changed && version === 1;
  return (
    <div className={classes.planned}>
      <div className={classes.versionHead}>
        <strong>{name}</strong>
        <Kind kind={kind} />
        <Signal tone={changed ? "notice" : "calm"}>
          {isNew ? t("is_new") : changed ? t("becomes_version", { version }) : t("stays")}
        </Signal>
      </div>
      {isNew || !changed ? null : <Changes lines={diff} />}
    </div>
  );
}
