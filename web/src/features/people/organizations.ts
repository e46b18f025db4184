/** What an organization's people say of it: how many there are, and until when the last of them may come. Pure. */

import type { User } from "./data";

export interface Ends {
  /** Accounts that are not disabled. */
  readonly open: number;
  /** The last day on which one of them ends; null where one has no end, or there is none. */
  readonly last: string | null;
}

export function lastEnds(users: readonly User[]): ReadonlyMap<string, Ends> {
  const found = new Map<string, User[]>();
  for (const user of users.filter(({ disabled }) => !disabled)) {
    found.set(user.organization, [...(found.get(user.organization) ?? []), user]);
  }
  return new Map([...found].map(([name, people]) => [name, { open: people.length, last: lastOf(people) }]));
}

function lastOf(people: readonly User[]): string | null {
  const ends = people.map(({ ends_at }) => ends_at);
  return ends.includes(null)
    ? null
    : (ends.toSorted((one, other) => Date.parse(one ?? "") - Date.parse(other ?? "")).at(-1) ?? null);
}
