/** The public keys that recordings are checked with. A thumbprint is computed here: nobody's word is taken for it. */

import { base64url, concat, sha256, utf8, type Bytes } from "./bytes";

interface PublicKey {
  readonly x: string;
  readonly y: string;
}

/** Checks one signature. */
export type Verifier = (signature: Bytes, domain: Bytes, message: Bytes) => Promise<boolean>;

/** Keys of a JWK set, by their thumbprints (RFC 7638); what is no P-256 key is left out. */
export type KeySet = ReadonlyMap<string, PublicKey>;

export async function readKeys(jwks: readonly unknown[]): Promise<KeySet> {
  const keys = jwks.filter(isP256);
  return new Map(await Promise.all(keys.map(async (key) => [await thumbprint(key), key] as const)));
}

/** RFC 7638: the digest of the required members alone, in the order of their names. */
export async function thumbprint({ x, y }: PublicKey): Promise<string> {
  return base64url(await sha256(utf8(JSON.stringify({ crv: "P-256", kty: "EC", x, y }))));
}

/** A function that checks ES256 signatures of the key with this thumbprint; null if it is not among them, or is no point. */
export async function verifierOf(keys: KeySet, signer: string): Promise<Verifier | null> {
  const known = keys.get(signer);
  if (known === undefined) return null;
  const jwk = { kty: "EC", crv: "P-256", x: known.x, y: known.y };
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("jwk", jwk, curve, false, ["verify"]).catch(() => null);
  if (key === null) return null;
  return (signature, domain, message) =>
    crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, concat(domain, message));
}

function isP256(jwk: unknown): jwk is PublicKey {
  if (typeof jwk !== "object" || jwk === null) return false;
  const { kty, crv, x, y } = jwk as Readonly<Record<string, unknown>>;
  return kty === "EC" && crv === "P-256" && typeof x === "string" && typeof y === "string";
}
