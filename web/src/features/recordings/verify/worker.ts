/** The proof in a thread of its own: it asks the page for bytes, and tells it how far it has come. */

import type { Read } from "./bytes";
import { readKeys } from "./keys";
import type { FromProver, ToProver } from "./messages";
import { prove } from "./proof";

const TOLD_MILLISECONDS = 120;
/** The index of a recording without closing grows as it is proved; it is copied seldom. */
const INDEX_MILLISECONDS = 1500;

const waiting = new Map<
  number,
  { readonly resolve: (bytes: Uint8Array<ArrayBuffer>) => void; readonly reject: () => void }
>();
let asked = 0;

function tell(message: FromProver): void {
  self.postMessage(message);
}

const read: Read = (offset, length) =>
  new Promise((resolve, reject) => {
    asked += 1;
    waiting.set(asked, {
      resolve,
      reject: () => {
        reject(new Error("the page has no bytes"));
      },
    });
    tell({ kind: "read", ask: asked, offset, length });
  });

async function work({ size, jwks, expectClosed, wantsIndex }: Extract<ToProver, { kind: "prove" }>): Promise<void> {
  let [toldAt, indexAt] = [0, 0];
  const proof = await prove(read, size, await readKeys(jwks), {
    expectClosed,
    progress: ({ verifiedBytes, segments, index }) => {
      const now = performance.now();
      if (now - toldAt < TOLD_MILLISECONDS) return;
      toldAt = now;
      const isIndexDue = wantsIndex && now - indexAt >= INDEX_MILLISECONDS;
      if (isIndexDue) indexAt = now;
      tell({ kind: "progress", verifiedBytes, segments, index: isIndexDue ? index.slice() : null });
    },
  });
  tell({ kind: "proof", proof });
}

self.onmessage = ({ data }: MessageEvent<ToProver>) => {
  switch (data.kind) {
    case "prove":
      work(data).catch(() => {
        tell({ kind: "failed" });
      });
      break;
    case "bytes":
      waiting.get(data.ask)?.resolve(data.bytes);
      waiting.delete(data.ask);
      break;
    case "unread":
      waiting.get(data.ask)?.reject();
      waiting.delete(data.ask);
      break;
  }
};
