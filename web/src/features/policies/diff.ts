/** The difference of two texts, line by line: the shortest way from one to the other (Myers). Pure. */

export interface DiffLine {
  readonly kind: "same" | "gone" | "come";
  /** Line numbers, from 1; null on the side that does not have the line. */
  readonly before: number | null;
  readonly after: number | null;
  readonly text: string;
}

/** Beyond this many changes the shortest way takes too long to find: everything between is shown as written anew. */
const MOST_CHANGES = 600;

/** Every line of both texts, in order; what stays is there once. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [one, other] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < Math.min(one.length, other.length) && one[start] === other[start]) start++;
  let end = 0;
  const most = Math.min(one.length, other.length) - start;
  while (end < most && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;
  const steps = way(one.slice(start, one.length - end), other.slice(start, other.length - end));
  const all = [...keeps(start), ...steps, ...keeps(end)];
  return numbered(all, one, other);
}

export interface Hunk {
  readonly lines: readonly DiffLine[];
  /** Lines that stay as they are and are left out before this. */
  readonly skipped: number;
}

/** The changes with some lines around them; nothing where nothing changed. */
export function hunksOf(lines: readonly DiffLine[], around = 3): Hunk[] {
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({ kind }) => kind !== "same"),
  );
  const hunks: Hunk[] = [];
  let skipped = 0;
  for (const [at, line] of lines.entries()) {
    if (isNear[at] !== true) skipped++;
    else if (at > 0 && isNear[at - 1] === true) (hunks.at(-1)?.lines as DiffLine[]).push(line);
    else {
      hunks.push({ lines: [line], skipped });
      skipped = 0;
    }
  }
  return hunks;
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

type StepOf = DiffLine["kind"];

function keeps(count: number): StepOf[] {
  return Array.from({ length: count }, () => "same" as const);
}

/** The steps from one list of lines to another: Myers' greedy search, and the way back through what it saw. */
function way(one: readonly string[], other: readonly string[]): StepOf[] {
  const seen: Map<number, number>[] = [];
  let reached = new Map<number, number>([[1, 0]]);
  for (let changes = 0; changes <= Math.min(one.length + other.length, MOST_CHANGES); changes++) {
    seen.push(new Map(reached));
    const next = new Map(reached);
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      const down = next.get(diagonal + 1) ?? -1;
      const right = next.get(diagonal - 1) ?? -1;
      let x = diagonal === -changes || (diagonal !== changes && right < down) ? down : right + 1;
      while (x < one.length && x - diagonal < other.length && one[x] === other[x - diagonal]) x++;
      next.set(diagonal, x);
      if (x >= one.length && x - diagonal >= other.length) return back(seen, one.length, other.length);
    }
    reached = next;
  }
  return [...one.map(() => "gone" as const), ...other.map(() => "come" as const)];
}

function back(seen: readonly ReadonlyMap<number, number>[], width: number, height: number): StepOf[] {
  const steps: StepOf[] = [];
  let [x, y] = [width, height];
  for (let changes = seen.length - 1; changes >= 0; changes--) {
    const reached = seen[changes] ?? new Map<number, number>();
    const diagonal = x - y;
    const down = reached.get(diagonal + 1) ?? -1;
    const right = reached.get(diagonal - 1) ?? -1;
    const isDown = diagonal === -changes || (diagonal !== changes && right < down);
    const fromX = changes === 0 ? 0 : isDown ? down : right;
    const fromY = changes === 0 ? 0 : fromX - (isDown ? diagonal + 1 : diagonal - 1);
    while (x > fromX && y > fromY) {
      steps.push("same");
      x--;
      y--;
    }
    if (changes > 0) steps.push(isDown ? "come" : "gone");
    [x, y] = [fromX, fromY];
  }
  return steps.reverse();
}

function numbered(steps: readonly StepOf[], one: readonly string[], other: readonly string[]): DiffLine[] {
  let [before, after] = [0, 0];
  return steps.map((kind) => {
    const text = (kind === "come" ? other[after] : one[before]) ?? "";
    if (kind !== "come") before++;
    if (kind !== "gone") after++;
    return { kind, before: kind === "come" ? null : before, after: kind === "gone" ? null : after, text };
  });
}
