import { Button, Group, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconMessageQuestion } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";

import { useMe } from "../../api/me";
import type { Question } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { ConfirmDialog } from "../ConfirmDialog";
import { Panel } from "../Page";
import { TierBadges } from "../tiers";
import { Countdown } from "../times";
import { useToast } from "../toasts";
import { unitOf } from "../units";
import { unitTexts } from "../words";
import { answerQuestion, operationOf, questionsQuery } from "./questions";
import classes from "../asked.module.css";
import { texts } from "./texts";

interface QuestionsProps {
  /** Of this session only; otherwise of all that one may answer. */
  readonly session?: string;
}

/** What sessions ask of the plant, each with a yes and a no for whoever may answer. Nothing where nothing is asked. */
export function Questions({ session }: QuestionsProps) {
  const t = useTexts(texts);
  const me = useMe();
  const found = useQuery(questionsQuery(session ?? null));
  const questions = (found.data ?? []).filter(({ user }) => session !== undefined || user !== me.id);
  if (questions.length === 0) return null;
  const areOwn = questions.every(({ user }) => user === me.id);
  return (
    <Panel title={t(areOwn ? "title_own" : "title")} tone={areOwn ? "notice" : "alarm"} flush>
      <ul className={classes.list}>
        {questions.map((question) => (
          <QuestionItem key={question.id} question={question} isLinked={session === undefined} />
        ))}
      </ul>
    </Panel>
  );
}

interface ItemProps {
  readonly question: Question;
  readonly isLinked: boolean;
}

function QuestionItem({ question, isLinked }: ItemProps) {
  const t = useTexts(texts);
  const unit = useTexts(unitTexts);
  const me = useMe();
  const where =
    question.route === "" && question.unit !== null
      ? `${unit(unitOf(question.protocol))} ${question.unit}`
      : question.route;
  const about = [`${question.asset_name} · ${question.service_name}`, where, question.ticket]
    .filter(Boolean)
    .join(" · ");
  return (
    <li className={classes.item}>
      <IconMessageQuestion size={18} aria-hidden className={classes.icon} />
      <div className={classes.words}>
        <Group gap="xs">
          <strong>{question.user_name}</strong>
          {isLinked ? <Link href={`/sessions/${question.session}`}>{about}</Link> : <span>{about}</span>}
          <TierBadges tiers={[question.tier]} />
        </Group>
        <p>
          <code>{operationOf(question, (count) => t("more", { count }))}</code>
        </p>
        <p className={classes.note}>
          {t("expires")} <Countdown until={question.expires_at} />
        </p>
      </div>
      {me.id !== question.user && me.may("requests:decide") ? <Answering question={question} /> : null}
    </li>
  );
}

function Answering({ question }: { readonly question: Question }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const [asking, setAsking] = useState<"yes" | "no" | null>(null);
  const operation = operationOf(question, (count) => t("more", { count }));
  return (
    <Group gap="xs" wrap="nowrap">
      <Button
        size="xs"
        onClick={() => {
          setAsking("yes");
        }}
      >
        {t("allow")}
      </Button>
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          setAsking("no");
        }}
      >
        {t("refuse")}
      </Button>
      {asking === null ? null : (
        <ConfirmDialog
          title={t(asking === "yes" ? "allow_title" : "refuse_title")}
          action={t(asking === "yes" ? "allow" : "refuse")}
          confirm={async (reason) => {
            await answerQuestion(question.id, asking === "yes", reason);
            await cache.invalidateQueries({ queryKey: ["questions"] });
            say(t(asking === "yes" ? "allowed" : "refused"));
          }}
          close={() => {
            setAsking(null);
          }}
        >
          <Text>{t("what", { user: question.user_name, asset: question.asset_name, operation })}</Text>
        </ConfirmDialog>
      )}
    </Group>
  );
}
