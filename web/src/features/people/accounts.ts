/** The rules of accounts, as far as a form can know them before the broker judges (docs/identity.md), and their state. Pure. */

import type { Role } from "../../api/types";
import type { User, UserChange } from "./data";

export const ROLES: readonly Role[] = ["vendor", "operator", "admin", "auditor"];
export const INTERNAL_ROLES: readonly Role[] = ["operator", "admin", "auditor", "vendor"];
export const DAY = 86_400_000;
/** An account that ends within so long is worth a look. */
export const SOON_DAYS = 30;
/** Who has not been seen for so long may not be needed any more. */
export const DORMANT_DAYS = 90;

export interface AccountForm {
  readonly username: string;
  readonly display_name: string;
  readonly email: string;
  readonly organization: string;
  readonly roles: readonly Role[];
  readonly sponsor: string;
  /** In UTC; "" for no end. */
  readonly ends_at: string;
}

export type AccountFault =
  "needed" | "username_form" | "email_form" | "role_needed" | "sponsor_needed" | "end_needed" | "end_past";

const USERNAME = /^[a-z0-9][a-z0-9.@+-]{1,62}$/;
const EMAIL = /^[^@\s]+@[^@\s]+$/;

/** What is not right yet, by field. */
export function accountFaults(
  form: AccountForm,
  isVendor: boolean,
  now: number,
): Partial<Record<keyof AccountForm, AccountFault>> {
  const faults: Partial<Record<keyof AccountForm, AccountFault>> = {};
  if (form.username === "") faults.username = "needed";
  else if (!USERNAME.test(form.username)) faults.username = "username_form";
  if (form.email !== "" && !EMAIL.test(form.email)) faults.email = "email_form";
  if (form.organization === "") faults.organization = "needed";
  if (form.roles.length === 0) faults.roles = "role_needed";
  if (isVendor && form.sponsor === "") faults.sponsor = "sponsor_needed";
  if (isVendor && form.ends_at === "") faults.ends_at = "end_needed";
  else if (form.ends_at !== "" && Date.parse(form.ends_at) <= now) faults.ends_at = "end_past";
  return faults;
}

/** Only what is different from the account: whatever is sent is changed. */
export function changeOf(user: User, form: AccountForm): Partial<UserChange> {
  const email = form.email === "" ? null : form.email;
  const sponsor = form.sponsor === "" ? null : form.sponsor;
  const ends = form.ends_at === "" ? null : form.ends_at;
  return {
    ...(form.display_name === user.display_name ? {} : { display_name: form.display_name }),
    ...(email === user.email ? {} : { email }),
    ...(isSame(form.roles, user.roles) ? {} : { roles: [...form.roles] }),
    ...(sponsor === user.sponsor ? {} : { sponsor }),
    ...(isSameMoment(ends, user.ends_at) ? {} : { ends_at: ends }),
  };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}

function isSameMoment(one: string | null, other: string | null): boolean {
  return one === null || other === null ? one === other : Date.parse(one) === Date.parse(other);
}

export type AccountState = "active" | "disabled" | "ended" | "ending" | "new";

/** What stands out about an account, the gravest first. */
export function stateOf(user: User, now: number): AccountState {
  if (user.disabled) return "disabled";
  const left = user.ends_at === null ? Infinity : Date.parse(user.ends_at) - now;
  if (left <= 0) return "ended";
  if (!user.mfa_enrolled) return "new";
  return left <= SOON_DAYS * DAY ? "ending" : "active";
}

export interface Attention {
  /** Ended and not disabled: extend, or close for good. */
  readonly ended: readonly User[];
  readonly ending: readonly User[];
  /** Enabled, and not seen for long, or never since they were made. */
  readonly dormant: readonly User[];
}

/** Accounts that somebody should look at, those that are most pressing first. */
export function attentionOf(users: readonly User[], now: number): Attention {
  const open = users.filter((user) => !user.disabled);
  const end = (user: User) => (user.ends_at === null ? Infinity : Date.parse(user.ends_at));
  const seen = (user: User) => Date.parse(user.last_signed_in_at ?? user.created_at);
  const byEnd = (one: User, other: User) => end(one) - end(other);
  return {
    ended: open.filter((user) => end(user) <= now).sort(byEnd),
    ending: open.filter((user) => end(user) > now && end(user) <= now + SOON_DAYS * DAY).sort(byEnd),
    dormant: open
      .filter((user) => !user.is_emergency && end(user) > now && seen(user) <= now - DORMANT_DAYS * DAY)
      .sort((one, other) => seen(one) - seen(other)),
  };
}
