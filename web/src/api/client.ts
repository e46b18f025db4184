/** The only way to the broker's API: typed by its own description, refusals become `ApiError`. */

import createClient from "openapi-fetch";

import { learn } from "./clock";
import { obtainProof } from "./interventions";
import { ApiError, readProblem } from "./problems";
import type { paths } from "./schema";

const ANSWER_MILLISECONDS = 30_000;
/** Sign in, step up, accept a banner: a call may lack one proof after another. */
const MOST_MENDED = 3;
const SAFE = new Set(["GET", "HEAD"]);
const WHO_AM_I = "/api/v1/auth/whoami";

/** Kept in memory only: it dies with the page. */
let csrf = "";

/** Take the token that unsafe calls of this login must show; "" after signing out. */
export function setCsrf(token: string | null | undefined): void {
  csrf = token ?? "";
}

/** `api.GET("/api/v1/sites")`; wrap it in `answer(...)` to have the data. */
export const api = createClient<paths>({ baseUrl: "", fetch: (request) => call(request, ANSWER_MILLISECONDS) });

/** The data of a call; whatever is no success was thrown as `ApiError` before. */
export async function answer<Data>(response: Promise<{ data?: Data; error?: unknown }>): Promise<Data> {
  return (await response).data as Data;
}

/** A key that makes a POST safe to repeat: one for each intent, not for each try. */
export function newIntent(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": crypto.randomUUID() };
}

/** A long answer as it arrives: without a deadline, since whoever reads it sees it move, and stops it with `signal`. */
export async function streamed(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const { body } = await call(new Request(path, { signal }), null);
  if (body === null) throw new ApiError("not_ours");
  return body;
}

async function call(request: Request, deadline: number | null): Promise<Response> {
  for (let mended = 0; ; mended += 1) {
    const response = await send(request.clone(), deadline);
    if (response.ok) return response;
    const refusal = await readProblem(response);
    // A refused call changed nothing: it may be made once more, whatever its method.
    if (mended === MOST_MENDED || !(await canMend(refusal))) throw refusal;
  }
}

async function canMend(refusal: ApiError): Promise<boolean> {
  return refusal.code === "csrf_failed" ? renewCsrf() : obtainProof(refusal);
}

async function send(request: Request, deadline: number | null): Promise<Response> {
  if (!SAFE.has(request.method) && csrf !== "") request.headers.set("X-Wicket-CSRF", csrf);
  const { signal: stopped } = request;
  const signal = deadline === null ? stopped : AbortSignal.any([stopped, AbortSignal.timeout(deadline)]);
  try {
    const response = await fetch(request, { signal, credentials: "same-origin", cache: "no-store" });
    learn(response.headers.get("Date"));
    return response;
  } catch (error) {
    if (stopped.aborted) throw error;
    throw new ApiError("unreachable");
  }
}

/** Another tab signed in anew: this page's token is of a login that is gone. */
async function renewCsrf(): Promise<boolean> {
  const response = await send(new Request(WHO_AM_I), ANSWER_MILLISECONDS);
  if (!response.ok) return false;
  const who = (await response.json()) as { csrf?: string | null };
  setCsrf(who.csrf);
  return csrf !== "";
}
