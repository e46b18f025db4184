/**
 * Where in a policy text the cursor stands: under which names, and whether a name or a value is being written. Pure.
 *
 * A text is incomplete while it is typed, so this reads what stands before the cursor by indentation and brackets, as people do, and
 * asks for no text that a parser would take.
 */

/** A step of a path: a name, or `[]` for any entry of a list. */
export type Step = string;
export const ENTRY = "[]";

export interface Place {
  readonly path: readonly Step[];
  /** `name`: a member of the mapping at `path`; `value`: what stands at `path`; `entry`: either, after a dash. */
  readonly writes: "name" | "value" | "entry";
  /** What is already typed of it. */
  readonly word: string;
  /** Names that this mapping has already. */
  readonly taken: readonly string[];
  /** Inside of `{}` or `[]`. */
  readonly isFlow: boolean;
  /** How far the mapping's names are indented. */
  readonly indent: number;
}

interface Level {
  readonly indent: number;
  readonly step: Step;
}

const BORDER = /^---(?:\s|$)/;
const NAME = /^("[^"]*"|'[^']*'|[A-Za-z_][\w.-]*)\s*:(?:\s+|$)/;
const WORD = /[^\s,[\]{}]*$/;

/** The place of the cursor at an offset of a text. */
export function placeAt(text: string, offset: number): Place {
  const lines = text.slice(0, offset).split("\n");
  const border = lines.findLastIndex((line) => BORDER.test(line));
  const before = lines.slice(border + 1);
  const current = before.pop() ?? "";
  const levels: Level[] = [];
  let flow: Flow | null = null;
  for (const line of before) flow = readLine(line, levels, flow);
  const inFlow = readLine(current, levels, flow, true);
  if (inFlow !== null) return flowPlace(levels, inFlow);
  return blockPlace(current, levels, takenAround(text, offset, indentOf(current)));
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Take in one line: the block it opens goes on `levels`; returns the brackets that are open at its end. */
function readLine(line: string, levels: Level[], open: Flow | null, isCurrent = false): Flow | null {
  if (open !== null) return open.read(line);
  const body = line.trimStart();
  // An empty line says nothing; on the cursor's own line its indentation does.
  if (!isCurrent && (body === "" || body.startsWith("#"))) return null;
  let indent = indentOf(line);
  let rest = body;
  leave(levels, indent, rest.startsWith("-"));
  while (/^-(?:\s|$)/.test(rest)) {
    levels.push({ indent, step: ENTRY });
    const inner = rest.slice(1).trimStart();
    indent += rest.length - inner.length;
    rest = inner;
  }
  const name = NAME.exec(rest);
  if (name === null) return rest.startsWith("{") || rest.startsWith("[") ? new Flow().read(rest) : null;
  levels.push({ indent, step: unquoted(name[1] ?? "") });
  const value = rest.slice(name[0].length);
  return value.startsWith("{") || value.startsWith("[") ? new Flow().read(value) : null;
}

/** Leave the blocks that a line of this indentation does not belong to. A dash may stand as far left as the name of its list. */
function leave(levels: Level[], indent: number, isDash: boolean): void {
  for (let last = levels.at(-1); last !== undefined; last = levels.at(-1)) {
    const isOver = last.indent > indent || (last.indent === indent && !(isDash && last.step !== ENTRY));
    if (!isOver) return;
    levels.pop();
  }
}

function blockPlace(line: string, levels: readonly Level[], taken: readonly string[]): Place {
  const body = line.trimStart().replace(/^(?:-\s+)+/, "");
  const word = WORD.exec(line)?.[0] ?? "";
  const path = levels.map(({ step }) => step);
  const indent = line.length - body.length;
  const isAfterName = NAME.test(body);
  if (isAfterName) return { path, writes: "value", word, taken: [], isFlow: false, indent };
  const isEntry = path.at(-1) === ENTRY && body === word && line.trimStart().startsWith("-");
  return { path, writes: isEntry ? "entry" : "name", word, taken, isFlow: false, indent };
}

/** Names on neighbouring lines that are indented alike: those of the same mapping. */
function takenAround(text: string, offset: number, indent: number): string[] {
  const lines = text.split("\n");
  const own = text.slice(0, offset).split("\n").length - 1;
  return [...namesFrom(lines, own, -1, indent), ...namesFrom(lines, own, 1, indent)];
}

function namesFrom(lines: readonly string[], own: number, way: 1 | -1, indent: number): string[] {
  const found: string[] = [];
  for (let at = own + way; at >= 0 && at < lines.length; at += way) {
    const line = lines[at] ?? "";
    if (line.trim() === "") continue;
    if (BORDER.test(line) || indentOf(line) < indent) break;
    const name = indentOf(line) === indent ? NAME.exec(line.trimStart())?.[1] : undefined;
    if (name !== undefined) found.push(unquoted(name));
  }
  return found;
}

function unquoted(name: string): string {
  return name.replace(/^(["'])(.*)\1$/, "$2");
}

interface Frame {
  readonly isList: boolean;
  name: string | null;
  readonly taken: string[];
}

/** Open brackets, and what was read inside of them so far. */
class Flow {
  readonly frames: Frame[] = [];
  word = "";

  /** Read on; null once every bracket is closed. */
  read(text: string): this | null {
    this.word = "";
    for (let at = 0; at < text.length; at++) {
      const sign = text[at] ?? "";
      if (sign === '"' || sign === "'") at = this.#quoted(text, at, sign);
      else if (sign === "#" && /\s/.test(text[at - 1] ?? " ")) break;
      else this.#take(sign);
      if (this.frames.length === 0) return null;
    }
    return this;
  }

  #take(sign: string): void {
    const frame = this.frames.at(-1);
    switch (sign) {
      case "{":
      case "[":
        this.frames.push({ isList: sign === "[", name: null, taken: [] });
        this.word = "";
        break;
      case "}":
      case "]":
        this.frames.pop();
        this.word = "";
        break;
      case ",":
        if (frame !== undefined) frame.name = null;
        this.word = "";
        break;
      case ":":
        if (frame !== undefined && !frame.isList && frame.name === null && this.word !== "") {
          frame.name = this.word;
          frame.taken.push(this.word);
          this.word = "";
        } else this.word += sign;
        break;
      default:
        this.word = /\s/.test(sign) ? "" : this.word + sign;
    }
  }

  /** A quoted text is one word; returns where it ends. */
  #quoted(text: string, from: number, quote: string): number {
    const end = text.indexOf(quote, from + 1);
    this.word = text.slice(from, end === -1 ? text.length : end + 1);
    if (end !== -1) this.word = unquoted(this.word);
    return end === -1 ? text.length : end;
  }
}

function flowPlace(levels: readonly Level[], flow: Flow): Place {
  const path = levels.map(({ step }) => step);
  const inner = flow.frames.at(-1);
  for (const frame of flow.frames) {
    if (frame.isList) path.push(ENTRY);
    else if (frame.name !== null) path.push(frame.name);
  }
  const isName = inner !== undefined && !inner.isList && inner.name === null;
  return {
    path,
    writes: isName ? "name" : "value",
    word: flow.word,
    taken: isName ? inner.taken : [],
    isFlow: true,
    indent: 0,
  };
}
