/** What the broker says of a change, field by field: "spec.access.max_duration: \"4h\" -> \"2h\"" taken apart. Pure. */

export interface FieldChange {
  readonly path: string;
  /** As JSON; "" where there was nothing. */
  readonly before: string;
  readonly after: string;
}

const ARROW = " -> ";

/** Read one line; what cannot be read is shown as it is, under no field. */
export function readChange(line: string): FieldChange {
  const border = line.indexOf(": ");
  if (border < 0) return { path: "", before: "", after: line };
  const [path, said] = [line.slice(0, border), line.slice(border + 2)];
  if (said.startsWith("+ ")) return { path, before: "", after: said.slice(2) };
  if (said.startsWith("- ")) return { path, before: said.slice(2), after: "" };
  // An arrow may also stand inside of a text: the right one has JSON on both of its sides.
  for (let at = said.indexOf(ARROW); at >= 0; at = said.indexOf(ARROW, at + 1)) {
    const [before, after] = [said.slice(0, at), said.slice(at + ARROW.length)];
    if (isJson(before) && isJson(after)) return { path, before, after };
  }
  return { path: "", before: "", after: line };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON without the signs that only machines need: texts without quotes, lists with commas. */
export function plain(json: string): string {
  return json === "" ? "" : said(JSON.parse(isJson(json) ? json : JSON.stringify(json)));
}

function said(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "[]" : value.map(said).join(", ");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([name, member]) => `${name}: ${said(member)}`)
      .join(", ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
