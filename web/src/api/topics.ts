/** Which lists and things a page reads anew when the broker says that something changed. */

/** The first word of a query key: what the query is about. */
export type Subject =
  | "me"
  | "overview"
  | "sites"
  | "agents"
  | "assets"
  | "requests"
  | "grants"
  | "locks"
  | "reviews"
  | "sessions"
  | "questions"
  | "recordings"
  | "changes"
  | "audit"
  | "policies"
  | "people"
  | "settings";

/** By the first word of the topic: `request.changed`, `session.ended`, ... */
const CONCERNED: Readonly<Record<string, readonly Subject[]>> = {
  agent: ["agents", "sites", "assets", "overview"],
  asset: ["assets", "requests"],
  audit: ["audit", "overview"],
  block: ["sessions"],
  drill: ["sessions"],
  emergency: ["requests", "reviews", "overview"],
  extension: ["sessions", "requests", "overview"],
  grant: ["grants", "requests", "sessions", "overview"],
  group: ["people", "me"],
  lock: ["locks", "assets", "sites", "requests", "overview"],
  login: ["me"],
  organization: ["people"],
  policy: ["policies", "assets", "requests"],
  question: ["questions", "overview"],
  recording: ["recordings", "changes", "overview"],
  request: ["requests", "grants", "overview"],
  review: ["reviews", "overview"],
  session: ["sessions", "questions", "grants", "overview"],
  site: ["sites", "assets"],
  user: ["people", "me", "overview"],
};

/** What a topic concerns; nothing where it is none that pages show. */
export function concernedBy(topic: string): readonly Subject[] {
  const word = topic.split(".", 1)[0] ?? "";
  return Object.hasOwn(CONCERNED, word) ? (CONCERNED[word] ?? []) : [];
}
