/** What the address of a hand-over sheet brings along. Behind the `#` it stays in the browser. */

const LONGEST = 200;

/** The user name in a fragment: "#user=m.weber"; "" where there is none. */
export function userIn(fragment: string): string {
  return (new URLSearchParams(fragment.replace(/^#/, "")).get("user") ?? "").slice(0, LONGEST);
}
