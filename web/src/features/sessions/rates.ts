/** How the rates of sessions went over the last looks at them. Pure. */

/** More than a sparkline shows is not kept. */
export const SAMPLES = 45;

/** By session, the oldest first. */
export type Rates = Readonly<Record<string, readonly number[]>>;

/** The rates after one more look. Sessions that are gone are forgotten. */
export function sampled(before: Rates, sessions: readonly { readonly id: string; readonly rate: number }[]): Rates {
  return Object.fromEntries(sessions.map(({ id, rate }) => [id, [...(before[id] ?? []).slice(1 - SAMPLES), rate]]));
}
