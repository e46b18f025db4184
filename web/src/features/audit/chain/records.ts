/** The lines of an export (docs/audit-log.md), each read into what can be checked; `null` for a line that is none. */

import { ExactNumber, readExact, writeCanonical, type Exact, type ExactObject } from "./exactJson";

export const FORMAT = "wicketgate-audit/1";
const HASH = /^[0-9a-f]{64}$/;
const COUNT = /^(?:0|[1-9][0-9]{0,14})$/;
const LINK_TEXTS = ["at", "action", "actor", "actor_name", "target", "address"] as const;

export interface Header {
  readonly type: "header";
  readonly links: number;
  readonly keys: readonly ExactObject[];
}
export interface Link {
  readonly type: "link";
  readonly sequence: number;
  readonly at: string;
  /** The text that is hashed, after the domain and the hash before. */
  readonly body: string;
  readonly previous: string;
  readonly hash: string;
}
/** That the chain up to `sequence` ends in `hash`, as somebody signed it with the key `keyId`. */
export interface KeptCheckpoint {
  readonly sequence: number;
  readonly at: string;
  readonly hash: string;
  readonly keyId: string;
}
export interface Checkpoint extends KeptCheckpoint {
  readonly type: "checkpoint";
  readonly signature: string;
}
export type ExportRecord = Header | Link | Checkpoint;

/** Read a line of an export. */
export function readRecord(line: string): ExportRecord | null {
  const members = objectOf(line);
  switch (members?.get("type")) {
    case "header":
      return header(members);
    case "link":
      return link(members);
    case "checkpoint":
      return checkpoint(members);
    default:
      return null;
  }
}

/** Read a checkpoint that was kept elsewhere: a line of an export, or the broker's `audit_checkpoint` of a log. */
export function readKeptCheckpoint(line: string): KeptCheckpoint | null {
  const members = objectOf(line);
  return members === null ? null : statement(members);
}

function header(members: ExactObject): Header | null {
  const [keys, links] = [members.get("keys"), count(members.get("links"))];
  const isOurs = members.get("format") === FORMAT && links !== null && Array.isArray(keys);
  return isOurs ? { type: "header", links, keys: keys.filter((key) => key instanceof Map) } : null;
}

function link(members: ExactObject): Link | null {
  const [sequence, details] = [members.get("sequence"), members.get("details")];
  const number = count(sequence);
  const said = texts(members, LINK_TEXTS);
  const [previous, hash] = texts(members, ["previous", "hash"]);
  const isWhole = said.length === LINK_TEXTS.length && details instanceof Map && number !== null;
  if (!isWhole || previous === undefined || hash === undefined || !HASH.test(previous) || !HASH.test(hash)) return null;
  const body = writeCanonical([sequence as Exact, ...said, details]);
  return { type: "link", sequence: number, at: said[0] ?? "", body, previous, hash };
}

function checkpoint(members: ExactObject): Checkpoint | null {
  const kept = statement(members);
  const [signature] = texts(members, ["signature"]);
  return kept === null || signature === undefined ? null : { type: "checkpoint", ...kept, signature };
}

function statement(members: ExactObject): KeptCheckpoint | null {
  const sequence = count(members.get("sequence"));
  const [at, hash, keyId] = texts(members, ["at", "hash", "key_id"]);
  if (sequence === null || at === undefined || keyId === undefined || hash === undefined || !HASH.test(hash))
    return null;
  return { sequence, at, hash, keyId };
}

function objectOf(line: string): ExactObject | null {
  try {
    const value = readExact(line);
    return value instanceof Map ? (value as ExactObject) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The members of these names, as far as all of them are texts: none at all if one is not. */
function texts(members: ExactObject, names: readonly string[]): string[] {
  const found = names.map((name) => members.get(name)).filter((value) => typeof value === "string");
  return found.length === names.length ? found : [];
}

function count(value: Exact | undefined): number | null {
  return value instanceof ExactNumber && COUNT.test(value.written) ? Number(value.written) : null;
}
