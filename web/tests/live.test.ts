import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { LiveEvents } from "../src/api/live";

/** As much of a browser's WebSocket as live events use: the test is the broker at its other end. */
class Line {
  static readonly OPEN = 1;
  static all: Line[] = [];
  readyState = Line.OPEN;
  readonly said: unknown[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;

  constructor(readonly where: URL) {
    Line.all.push(this);
  }

  send(text: string): void {
    this.said.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  hear(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  open(epoch: string, seq: number): void {
    this.onopen?.();
    this.hear({ kind: "hello", epoch, seq });
  }

  break(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

const last = (): Line => {
  const line = Line.all.at(-1);
  if (line === undefined) throw new Error("no line was opened");
  return line;
};
const asked = () => [last().where.searchParams.get("epoch"), last().where.searchParams.get("after")];

describe("the line of live events", () => {
  const heard: string[] = [];
  const live = new LiveEvents();

  beforeEach(() => {
    Line.all = [];
    heard.length = 0;
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", Line);
    vi.stubGlobal("location", { href: "https://broker.example/" });
    vi.stubGlobal("window", new EventTarget());
    vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
    live.start({
      link: (link, isRestarted) => heard.push(isRestarted ? `${link} again` : link),
      changed: (topic) => heard.push(topic),
      reset: () => heard.push("reset"),
      refused: () => heard.push("refused"),
    });
  });
  afterEach(() => {
    live.stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  test("asks, after a break, for what came after the last event that it saw", () => {
    last().open("run-1", 7);
    last().hear({ kind: "changed", seq: 8, topic: "request.created", ids: {} });
    last().hear({ kind: "changed", seq: 9, topic: "session.opened", ids: {} });
    last().break();
    vi.advanceTimersByTime(500);
    expect(Line.all).toHaveLength(2);
    expect(asked()).toEqual(["run-1", "9"]);
    last().open("run-1", 11);
    last().hear({ kind: "changed", seq: 10, topic: "session.closed", ids: {} });
    expect(heard).toEqual([
      ...["connecting", "live", "request.created", "session.opened", "lost"],
      ...["connecting", "live", "session.closed"],
    ]);
  });

  test("takes up a watched session behind the last operation that came", () => {
    const numbers: unknown[] = [];
    live.watch("ses_1", (said) => {
      if (said.kind === "operations") numbers.push(...said.items.map(({ number }) => number));
    });
    last().open("run-1", 0);
    last().hear({ kind: "operations", session: "ses_1", items: [{ number: 41 }, { number: 42 }], dropped: 0 });
    last().break();
    vi.advanceTimersByTime(500);
    last().open("run-1", 0);
    expect(last().said).toEqual([{ watch: "ses_1", after: 42 }]);
    expect(numbers).toEqual([41, 42]);
  });

  test("says that the broker was restarted, counts anew, and hears that more was missed than can be told", () => {
    last().open("run-1", 70);
    last().break();
    vi.advanceTimersByTime(500);
    last().open("run-2", 3);
    last().hear({ kind: "reset", seq: 4 });
    expect(heard).toEqual(["connecting", "live", "lost", "connecting", "live again", "reset"]);
    last().break();
    vi.advanceTimersByTime(500);
    expect(asked()).toEqual(["run-2", "4"]);
  });

  test("tells of a handshake that was refused, and does not come back once it is stopped", () => {
    last().break();
    expect(heard).toEqual(["connecting", "lost", "refused"]);
    live.stop();
    vi.advanceTimersByTime(60_000);
    expect(Line.all).toHaveLength(1);
  });
});
