/** The signed JSON blocks at both ends of a recording. */

import { concat, viewOf, type Bytes, type Read } from "./bytes";
import { require } from "./faults";
import { LENGTH_BYTES, MAX_MANIFEST_BYTES, SIGNATURE_BYTES, startsWith } from "./layout";

export interface Block {
  /** What the signature covers, behind its domain: magic, length, manifest. */
  readonly body: Bytes;
  readonly manifest: Bytes;
  readonly signature: Bytes;
  readonly end: number;
}

/** Read the block that begins here; null when the recording ends inside it. */
export async function readBlock(read: Read, offset: number, magic: Bytes): Promise<Block | null> {
  const headLength = magic.length + LENGTH_BYTES;
  const head = await read(offset, headLength);
  if (head.length < headLength) return null;
  require(startsWith(head, magic), "format");
  const length = viewOf(head).getUint32(magic.length);
  require(length <= MAX_MANIFEST_BYTES, "format");
  const rest = await read(offset + headLength, length + SIGNATURE_BYTES);
  if (rest.length < length + SIGNATURE_BYTES) return null;
  const manifest = rest.subarray(0, length);
  const signature = rest.slice(length);
  return { body: concat(head, manifest), manifest, signature, end: offset + headLength + rest.length };
}
