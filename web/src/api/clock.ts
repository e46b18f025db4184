/**
 * The present moment as the broker has it.
 *
 * What ends and when is decided by the broker's clock. A phone that is minutes off would count down to the wrong end, so each answer's
 * `Date` header corrects ours where the two differ by more than the header can be trusted.
 */

const TRUSTED_MILLISECONDS = 2000;
let offset = 0;

/** Milliseconds since 1970, by the broker's clock. */
export function now(): number {
  // eslint-disable-next-line no-restricted-properties -- the one place that reads this machine's clock
  return Date.now() + offset;
}

/** Learn from an answer. */
export function learn(date: string | null): void {
  const theirs = Date.parse(date ?? "");
  // eslint-disable-next-line no-restricted-properties -- see now()
  const difference = theirs - Date.now();
  if (!Number.isNaN(theirs)) offset = Math.abs(difference) > TRUSTED_MILLISECONDS ? difference : 0;
}
