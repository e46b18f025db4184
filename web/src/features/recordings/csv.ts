/** The change log as a table for spreadsheets (RFC 4180). Pure. */

import { beforeOf, tagsOf } from "../../ui/changes/values";
import type { Change } from "./data";

const COLUMNS = [
  "at",
  "asset",
  "service",
  "user",
  "organization",
  "ticket",
  "unit",
  "function",
  "tier",
  "objects",
  "tags",
  "before",
  "before_read",
  "after",
  "outcome",
  "recording",
  "operation",
] as const;

/** A line of names, then a line for each change. */
export function writeCsv(changes: readonly Change[]): string {
  return [COLUMNS, ...changes.map(lineOf)].map((cells) => cells.map(writeCell).join(",") + "\r\n").join("");
}

function lineOf(change: Change): readonly string[] {
  return [
    change.at,
    change.asset_name,
    change.service_name,
    change.user_name,
    change.organization,
    change.ticket,
    change.unit === null ? "" : String(change.unit),
    change.function,
    change.tier,
    change.objects.join(" "),
    tagsOf(change).join(" "),
    (beforeOf(change, "unknown") ?? ["unknown"]).join(" "),
    change.is_before_read ? "yes" : "no",
    change.after.join(" "),
    change.outcome,
    change.recording,
    String(change.number),
  ];
}

/** What a spreadsheet would take for a formula becomes a text: names and tickets come from strangers. */
function writeCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
