// TEMPORARY, gone when the branches ident, live and webapi are merged: routes of the contract that this checkout's broker lacks.
import type { components, paths } from "./schema";

type S = components["schemas"];
interface Json<T> {
  headers: Record<string, unknown>;
  content: { "application/json": T };
}
interface ProblemAnswer {
  headers: Record<string, unknown>;
  content: { "application/problem+json": S["Problem"] };
}
interface Get<T, P = object> {
  get: {
    parameters: Omit<{ query?: never; header?: never; path?: never; cookie?: never }, keyof P> & P;
    responses: { 200: Json<T>; default: ProblemAnswer };
  };
}
interface Post<B, T, P = object, C extends number = 200> {
  post: {
    parameters: Omit<{ query?: never; header?: never; path?: never; cookie?: never }, keyof P> & P;
    requestBody: { content: { "application/json": B } };
    responses: Record<C, Json<T>> & { default: ProblemAnswer };
  };
}

export interface Welcome {
  name: string;
  version: string;
  setup_needed: boolean;
  banner: string;
}
export interface Ceremony {
  ceremony: string;
  options: Record<string, unknown>;
}
export interface PasskeyOut {
  id: string;
  name: string;
  created_at: string;
  last_used_at: string | null;
  backed_up: boolean;
}

export type WhoAmI = S["WhoAmIOut"] & {
  csrf: string | null;
  login: string;
  methods: string[];
  passkeys: number;
  recovery_codes_left: number;
};
interface SignedIn {
  status: "signed_in";
  csrf: string | null;
}
type EnrolmentRequired = S["EnrolmentRequiredOut"];
export type LoginItem = S["LoginItem"] & { kind: "browser" | "api"; last_seen_at: string | null };
type Changed = "/api/v1/auth/whoami" | "/api/v1/auth/login" | "/api/v1/auth/enrol/totp/confirm" | "/api/v1/auth/logins";

export type ContractPaths = Omit<paths, Changed> & {
  "/api/v1/auth/whoami": Get<WhoAmI>;
  "/api/v1/auth/login": Post<S["LoginBody"] & { browser: boolean }, SignedIn | EnrolmentRequired>;
  "/api/v1/auth/enrol/totp/confirm": Post<
    S["ConfirmationBody"] & { browser: boolean },
    SignedIn & { recovery_codes: string[] }
  >;
  "/api/v1/auth/logins": Get<{ items: LoginItem[] }>;
  "/api/v1/welcome": Get<Welcome>;
  "/api/v1/auth/passkeys": Get<{ items: PasskeyOut[] }> &
    Post<{ ceremony: string; name: string; credential: unknown }, PasskeyOut, object, 201>;
  "/api/v1/auth/passkeys/{passkey}": {
    delete: {
      parameters: { path: { passkey: string } };
      responses: { 204: { headers: Record<string, unknown>; content?: never }; default: ProblemAnswer };
    };
  };
  "/api/v1/auth/passkeys/registration": Post<Record<string, never>, Ceremony>;
  "/api/v1/auth/passkeys/login/options": Post<Record<string, never>, Ceremony>;
  "/api/v1/auth/passkeys/login": Post<{ ceremony: string; credential: unknown; browser: boolean }, SignedIn>;
  "/api/v1/auth/step-up/passkey/options": Post<Record<string, never>, Ceremony>;
  "/api/v1/auth/step-up/passkey": Post<{ ceremony: string; credential: unknown }, unknown>;
};
export type ContractCode = "csrf_failed";
