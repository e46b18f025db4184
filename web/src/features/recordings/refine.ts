/** From about which row a moment has, by the index, to the very row, by the operations that have been read. Pure. */

import type { Exchange } from "../../ui/operations/operations";

/** More rows than a segment holds are never between the two. */
const FARTHEST = 40_000;

/** The last row that is not after a moment; as near as can be where rows have not been read. */
export function refined(about: number, at: number, rowAt: (row: number) => Exchange | undefined): number {
  let row = about;
  for (let step = 0; step < FARTHEST; step += 1) {
    const next = timeOf(rowAt(row + 1));
    const here = timeOf(rowAt(row));
    if (next !== null && next <= at) row += 1;
    else if (here !== null && here > at && rowAt(row - 1) !== undefined) row -= 1;
    else break;
  }
  return row;
}

function timeOf(exchange: Exchange | undefined): number | null {
  return exchange === undefined ? null : exchange.asked.since_start_ns;
}
