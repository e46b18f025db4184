/** Passkeys by the browser's own means: options of the broker in, an answer for the broker out, both as JSON. */

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
export async function makePasskey(options: unknown): Promise<object> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  return shown(navigator.credentials.create({ publicKey }));
}

/** Show a passkey that exists. */
export async function showPasskey(options: unknown): Promise<object> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  return shown(navigator.credentials.get({ publicKey }));
}

async function shown(asked: Promise<Credential | null>): Promise<object> {
  try {
    const credential = await asked;
    if (credential instanceof PublicKeyCredential) return credential.toJSON() as object;
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
