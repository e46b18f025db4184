/** What the broker refuses, as an error that pages can show: a stable code, words, what to do, and where in a form it hurts. */

import type { components } from "./schema";

type Problem = components["schemas"]["Problem"];

/** Codes of the broker, and two that arise here: no answer at all, and an answer that is none of ours. */
export type ProblemCode = Problem["code"] | "unreachable" | "not_ours";

/** One field of a body that was refused; a rule about a length comes with its limit. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
  readonly rule?: string;
  readonly limit?: number;
}

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ProblemCode;
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
  readonly status: number;
  readonly requestId: string;
  readonly #members: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, problem: Partial<Problem> & Readonly<Record<string, unknown>> = {}) {
    super(problem.detail ?? problem.title ?? code);
    this.code = code;
    this.title = problem.title ?? "";
    this.detail = problem.detail ?? "";
    this.hint = problem.hint ?? "";
    this.status = problem.status ?? 0;
    this.requestId = problem.request_id ?? "";
    this.#members = problem;
  }

  /** The fields that were refused, where the problem names them. */
  get fields(): readonly FieldProblem[] {
    return list(this.#members.errors).filter(isFieldProblem);
  }

  /** Seconds until another try makes sense, where the broker said so. */
  get retryAfter(): number | null {
    return number(this.#members.retry_after);
  }

  /** A member that depends on the code, as texts: `methods` of `mfa_required`, and the like. */
  texts(name: string): readonly string[] {
    return list(this.#members[name]).filter((each) => typeof each === "string");
  }

  /** A member that depends on the code, as objects: `problems` of `policy_invalid`, and the like. */
  records(name: string): readonly Readonly<Record<string, unknown>>[] {
    return list(this.#members[name]).filter(isRecord);
  }

  /** A member that depends on the code, as a text. */
  text(name: string): string {
    const value = this.#members[name];
    return typeof value === "string" ? value : "";
  }

  /** Whether trying once more, unchanged and later, may work. */
  get isPassing(): boolean {
    return this.code === "unreachable" || this.status === 503 || this.status === 429;
  }
}

/** Read a refusal; whatever is no problem document of ours (a proxy's page, say) becomes `not_ours`. */
export async function readProblem(response: Response): Promise<ApiError> {
  const isProblem = response.headers.get("Content-Type")?.startsWith("application/problem+json") ?? false;
  const body: unknown = isProblem ? await response.json().catch(() => null) : null;
  if (!isRecord(body) || typeof body.code !== "string") {
    return new ApiError("not_ours", { status: response.status, title: response.statusText });
  }
  return new ApiError(body.code as ProblemCode, body);
}

/** Make an `ApiError` of whatever was thrown: anything else is a fault of these pages and stays what it is. */
export function asApiError(error: unknown): ApiError | null {
  return error instanceof ApiError ? error : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return isRecord(value) && typeof value.path === "string" && typeof value.message === "string";
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
