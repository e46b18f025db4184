/**
 * JSON for hashing: read without losing a digit, written the one way that the chain hashes it (docs/audit-log.md).
 *
 * `JSON.parse` makes 1 of 1.0 and rounds long integers, so that an honest link would not hash to its hash any more. Here a number stays
 * the text that it was. Input comes from the broker or from a file that somebody chose: whatever is no JSON is refused.
 */

const MOST_DEEP = 64;

/** A number, as it was written. */
export class ExactNumber {
  readonly written: string;

  constructor(written: string) {
    this.written = written;
  }
}

export type ExactObject = ReadonlyMap<string, Exact>;
export type Exact = null | boolean | string | ExactNumber | readonly Exact[] | ExactObject;

/** Read one value; throw `SyntaxError` for anything that is not exactly one, also for an object that names a key twice. */
export function readExact(text: string): Exact {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

/** Write a value without spaces, its keys sorted by code point, with no more escapes than JSON needs. */
export function writeCanonical(value: Exact): string {
  if (value instanceof ExactNumber) return value.written;
  if (value instanceof Map) return writeObject(value as ExactObject);
  if (Array.isArray(value)) return `[${value.map(writeCanonical).join(",")}]`;
  return JSON.stringify(value);
}

function writeObject(object: ExactObject): string {
  const members = [...object.entries()].sort(([one], [other]) => byCodePoint(one, other));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${writeCanonical(member)}`).join(",")}}`;
}

/** The order of code points. JavaScript's own is that of UTF-16: it puts U+10000 before U+E000. */
export function byCodePoint(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  for (let at = 0; at < most; at++) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a !== b) return place(a) - place(b);
  }
  return one.length - other.length;
}

/** Halves of what lies beyond U+FFFF go behind everything that is whole. */
function place(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

const SPACE = /[ \t\n\r]*/y;
const TEXT = /"(?:[^"\\]|\\.)*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;
const WORDS: Readonly<Record<string, null | boolean>> = { true: true, false: false, null: null };

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Exact {
    if (depth > MOST_DEEP) throw this.#fault("nested too deep");
    switch (this.#next()) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#list(depth);
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  end(): void {
    if (this.#next() !== "") throw this.#fault("something follows");
  }

  #object(depth: number): ExactObject {
    const members = new Map<string, Exact>();
    this.#at++;
    while (this.#goesOn("}", members.size === 0)) {
      this.#next();
      const key = this.#string();
      if (members.has(key)) throw this.#fault("the same key twice");
      this.#take(":");
      members.set(key, this.value(depth + 1));
    }
    return members;
  }

  #list(depth: number): Exact[] {
    const items: Exact[] = [];
    this.#at++;
    while (this.#goesOn("]", items.length === 0)) items.push(this.value(depth + 1));
    return items;
  }

  /** Whether another member follows, past the comma before it; takes the closing bracket otherwise. */
  #goesOn(close: string, isFirst: boolean): boolean {
    if (this.#next() === close) {
      this.#at++;
      return false;
    }
    if (!isFirst) this.#take(",");
    return true;
  }

  #string(): string {
    return JSON.parse(this.#match(TEXT)) as string;
  }

  #scalar(): Exact {
    const first = this.#text[this.#at] ?? "";
    if (first >= "a") return WORDS[this.#match(WORD)] ?? null;
    return new ExactNumber(this.#match(NUMBER));
  }

  /** The next character that is no space; "" at the end. */
  #next(): string {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
    return this.#text[this.#at] ?? "";
  }

  #take(expected: string): void {
    if (this.#next() !== expected) throw this.#fault(`no ${expected}`);
    this.#at++;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw this.#fault("no JSON");
    this.#at += found.length;
    return found;
  }

  #fault(what: string): SyntaxError {
    return new SyntaxError(`${what} at character ${this.#at + 1}`);
  }
}
