import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import type { Key } from "../../api/queries";
import type { Question } from "../../api/types";

const MOST_SHOWN = 50;
const IN_WORDS = 6;

/** What sessions ask of the plant just now: of all that one may see, or of one session. */
export const questionsQuery = (session: string | null) =>
  queryOptions({
    queryKey: ["questions", session ?? "all"] satisfies Key,
    queryFn: ({ signal }) => {
      const query = { pending: true, limit: MOST_SHOWN, ...(session === null ? {} : { session }) };
      return answer(api.GET("/api/v1/questions", { params: { query }, signal }));
    },
    select: ({ items }) => items,
  });

/** The first of many things in a line, and how many more there are. */
export function some(items: readonly unknown[], more: (count: number) => string): string {
  const shown = items.slice(0, IN_WORDS).map(String).join(", ");
  return items.length > IN_WORDS ? `${shown}, ${more(items.length - IN_WORDS)}` : shown;
}

/** An operation in one line: `write_single_register holding 100 = 640`. */
export function operationOf(question: Question, more: (count: number) => string): string {
  const values = question.values.length === 0 ? "" : ` = ${some(question.values, more)}`;
  return `${question.function} ${some(question.objects, more)}${values}`;
}

export function answerQuestion(question: string, yes: boolean, reason: string): Promise<Question> {
  return answer(
    api.POST("/api/v1/questions/{question}/answer", {
      params: { path: { question } },
      body: { answer: yes ? "yes" : "no", reason },
    }),
  );
}
