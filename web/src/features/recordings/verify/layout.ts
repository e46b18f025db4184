/** Where each byte of a recording lies (docs/recording-format.md, 2 to 6): magics, sizes, bounds. Pure. */

import { utf8, viewOf, type Bytes } from "./bytes";
import { require } from "./faults";
import { FORMAT } from "./manifest";

export const OPENING_MAGIC = utf8("WGREC1\r\n");
export const SEGMENT_MAGIC = utf8("WSEG");
export const CLOSING_MAGIC = utf8("WEND");
export const TRAILER_MAGIC = utf8("\r\nWGREC1");

export const OPENING_DOMAIN = utf8(`${FORMAT} opening\0`);
export const SEGMENT_DOMAIN = utf8(`${FORMAT} segment\0`);
export const CLOSING_DOMAIN = utf8(`${FORMAT} closing\0`);

export const HEADER_BYTES = 136;
export const CHECKED_BYTES = 128;
export const SIGNATURE_BYTES = 64;
export const ENTRY_BYTES = 36;
export const TRAILER_BYTES = 16;
export const LENGTH_BYTES = 4;
export const TAG_BYTES = 16;
export const MAX_MANIFEST_BYTES = 65_536;
export const MAX_PLAIN_BYTES = 4_194_304;
export const MAX_SEALED_BYTES = MAX_PLAIN_BYTES + TAG_BYTES;

/** The clear, signed head of a segment. Its own check is not looked at here: it needs a digest. */
export interface SegmentHeader {
  readonly number: number;
  readonly plainLength: number;
  readonly chunks: number;
  readonly operations: number;
  readonly writes: number;
  readonly denials: number;
  readonly bytesToAsset: number;
  readonly bytesToUser: number;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly tag: Bytes;
  readonly previous: Bytes;
  readonly check: Bytes;
}

/** How long the segment is whose header begins here, by its own word; null where nothing can be believed. */
export function segmentLength(head: Uint8Array): number | null {
  const sealed = viewOf(head).getUint32(16);
  return startsWith(head, SEGMENT_MAGIC) && TAG_BYTES < sealed && sealed <= MAX_SEALED_BYTES
    ? HEADER_BYTES + sealed + SIGNATURE_BYTES
    : null;
}

/** Read a header of 136 bytes; fails `format` on an unknown magic or flag, and on lengths out of bounds. */
export function readHeader(head: Bytes): SegmentHeader {
  const view = viewOf(head);
  const [plainLength, sealedLength] = [view.getUint32(12), view.getUint32(16)];
  require(startsWith(head, SEGMENT_MAGIC) && view.getUint32(4) >>> 25 === 0, "format");
  require((view.getUint32(4) & 0xff_ffff) === 0 && view.getUint32(44) === 0, "format");
  require(0 < plainLength && plainLength <= MAX_PLAIN_BYTES, "format");
  require(TAG_BYTES < sealedLength && sealedLength <= MAX_SEALED_BYTES, "format");
  return {
    number: view.getUint32(8),
    plainLength,
    chunks: view.getUint32(20),
    operations: view.getUint32(24),
    writes: view.getUint32(28),
    denials: view.getUint32(32),
    bytesToAsset: view.getUint32(36),
    bytesToUser: view.getUint32(40),
    firstNs: view.getBigUint64(48),
    lastNs: view.getBigUint64(56),
    tag: head.subarray(80, 96),
    previous: head.subarray(96, 128),
    check: head.subarray(CHECKED_BYTES, HEADER_BYTES),
  };
}

/** Write the index's line of a segment: its offset, and what the header says of time and counts. */
export function writeEntry(entry: DataView, at: number, offset: number, header: SegmentHeader): void {
  entry.setBigUint64(at, BigInt(offset));
  entry.setBigUint64(at + 8, header.firstNs);
  entry.setBigUint64(at + 16, header.lastNs);
  entry.setUint32(at + 24, header.operations);
  entry.setUint32(at + 28, header.writes);
  entry.setUint32(at + 32, header.denials);
}

/** Where the trailer says that the closing begins; null when these are no trailer's bytes. */
export function readTrailer(bytes: Uint8Array): number | null {
  if (bytes.length !== TRAILER_BYTES || !endsWith(bytes, TRAILER_MAGIC)) return null;
  return Number(viewOf(bytes).getBigUint64(0));
}

export function startsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  return magic.every((byte, place) => byte === bytes[place]);
}

function endsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  return startsWith(bytes.subarray(bytes.length - magic.length), magic);
}
