import { useCallback, useEffect, useRef, useState } from "react";

import { readPart } from "./bytes";
import type { Bytes } from "./verify/bytes";
import type { FromProver, ToProver } from "./verify/messages";
import type { Proof } from "./verify/proof";

export type ProofState =
  | { readonly kind: "idle" }
  | {
      readonly kind: "running";
      readonly verifiedBytes: number;
      readonly segments: number;
      readonly index: Bytes | null;
    }
  | { readonly kind: "done"; readonly proof: Proof }
  | { readonly kind: "failed"; readonly error: Error };

interface Wish {
  readonly size: number;
  readonly jwks: readonly unknown[];
  readonly expectClosed: boolean;
  readonly wantsIndex: boolean;
}

interface Proving {
  readonly state: ProofState;
  readonly start: (wish: Wish) => void;
  readonly stop: () => void;
}

/** Proves a recording in a thread of its own, for as long as the page is open or until it is stopped. */
export function useProof(recording: string): Proving {
  const [state, setState] = useState<ProofState>({ kind: "idle" });
  const end = useRef<() => void>(() => undefined);
  const stop = useCallback(() => {
    end.current();
    setState({ kind: "idle" });
  }, []);
  const start = useCallback(
    (wish: Wish) => {
      end.current();
      setState({ kind: "running", verifiedBytes: 0, segments: 0, index: null });
      end.current = prove(recording, wish, setState);
    },
    [recording],
  );
  useEffect(
    () => () => {
      end.current();
    },
    [],
  );
  return { state, start, stop };
}

type Step = (next: ProofState | ((before: ProofState) => ProofState)) => void;

/** Begin; the answer ends it. */
function prove(recording: string, wish: Wish, step: Step): () => void {
  const worker = new Worker(new URL("./verify/worker.ts", import.meta.url), { type: "module" });
  const leaving = new AbortController();
  const say = (message: ToProver, transfer: Transferable[] = []) => {
    worker.postMessage(message, transfer);
  };
  const finish = (next: ProofState) => {
    leaving.abort();
    worker.terminate();
    step(next);
  };
  const read = async (ask: number, offset: number, length: number) => {
    try {
      const bytes = await readPart(recording, offset, length, leaving.signal);
      say({ kind: "bytes", ask, bytes }, [bytes.buffer]);
    } catch (error) {
      // Whoever left needs no answer any more.
      if (!leaving.signal.aborted)
        finish({ kind: "failed", error: error instanceof Error ? error : new Error(String(error)) });
    }
  };
  worker.onmessage = ({ data }: MessageEvent<FromProver>) => {
    switch (data.kind) {
      case "read":
        void read(data.ask, data.offset, data.length);
        break;
      case "progress":
        step((before) => ({
          kind: "running",
          verifiedBytes: data.verifiedBytes,
          segments: data.segments,
          index: data.index ?? (before.kind === "running" ? before.index : null),
        }));
        break;
      case "proof":
        finish({ kind: "done", proof: data.proof });
        break;
      case "failed":
        finish({ kind: "failed", error: new Error("the proof could not be made") });
        break;
    }
  };
  worker.onerror = (event) => {
    finish({ kind: "failed", error: new Error(event.message) });
  };
  say({ kind: "prove", ...wish });
  return () => {
    leaving.abort();
    worker.terminate();
  };
}
