/** Numbers and spans as people type them: "100, 110-119". Pure. */

export interface Span {
  readonly first: number;
  readonly last: number;
}

/** The pages write spans with the longer dash; what is copied from them is read as well. */
const SPAN = /^(\d{1,10})(?:\s*[-–]\s*(\d{1,10}))?$/;

/** The spans in the order they were typed, none for an empty text; null is what cannot be read. */
export function readSpans(text: string): Span[] | null {
  const found: Span[] = [];
  for (const word of text.split(",").map((each) => each.trim())) {
    if (word === "") continue;
    const span = SPAN.exec(word);
    if (span === null) return null;
    const first = Number(span[1]);
    const last = Number(span[2] ?? span[1]);
    if (last < first) return null;
    found.push({ first, last });
  }
  return found;
}

/** As `readSpans` reads it; two neighbours are written as two numbers. */
export function writeSpans(spans: readonly Span[]): string {
  return spans
    .map(({ first, last }) => (first === last ? `${first}` : `${first}${last === first + 1 ? ", " : "-"}${last}`))
    .join(", ");
}

/** Spans in order, those that overlap or touch as one. */
export function mergedSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((one, other) => one.first - other.first)) {
    const before = merged.at(-1);
    if (before === undefined || span.first > before.last + 1) merged.push(span);
    else merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, span.last) };
  }
  return merged;
}

/** Whether nothing in `spans` lies outside of `whole`. */
export function areWithin(spans: readonly Span[], whole: readonly Span[]): boolean {
  const fences = mergedSpans(whole);
  return spans.every(({ first, last }) => fences.some((fence) => first >= fence.first && last <= fence.last));
}
