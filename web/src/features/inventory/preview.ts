/** Whether what a change would do is known: nothing is saved on a guess. Pure. */

import { asApiError } from "../../api/problems";

/** As much of the query as is needed here. */
interface Found<Data> {
  readonly data: Data | undefined;
  readonly error: Error | null;
}

export interface Foresight<Data> {
  /** Never of an earlier change. */
  readonly data: Data | undefined;
  readonly isCurrent: boolean;
  readonly error: Error | null;
}

/** `now` is the change as it stands, `asked` the one that `found` answers; null: nothing is changed. */
export function foreseen<Data>(now: string, asked: string, found: Found<Data>): Foresight<Data> {
  if (now === "null") return { data: undefined, isCurrent: true, error: null };
  if (now !== asked) return { data: undefined, isCurrent: false, error: null };
  // The broker refuses the saving of such a change too, and says there by which field.
  if ((asApiError(found.error)?.fields.length ?? 0) > 0) return { data: undefined, isCurrent: true, error: null };
  if (found.error !== null) return { data: undefined, isCurrent: false, error: found.error };
  return { data: found.data, isCurrent: found.data !== undefined, error: null };
}
