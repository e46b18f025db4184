/**
 * The one WebSocket of live events: opened once, kept open, resumed where it stopped.
 *
 * `epoch` names the broker's run and `seq` the last event seen, so that after a break the broker sends what was missed, or says
 * `reset` when it cannot; then every query is read anew. Nothing here knows React or the query cache.
 */

import { readFrame, type Frame, type Operations, type SessionSaid } from "./frames";

export type Link = "connecting" | "live" | "lost";

/** What a page hears of a session that it watches. */
export type Watcher = (said: Operations | SessionSaid) => void;

export interface LiveListener {
  /** The link came or went. `isRestarted`: it came back to another run of the broker. */
  readonly link: (link: Link, isRestarted: boolean) => void;
  readonly changed: (topic: string, ids: Readonly<Record<string, string>>) => void;
  /** More was missed than can be told: read everything anew. */
  readonly reset: () => void;
  /** The login ended; or the link was refused, which a page's own call will explain. */
  readonly refused: () => void;
}

const FIRST_DELAY_MILLISECONDS = 500;
const LONGEST_DELAY_MILLISECONDS = 15_000;

/** How long to wait before the next try; spread, so that a restarted broker is not met by everybody at once. */
export function reconnectDelay(tries: number, random: number): number {
  const longest = Math.min(LONGEST_DELAY_MILLISECONDS, FIRST_DELAY_MILLISECONDS * 2 ** tries);
  return longest / 2 + (longest / 2) * random;
}

const DEAF: LiveListener = {
  link: () => undefined,
  changed: () => undefined,
  reset: () => undefined,
  refused: () => undefined,
};

export class LiveEvents {
  #listener: LiveListener = DEAF;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;
  #tries = 0;
  #epoch = "";
  #seq = 0;
  readonly #watched = new Map<string, { readonly watchers: Set<Watcher>; last: number | null }>();

  start(listener: LiveListener): void {
    this.#listener = listener;
    this.#isStopped = false;
    window.addEventListener("online", this.retry);
    document.addEventListener("visibilitychange", this.retry);
    this.#connect();
  }

  stop(): void {
    this.#isStopped = true;
    window.removeEventListener("online", this.retry);
    document.removeEventListener("visibilitychange", this.retry);
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
  }

  /** Hear the operations of a session as they happen; call the answer to stop. Survives breaks of the link. */
  watch(session: string, watcher: Watcher): () => void {
    const known = this.#watched.get(session);
    const entry = known ?? { watchers: new Set<Watcher>(), last: null };
    entry.watchers.add(watcher);
    this.#watched.set(session, entry);
    if (known === undefined) this.#say({ watch: session, after: null });
    return () => {
      entry.watchers.delete(watcher);
      if (entry.watchers.size > 0 || this.#watched.get(session) !== entry) return;
      this.#watched.delete(session);
      this.#say({ unwatch: session });
    };
  }

  #connect(): void {
    this.#listener.link("connecting", false);
    const where = new URL(`/api/v1/events?epoch=${encodeURIComponent(this.#epoch)}&after=${this.#seq}`, location.href);
    where.protocol = where.protocol.replace("http", "ws");
    const socket = new WebSocket(where);
    this.#socket = socket;
    let wasOpen = false;
    socket.onopen = () => {
      wasOpen = true;
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      const frame = readFrame(data);
      if (frame !== null) this.#take(frame);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#lose(wasOpen);
    };
  }

  #take(frame: Frame): void {
    switch (frame.kind) {
      case "hello":
        this.#greet(frame.epoch, frame.seq);
        break;
      case "reset":
        this.#seq = frame.seq;
        this.#listener.reset();
        break;
      case "changed":
        this.#seq = frame.seq;
        this.#listener.changed(frame.topic, frame.ids);
        break;
      case "operations":
      case "session":
        this.#tell(frame);
        break;
      case "bye":
        this.#listener.refused();
        break;
    }
  }

  #greet(epoch: string, seq: number): void {
    const isRestarted = this.#epoch !== "" && this.#epoch !== epoch;
    if (this.#epoch !== epoch) this.#seq = seq;
    this.#epoch = epoch;
    this.#tries = 0;
    for (const [session, { last }] of this.#watched) this.#say({ watch: session, after: last });
    this.#listener.link("live", isRestarted);
  }

  #tell(said: Operations | SessionSaid): void {
    const entry = this.#watched.get(said.session);
    if (entry === undefined) return;
    if (said.kind === "operations") entry.last = said.items.at(-1)?.number ?? entry.last;
    for (const watcher of entry.watchers) watcher(said);
  }

  #lose(wasOpen: boolean): void {
    this.#socket = null;
    if (this.#isStopped) return;
    this.#listener.link("lost", false);
    // A browser does not say why a handshake failed: an ordinary call finds out whether it was the login.
    if (!wasOpen) this.#listener.refused();
    this.#timer = setTimeout(
      () => {
        this.#connect();
      },
      reconnectDelay(this.#tries++, Math.random()),
    );
  }

  /** Try at once instead of waiting: what kept the link away may be over. */
  readonly retry = (): void => {
    if (this.#isStopped || this.#socket !== null || document.visibilityState === "hidden") return;
    clearTimeout(this.#timer);
    this.#connect();
  };

  #say(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
