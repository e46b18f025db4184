/** Both ends of a recording, checked: enough to show it at once, while the proof of all that lies between them takes its time. */

import { readBlock } from "./block";
import { concat, hex, sha256, type Bytes, type Read } from "./bytes";
import { require } from "./faults";
import { verifierOf, type KeySet } from "./keys";
import * as layout from "./layout";
import { readClosing, readOpening, type Closing, type Opening } from "./manifest";

const HEAD_BYTES = 8192;
/** Room for the closing before the index. */
const CLOSING_BYTES = 8192;

export interface Ends {
  readonly opening: Opening;
  /** Null where the recording ended without one. */
  readonly closed: { readonly closing: Closing; readonly index: Bytes } | null;
}

/**
 * Read opening, closing and index; throws `CheckError` where one of them does not hold.
 *
 * `segments` is a guess that saves a round trip. What the index says of the segments is signed, but not yet held against them.
 */
export async function readEnds(read: Read, size: number, keys: KeySet, segments: number): Promise<Ends> {
  const tailAt = Math.max(0, size - layout.TRAILER_BYTES - segments * layout.ENTRY_BYTES - CLOSING_BYTES);
  const [head, tail] = await Promise.all([read(0, HEAD_BYTES), read(tailAt, size - tailAt)]);
  const known: Read = (offset, length) => {
    if (offset + length <= head.length) return Promise.resolve(head.slice(offset, offset + length));
    const isKnown = offset >= tailAt && tailAt + tail.length === size;
    return isKnown ? Promise.resolve(tail.slice(offset - tailAt, offset - tailAt + length)) : read(offset, length);
  };
  const block = await readBlock(known, 0, layout.OPENING_MAGIC);
  require(block !== null, "format");
  const opening = readOpening(block.manifest);
  const verify = await verifierOf(keys, opening.signer);
  require(verify !== null, "signer");
  require(await verify(block.signature, layout.OPENING_DOMAIN, block.body), "signature");

  const trailer = layout.readTrailer(await known(Math.max(0, size - layout.TRAILER_BYTES), layout.TRAILER_BYTES));
  if (trailer === null) return { opening, closed: null };
  const end = await readBlock(known, trailer, layout.CLOSING_MAGIC);
  require(end !== null, "truncated");
  const closing = readClosing(end.manifest);
  require(await verify(end.signature, layout.CLOSING_DOMAIN, end.body), "signature");
  const digest = hex(await sha256(concat(block.body, block.signature)));
  require(closing.recording === opening.recording && closing.opening === digest, "recording");
  const index = await known(end.end, closing.segments * layout.ENTRY_BYTES);
  require(hex(await sha256(index)) === closing.index_sha256, "index");
  return { opening, closed: { closing, index } };
}
