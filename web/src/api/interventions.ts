/**
 * What a person does in the middle of a call: sign in again, show the second factor once more, accept a site's banner.
 *
 * A call that the broker refuses for want of a proof waits here while a dialog stands over the page, and is made once more
 * afterwards. Pages know nothing of it, and what was typed into a form stays.
 */

import type { ApiError } from "./problems";

export type Intervention = "sign-in" | "step-up" | "banner";

/** Shows the dialog; tells whether the proof was given. */
export type Intervene = (kind: Intervention, refusal: ApiError) => Promise<boolean>;

const KINDS: Readonly<Record<string, Intervention>> = {
  unauthenticated: "sign-in",
  token_invalid: "sign-in",
  mfa_required: "step-up",
  banner_not_accepted: "banner",
};

let intervene: Intervene | null = null;
const running = new Map<Intervention, Promise<boolean>>();

/** Say who shows the dialogs (the shell, once somebody is signed in), or that nobody does. */
export function setIntervene(next: Intervene | null): void {
  intervene = next;
  running.clear();
}

/** Ask for the missing proof, once for all calls that lack it; false where none will come. */
export async function obtainProof(refusal: ApiError): Promise<boolean> {
  const kind = KINDS[refusal.code];
  if (kind === undefined || intervene === null) return false;
  const proof = running.get(kind) ?? intervene(kind, refusal).finally(() => running.delete(kind));
  running.set(kind, proof);
  return proof;
}
