/** Forms: what the broker refuses stands beside the field that it means; what no field shows stands above the button. */

import "./styles/forms";

import { useForm, type UseFormReturnType } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";

import { asApiError } from "../api/problems";
import { byField, useFieldWords, withoutFields } from "./fieldProblems";

interface FormOptions<Values extends object, Answer> {
  readonly initial: Values;
  /** Checks while typing: a message for each field that is not right yet, in the page's language. */
  readonly check?: (values: Values) => Partial<Record<keyof Values & string, string | null>>;
  /** Check a field when it is left. Off where other buttons stand below: a message would move them from under the pointer. */
  readonly checksOnLeaving?: boolean;
  readonly send: (values: Values) => Promise<Answer>;
  readonly done?: (answer: Answer) => void;
}

export interface ApiForm<Values extends object> {
  readonly fields: UseFormReturnType<Values>;
  readonly submit: (event?: React.SubmitEvent<HTMLFormElement>) => void;
  readonly isSending: boolean;
  /** The refusal, unless every part of it stands beside a field. */
  readonly error: Error | null;
  readonly reset: () => void;
}

/**
 * `const form = useApiForm({ initial: { reason: "" }, send, done })`, then
 * `<form onSubmit={form.submit}>`, `{...form.fields.getInputProps("reason")}`, `<Problem error={form.error} />`.
 */
export function useApiForm<Values extends object, Answer>(options: FormOptions<Values, Answer>): ApiForm<Values> {
  const { initial, check, checksOnLeaving = true, send, done } = options;
  const say = useFieldWords();
  const fields = useForm<Values>({
    initialValues: initial,
    validateInputOnBlur: checksOnLeaving,
    clearInputErrorOnChange: true,
    ...(check === undefined ? {} : { validate: (values: Values) => withoutGaps(check(values)) }),
  });
  const sending = useMutation({
    mutationFn: send,
    onSuccess: (answer) => done?.(answer),
    onError: (error) => {
      fields.setErrors(byField(asApiError(error)?.fields ?? [], initial, say));
    },
  });
  const submitted = fields.onSubmit((values) => {
    if (!sending.isPending) sending.mutate(values);
  });
  return {
    fields,
    submit: submitted,
    isSending: sending.isPending,
    error: withoutFields(sending.error, initial),
    reset: () => {
      fields.reset();
      sending.reset();
    },
  };
}

function withoutGaps(errors: Readonly<Record<string, string | null | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(errors).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
