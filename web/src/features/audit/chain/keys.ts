/** The keys that sign checkpoints, and what they signed. */

import { fromBase64Url, fromHex, joined, sha256, toBase64Url, utf8 } from "./bytes";
import type { ExactObject } from "./exactJson";
import type { Checkpoint } from "./records";

const DOMAIN = "wicketgate-audit-checkpoint-v1\n";
const ALGORITHM = { name: "ECDSA", hash: "SHA-256" } as const;

/** The keys of a header by their fingerprints, computed here: a key is not believed to be the one that its `kid` says. */
export async function importKeys(keys: readonly ExactObject[]): Promise<Map<string, CryptoKey>> {
  const found = new Map<string, CryptoKey>();
  for (const key of keys) {
    const [x, y] = [key.get("x"), key.get("y")];
    if (key.get("kty") !== "EC" || key.get("crv") !== "P-256" || typeof x !== "string" || typeof y !== "string")
      continue;
    const jwk = { kty: "EC", crv: "P-256", x, y };
    try {
      const imported = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, [
        "verify",
      ]);
      found.set(await thumbprint(x, y), imported);
    } catch (error) {
      // No point of the curve: whatever it signed has no key.
      if (!(error instanceof DOMException)) throw error;
    }
  }
  return found;
}

/** RFC 7638. */
async function thumbprint(x: string, y: string): Promise<string> {
  const canonical = `{"crv":"P-256","kty":"EC","x":${JSON.stringify(x)},"y":${JSON.stringify(y)}}`;
  return toBase64Url(await sha256(utf8(canonical)));
}

/** Whether a key signed a checkpoint. */
export async function isSigned(key: CryptoKey, mark: Checkpoint): Promise<boolean> {
  const signature = fromBase64Url(mark.signature);
  const message = joined(utf8(`${DOMAIN}${mark.sequence}\n${mark.at}\n`), fromHex(mark.hash));
  return signature !== null && crypto.subtle.verify(ALGORITHM, key, signature, message);
}
