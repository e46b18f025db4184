/** The sealed bytes of a recording, and files made of it: answers that are no JSON. */

import { learn } from "../../api/clock";
import { obtainProof } from "../../api/interventions";
import { ApiError, readProblem } from "../../api/problems";
import type { Bytes } from "./verify/bytes";

const NOT_SATISFIABLE = 416;

/** Call the API for bytes; whatever is no success is thrown as `ApiError`, after a missing proof was asked for. */
export async function fetchBytes(path: string, headers: HeadersInit, signal: AbortSignal): Promise<Response> {
  const response = await send(path, headers, signal);
  if (response.ok) return response;
  const refusal = await readProblem(response);
  if (!(await obtainProof(refusal))) throw refusal;
  const second = await send(path, headers, signal);
  if (second.ok) return second;
  throw await readProblem(second);
}

async function send(path: string, headers: HeadersInit, signal: AbortSignal): Promise<Response> {
  try {
    const response = await fetch(path, { headers, signal, credentials: "same-origin", cache: "no-store" });
    learn(response.headers.get("Date"));
    return response;
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError("unreachable");
  }
}

function contentOf(recording: string): string {
  return `/api/v1/recordings/${encodeURIComponent(recording)}/content`;
}

/** How many bytes a recording has now. */
export async function readSize(recording: string, signal: AbortSignal): Promise<number> {
  const response = await fetchBytes(contentOf(recording), { Range: "bytes=0-0" }, signal);
  await response.arrayBuffer();
  return Number(response.headers.get("Content-Range")?.split("/")[1] ?? 0);
}

/** Part of a recording's sealed bytes; fewer at its end. */
export async function readPart(recording: string, offset: number, length: number, signal: AbortSignal): Promise<Bytes> {
  if (length <= 0) return new Uint8Array();
  try {
    const range = { Range: `bytes=${offset}-${offset + length - 1}` };
    const response = await fetchBytes(contentOf(recording), range, signal);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    // Behind the end there is nothing, as in a file.
    if (error instanceof ApiError && error.status === NOT_SATISFIABLE) return new Uint8Array();
    throw error;
  }
}
