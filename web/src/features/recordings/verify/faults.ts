/** The first thing in a recording that does not hold: where, and which check of docs/recording-format.md it failed. */

export type Place = "opening" | "segment" | "closing";

export type Check =
  | "format"
  | "signer"
  | "signature"
  | "recording"
  | "order"
  | "chain"
  | "time"
  | "totals"
  | "index"
  | "trailer"
  | "truncated";

export interface Fault {
  readonly place: Place;
  readonly check: Check;
  readonly offset: number;
  /** The number of the segment that stands, or should stand, there. */
  readonly segment: number | null;
}

/** A check that failed, on its way to whoever knows the place. */
export class CheckError extends Error {
  override readonly name = "CheckError";
  readonly check: Check;

  constructor(check: Check) {
    super(check);
    this.check = check;
  }
}

export function require(holds: boolean, check: Check): asserts holds {
  if (!holds) throw new CheckError(check);
}
