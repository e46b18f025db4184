/** Passkeys by the browser's own means: options of the broker in, an answer for the broker out, both as JSON. */

import type { CreatedCredential, ShownCredential } from "./types";

/** Why no passkey was shown or made: by the person, or because this browser or page cannot. */
export class PasskeyError extends Error {
  override readonly name = "PasskeyError";
  constructor(readonly reason: "cancelled" | "exists" | "impossible") {
    super(reason);
  }
}

/** Whether passkeys can work here: a browser that has them, on a page with a name (an address is no name to them). */
export function canUsePasskeys(): boolean {
  const hasName = !/^[\d.]+$|^\[/.test(location.hostname);
  return hasName && "PublicKeyCredential" in window && "parseCreationOptionsFromJSON" in PublicKeyCredential;
}

/** Make a passkey on this device or a key. */
export async function makePasskey(options: object): Promise<CreatedCredential> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  return (await shown(navigator.credentials.create({ publicKey }))) as CreatedCredential;
}

/** Show a passkey that exists. */
export async function showPasskey(options: object): Promise<ShownCredential> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  return (await shown(navigator.credentials.get({ publicKey }))) as ShownCredential;
}

/** The broker reads the members that it knows of what the browser says. */
async function shown(asked: Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await asked;
    if (credential instanceof PublicKeyCredential) return credential.toJSON();
  } catch (error) {
    throw translated(error);
  }
  throw new PasskeyError("cancelled");
}

function translated(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error;
  if (error.name === "NotAllowedError" || error.name === "AbortError") return new PasskeyError("cancelled");
  return new PasskeyError(error.name === "InvalidStateError" ? "exists" : "impossible");
}
