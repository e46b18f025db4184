/**
 * The proof: walks a recording with nothing but public keys and names the first thing that does not hold.
 *
 * It follows docs/recording-format.md, 7, check by check. Digests and signatures of many segments are computed at once, for
 * each is a round trip to the browser's crypto; what they mean is decided one segment after the other.
 */

import { readBlock, type Block } from "./block";
import { concat, hex, isEqual, sha256, viewOf, type Bytes, type Read } from "./bytes";
import { CheckError, require, type Check, type Fault, type Place } from "./faults";
import { verifierOf, type KeySet, type Verifier } from "./keys";
import * as layout from "./layout";
import { readClosing, readOpening, type Closing, type Opening, type Totals } from "./manifest";

const STEP_BYTES = 4 * 1024 * 1024;
const AT_ONCE = 256;

/** What was proved; everything counted here is of the part that holds. */
export interface Proof {
  /** "open": ended without closing, and proved up to its last whole segment. */
  readonly state: "whole" | "open" | "broken";
  readonly segments: number;
  readonly totals: Totals;
  readonly verifiedBytes: number;
  /** What stands behind the last whole segment of an open recording: a write that a crash tore. */
  readonly tornBytes: number;
  readonly lastLink: string;
  readonly opening: Opening | null;
  readonly closing: Closing | null;
  readonly fault: Fault | null;
  /** The index as the proved segments make it. */
  readonly index: Bytes;
}

export interface Progress {
  readonly verifiedBytes: number;
  readonly segments: number;
  readonly index: Bytes;
}

export interface ProofOptions {
  /** For whoever knows that the recording was closed: its missing closing is then a fault. */
  readonly expectClosed?: boolean;
  readonly progress?: (progress: Progress) => void;
}

/** Prove a recording of `size` bytes. Never throws for what stands in it; `read` may. */
export async function prove(read: Read, size: number, keys: KeySet, options: ProofOptions = {}): Promise<Proof> {
  const walk = new Walk(read, size, options);
  try {
    await walk.open(keys);
    const end = await walk.segments();
    const isWhole = end === "closing" && (await walk.close());
    require(isWhole || options.expectClosed !== true, "truncated");
    return walk.proof(isWhole ? "whole" : "open", null);
  } catch (error) {
    if (error instanceof CheckError) return walk.proof("broken", error.check);
    throw error;
  }
}

/** A segment as it stands there, cut out but not believed. */
interface Cut {
  readonly offset: number;
  readonly whole: Bytes;
}

/** A cut segment, and what was computed of it. */
interface Weighed extends Cut {
  readonly check: Bytes;
  readonly link: Bytes;
  readonly isSigned: boolean;
}

class Walk {
  readonly #read: Read;
  readonly #size: number;
  readonly #options: ProofOptions;
  #place: Place = "opening";
  #offset = 0;
  #number = 0;
  #lastNs = 0n;
  #totals: Totals = {
    chunks: 0,
    operations: 0,
    writes: 0,
    denials: 0,
    bytes_to_asset: 0,
    bytes_to_user: 0,
    plain_bytes: 0,
  };
  #index = new Uint8Array(1024 * layout.ENTRY_BYTES);
  #verify: Verifier = () => Promise.resolve(false);
  #opening: Opening | null = null;
  #closing: Closing | null = null;
  #openingDigest: Bytes = new Uint8Array();
  #link: Bytes = new Uint8Array();
  #trailer: number | null = null;

  constructor(read: Read, size: number, options: ProofOptions) {
    this.#read = read;
    this.#size = size;
    this.#options = options;
  }

  proof(state: Proof["state"], check: Check | null): Proof {
    const isSegment = this.#place === "segment";
    return {
      state,
      segments: this.#number,
      totals: this.#totals,
      verifiedBytes: this.#offset,
      tornBytes: state === "open" ? this.#size - this.#offset : 0,
      lastLink: hex(this.#link),
      opening: this.#opening,
      closing: this.#closing,
      fault: check && { place: this.#place, check, offset: this.#offset, segment: isSegment ? this.#number : null },
      index: this.#indexSoFar(),
    };
  }

  async open(keys: KeySet): Promise<void> {
    const block = await readBlock(this.#read, 0, layout.OPENING_MAGIC);
    require(block !== null, "format");
    const opening = readOpening(block.manifest);
    const verify = await verifierOf(keys, opening.signer);
    require(verify !== null, "signer");
    require(await verify(block.signature, layout.OPENING_DOMAIN, block.body), "signature");
    this.#verify = verify;
    this.#opening = opening;
    this.#openingDigest = this.#link = await sha256(concat(block.body, block.signature));
    const tail = this.#size - layout.TRAILER_BYTES;
    if (tail > 0) this.#trailer = layout.readTrailer(await this.#read(tail, layout.TRAILER_BYTES));
    this.#offset = block.end;
    this.#place = "segment";
  }

  /** Check segment after segment, up to the closing or to where a crash tore the recording. */
  async segments(): Promise<"closing" | "torn"> {
    let ahead = this.#read(this.#offset, STEP_BYTES);
    for (;;) {
      const piece = await ahead;
      const cuts = this.#cut(piece);
      const last = cuts.at(-1);
      const next = last === undefined ? this.#offset : last.offset + last.whole.length;
      // The network and the processor work at the same time.
      if (cuts.length > 0) {
        ahead = this.#read(next, STEP_BYTES);
        ahead.catch(() => undefined);
      }
      await this.#check(cuts);
      if (cuts.length > 0) continue;
      const head = piece.subarray(0, layout.HEADER_BYTES);
      if (this.#isClosing(head)) {
        this.#place = "closing";
        return "closing";
      }
      if (await this.#isTorn(head)) return "torn";
      // Only a segment that is longer than a step comes here.
      const length = layout.segmentLength(head) ?? 0;
      require(piece.length < length, "truncated");
      ahead = this.#read(this.#offset, length);
    }
  }

  /** Check the closing and all behind it; false when a crash tore it. */
  async close(): Promise<boolean> {
    const block = await readBlock(this.#read, this.#offset, layout.CLOSING_MAGIC);
    if (block === null) return this.#tornClosing();
    const closing = readClosing(block.manifest);
    require(await this.#verify(block.signature, layout.CLOSING_DOMAIN, block.body), "signature");
    const isOurs = closing.recording === this.#opening?.recording && closing.opening === hex(this.#openingDigest);
    require(isOurs, "recording");
    require(closing.segments === this.#number, "order");
    require(closing.last_link === hex(this.#link), "chain");
    const sums = Object.entries(this.#totals);
    require(sums.every(([name, sum]) => closing.totals[name as keyof Totals] === sum), "totals");
    return this.#ends(closing, block);
  }

  async #ends(closing: Closing, block: Block): Promise<boolean> {
    const index = this.#indexSoFar();
    const stored = await this.#read(block.end, index.length);
    if (stored.length < index.length) return this.#tornClosing();
    require(isEqual(stored, index) && hex(await sha256(index)) === closing.index_sha256, "index");
    const end = block.end + index.length;
    const trailer = await this.#read(end, layout.TRAILER_BYTES);
    if (trailer.length < layout.TRAILER_BYTES) return this.#tornClosing();
    require(layout.readTrailer(trailer) === this.#offset, "trailer");
    require(this.#size === end + layout.TRAILER_BYTES, "trailer");
    this.#closing = closing;
    this.#offset = this.#size;
    return true;
  }

  #tornClosing(): false {
    require(this.#trailer === null, "truncated");
    return false;
  }

  /** Cut a piece into the whole segments that it seems to begin with. */
  #cut(piece: Bytes): Cut[] {
    const cuts: Cut[] = [];
    let start = 0;
    while (piece.length - start >= layout.HEADER_BYTES) {
      const length = layout.segmentLength(piece.subarray(start, start + layout.HEADER_BYTES));
      if (length === null || start + length > piece.length) break;
      cuts.push({ offset: this.#offset + start, whole: piece.subarray(start, start + length) });
      start += length;
    }
    return cuts;
  }

  async #check(cuts: readonly Cut[]): Promise<void> {
    for (let start = 0; start < cuts.length; start += AT_ONCE) {
      const weighed = await Promise.all(cuts.slice(start, start + AT_ONCE).map((cut) => this.#weigh(cut)));
      for (const segment of weighed) this.#judge(segment);
      this.#options.progress?.({
        verifiedBytes: this.#offset,
        segments: this.#number,
        index: this.#indexSoFar(),
      });
    }
  }

  async #weigh({ offset, whole }: Cut): Promise<Weighed> {
    const bodyEnd = whole.length - layout.SIGNATURE_BYTES;
    const signed = sha256(whole.subarray(0, bodyEnd)).then((digest) =>
      this.#verify(whole.subarray(bodyEnd), layout.SEGMENT_DOMAIN, digest),
    );
    const [check, link, isSigned] = await Promise.all([
      sha256(whole.subarray(0, layout.CHECKED_BYTES)),
      sha256(whole),
      signed,
    ]);
    return { offset, whole, check, link, isSigned };
  }

  #judge({ offset, whole, check, link, isSigned }: Weighed): void {
    const header = this.#header(whole.subarray(0, layout.HEADER_BYTES), check);
    require(isSigned, "signature");
    this.#room();
    layout.writeEntry(viewOf(this.#index), this.#number * layout.ENTRY_BYTES, offset, header);
    this.#totals = added(this.#totals, header);
    this.#link = link;
    this.#lastNs = header.lastNs;
    this.#number += 1;
    this.#offset = offset + whole.length;
  }

  #header(head: Bytes, digest: Bytes): layout.SegmentHeader {
    const header = layout.readHeader(head);
    require(isEqual(header.check, digest.subarray(0, header.check.length)), "format");
    require(isEqual(header.tag, this.#openingDigest.subarray(0, layout.TAG_BYTES)), "recording");
    require(header.number === this.#number, "order");
    require(isEqual(header.previous, this.#link), "chain");
    require(this.#lastNs <= header.firstNs && header.firstNs <= header.lastNs, "time");
    return header;
  }

  #isClosing(head: Uint8Array): boolean {
    const isPointedAt = this.#offset === this.#trailer && !isMagic(head, layout.SEGMENT_MAGIC);
    return isMagic(head, layout.CLOSING_MAGIC) || isPointedAt;
  }

  /** Whether a crash ended the recording here; fails when it was something else. */
  async #isTorn(head: Bytes): Promise<boolean> {
    if (head.length === layout.HEADER_BYTES) {
      this.#header(head, await sha256(head.subarray(0, layout.CHECKED_BYTES)));
      const length = layout.segmentLength(head) ?? 0;
      if (this.#offset + length <= this.#size) return false;
    }
    const isBeginning = [layout.SEGMENT_MAGIC, layout.CLOSING_MAGIC].some((magic) =>
      layout.startsWith(magic, head.subarray(0, magic.length)),
    );
    require(isBeginning, "format");
    require(this.#trailer === null, "truncated");
    return true;
  }

  #indexSoFar(): Bytes {
    return this.#index.subarray(0, this.#number * layout.ENTRY_BYTES);
  }

  #room(): void {
    if ((this.#number + 1) * layout.ENTRY_BYTES <= this.#index.length) return;
    const larger = new Uint8Array(this.#index.length * 2);
    larger.set(this.#index);
    this.#index = larger;
  }
}

function isMagic(head: Uint8Array, magic: Uint8Array): boolean {
  return head.length >= magic.length && layout.startsWith(head, magic);
}

function added(totals: Totals, header: layout.SegmentHeader): Totals {
  return {
    chunks: totals.chunks + header.chunks,
    operations: totals.operations + header.operations,
    writes: totals.writes + header.writes,
    denials: totals.denials + header.denials,
    bytes_to_asset: totals.bytes_to_asset + header.bytesToAsset,
    bytes_to_user: totals.bytes_to_user + header.bytesToUser,
    plain_bytes: totals.plain_bytes + header.plainLength,
  };
}
