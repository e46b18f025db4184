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
export interface Overview {
  waiting: number | null;
  my_requests: number | null;
  live_sessions: number | null;
  vendor_sessions: number | null;
  agents: { online: number; offline: number; quarantined: number; locked: number } | null;
  expiring_users: { username: string; ends_at: string }[] | null;
  open_reviews: number | null;
  audit: { links: number; last_checkpoint_at: string | null } | null;
}
export interface Preview {
  outcome: "approved_at_once" | "needs_approval" | "needs_mfa" | "denied";
  policy: string | null;
  approvals: { group: string; count: number; members: number }[];
  reasons: string[];
  reason_required: boolean;
  ticket_pattern: string | null;
  ticket_example: string | null;
  max_duration: number | null;
  tiers: S["Tier"][];
  windows: string;
  rules: string[];
  conflicts: string[];
}
/** What the approve card needs beside the request itself. */
export interface Deciding {
  organization: string;
  organization_kind: "internal" | "vendor";
  sponsor: string | null;
  methods: string[];
  past_sessions: { count: number; last_at: string | null };
  conflicts: string[];
  policy_version: number;
}
export type RequestDetail = S["AccessRequest"] & { deciding?: Deciding | null };
export interface ChangeOut {
  recording: string;
  session: string;
  number: number;
  at: string;
  user_name: string;
  asset: string;
  asset_name: string;
  ticket: string;
  unit: number | null;
  tier: string;
  function: string;
  objects: string[];
  before: (number | string | boolean | null)[] | null;
  after: (number | string | boolean | null)[];
  outcome: string;
}
export interface AccessItem {
  policy: string;
  mode: string;
  who: string;
  tiers: S["Tier"][];
  when: string;
  approvals: { group: string; count: number }[];
  reason: string;
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
  "/api/v1/requests/{request}": Get<RequestDetail, { path: { request: string } }>;
  "/api/v1/requests/{request}/narrow": Post<
    S["NarrowIn"] & { units?: number[]; reads?: S["ObjectRule"][]; writes?: S["ObjectRule"][] },
    RequestDetail,
    { path: { request: string } }
  >;
  "/api/v1/auth/login": Post<S["LoginBody"] & { browser: boolean }, SignedIn | EnrolmentRequired>;
  "/api/v1/auth/enrol/totp/confirm": Post<
    S["ConfirmationBody"] & { browser: boolean },
    SignedIn & { recovery_codes: string[] }
  >;
  "/api/v1/auth/logins": Get<{ items: LoginItem[] }>;
  "/api/v1/welcome": Get<Welcome>;
  "/api/v1/sites/{site}/banner/acceptance": Post<{ digest: string }, unknown, { path: { site: string } }>;
  "/api/v1/changes": Get<{ items: ChangeOut[] }, { query?: { asset?: string; limit?: number } }>;
  "/api/v1/overview": Get<Overview>;
  "/api/v1/requests/preview": Post<S["RequestIn"], Preview>;
  "/api/v1/assets/{asset}/access": Get<{ items: AccessItem[] }, { path: { asset: string } }>;
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
export type ContractCode = "csrf_failed" | "banner_not_accepted";
