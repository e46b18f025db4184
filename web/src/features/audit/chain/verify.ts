/**
 * Checks an exported chain here, in the browser, with nothing but SHA-256 and ECDSA (docs/audit-log.md): each link's hash over its content
 * and the link before, and each checkpoint's signature. Nothing that the broker says about its own chain is believed.
 */

import { fromHex, joined, sha256, toHex, utf8 } from "./bytes";
import { importKeys, isSigned } from "./keys";
import { readRecord, type Checkpoint, type ExportRecord, type KeptCheckpoint, type Link } from "./records";

const GENESIS = "0".repeat(64);
const LINK_DOMAIN = "wicketgate-audit-v1\n";
/** So many records are hashed at once: enough to keep the browser's threads busy, few enough to stay small. */
const BATCH = 256;

/** What can be wrong with a chain. */
export type Fault =
  | "no_export"
  | "unreadable"
  | "missing"
  | "unlinked"
  | "changed"
  | "misplaced"
  | "other_hash"
  | "unknown_key"
  | "bad_signature"
  | "cut_off"
  | "not_as_kept";

export interface Intact {
  readonly isIntact: true;
  readonly links: number;
  readonly checkpoints: number;
  /** Links after the newest checkpoint: held together by their hashes alone. */
  readonly uncovered: number;
  /** The hash of the last link, in hex. */
  readonly head: string;
  /** Fingerprints (RFC 7638) of the keys that signed checkpoints. */
  readonly signers: readonly string[];
  readonly first: string;
  readonly last: string;
}
export interface Broken {
  readonly isIntact: false;
  /** The first link that does not hold. */
  readonly sequence: number;
  readonly fault: Fault;
  /** So many links before it hold. */
  readonly links: number;
}
export type Outcome = Intact | Broken;

export interface Options {
  /** A checkpoint that was kept where the broker cannot reach: the chain must agree with it. */
  readonly kept?: KeptCheckpoint | null;
  /** Called now and then with how many links were checked, of how many. */
  readonly progress?: (done: number, all: number) => void;
}

/** Check an export line by line, as it arrives. */
export async function verifyExport(lines: AsyncIterable<string>, options: Options = {}): Promise<Outcome> {
  const reading = lines[Symbol.asyncIterator]();
  const first = await reading.next();
  const header = first.done === true ? null : readRecord(first.value);
  if (header?.type !== "header") return { isIntact: false, sequence: 0, fault: "no_export", links: 0 };
  const chain = new Chain(await importKeys(header.keys), options.kept ?? null);
  for await (const batch of inBatches(reading)) {
    const broken = await chain.take(batch);
    if (broken !== null) return broken;
    options.progress?.(chain.links, header.links);
  }
  return chain.finish(header.links);
}

/** A record and its hash, computed here; `null` for a line that could not be read. */
interface Hashed {
  readonly record: ExportRecord | null;
  readonly computed: string;
}

class Chain {
  links = 0;
  readonly #keys: ReadonlyMap<string, CryptoKey>;
  readonly #kept: KeptCheckpoint | null;
  readonly #signers = new Set<string>();
  #head = GENESIS;
  #checkpoints = 0;
  #covered = 0;
  #first = "";
  #last = "";

  constructor(keys: ReadonlyMap<string, CryptoKey>, kept: KeptCheckpoint | null) {
    this.#keys = keys;
    this.#kept = kept;
  }

  /** Take the next lines; the first thing that does not hold, or null. */
  async take(lines: readonly string[]): Promise<Broken | null> {
    for (const { record, computed } of await Promise.all(lines.map(hashed))) {
      const fault = await this.#follow(record, computed);
      if (fault !== null) {
        // A fault of a checkpoint belongs to the link that it stands on.
        const sequence = record?.type === "checkpoint" ? this.links : this.links + 1;
        return { isIntact: false, sequence, fault, links: sequence - 1 };
      }
    }
    return null;
  }

  finish(promised: number): Outcome {
    const { links } = this;
    if (links < promised) return { isIntact: false, sequence: links + 1, fault: "cut_off", links };
    if (this.#kept !== null && this.#kept.sequence > links) {
      return { isIntact: false, sequence: links + 1, fault: "not_as_kept", links };
    }
    return {
      isIntact: true,
      links,
      checkpoints: this.#checkpoints,
      uncovered: links - this.#covered,
      head: this.#head,
      signers: [...this.#signers],
      first: this.#first,
      last: this.#last,
    };
  }

  async #follow(record: ExportRecord | null, computed: string): Promise<Fault | null> {
    switch (record?.type) {
      case "link":
        return this.#followLink(record, computed);
      case "checkpoint":
        return this.#followCheckpoint(record);
      default:
        return "unreadable";
    }
  }

  #followLink(link: Link, computed: string): Fault | null {
    if (link.sequence !== this.links + 1) return "missing";
    if (link.previous !== this.#head) return "unlinked";
    if (link.hash !== computed) return "changed";
    if (this.#kept?.sequence === link.sequence && this.#kept.hash !== link.hash) return "not_as_kept";
    if (this.links === 0) this.#first = link.at;
    this.links = link.sequence;
    this.#head = link.hash;
    this.#last = link.at;
    return null;
  }

  async #followCheckpoint(mark: Checkpoint): Promise<Fault | null> {
    if (mark.sequence !== this.links || mark.sequence === this.#covered) return "misplaced";
    if (mark.hash !== this.#head) return "other_hash";
    const key = this.#keys.get(mark.keyId);
    if (key === undefined) return "unknown_key";
    if (!(await isSigned(key, mark))) return "bad_signature";
    this.#covered = mark.sequence;
    this.#checkpoints++;
    this.#signers.add(mark.keyId);
    return null;
  }
}

async function hashed(line: string): Promise<Hashed> {
  const record = readRecord(line);
  return { record, computed: record?.type === "link" ? await hashOf(record) : "" };
}

/** The hash that a link must have: over its content, and the hash that it names as the one before. */
async function hashOf(link: Link): Promise<string> {
  return toHex(await sha256(joined(utf8(LINK_DOMAIN), fromHex(link.previous), utf8(link.body))));
}

async function* inBatches(lines: AsyncIterator<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    batch.push(next.value);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
