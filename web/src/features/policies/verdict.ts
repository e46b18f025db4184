/** The broker's explanation, taken apart: what it answers, until when, what is missing, and why not. Pure. */

import type { components } from "../../api/schema";

export type Explanation = components["schemas"]["PolicyExplainOut"];
export type Finding = components["schemas"]["FindingOut"];

export interface Missing {
  readonly group: string;
  readonly count: number;
}
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export type Verdict =
  | { readonly says: "allow"; readonly policy: string; readonly until: string; readonly cause: string }
  | { readonly says: "needs_approval"; readonly policy: string; readonly missing: readonly Missing[] }
  | { readonly says: "needs_mfa"; readonly policy: string; readonly factors: string }
  | { readonly says: "deny"; readonly reasons: readonly Refusal[] }
  /** Words that this page does not know yet are shown as they are. */
  | { readonly says: "other"; readonly line: string };

const ALLOW = /^allow by (\S+) until (\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC \((\w+)\)$/;
const APPROVAL = /^needs approval by (.+) for (\S+)$/;
const MISSING = /^(\d+) of (\S+)$/;
const MFA = /^needs a second factor \((.+)\) for (\S+)$/;
const REASON = /^ {2}(\w+): (.+)$/;

/** Read the verdict out of the lines of an explanation. */
export function readVerdict({ decision, lines }: Pick<Explanation, "decision" | "lines">): Verdict {
  const [first = "", ...rest] = lines;
  const other = { says: "other", line: first } as const;
  switch (decision) {
    case "allow": {
      const [, policy, day, time, cause] = ALLOW.exec(first) ?? [];
      return policy === undefined || cause === undefined
        ? other
        : { says: "allow", policy, until: `${day ?? ""}T${time ?? ""}Z`, cause };
    }
    case "needs_approval": {
      const [, groups = "", policy] = APPROVAL.exec(first) ?? [];
      const missing = groups.split(", ").map((each) => MISSING.exec(each));
      return policy === undefined || missing.includes(null)
        ? other
        : {
            says: "needs_approval",
            policy,
            missing: missing.map((found) => ({ count: Number(found?.[1]), group: found?.[2] ?? "" })),
          };
    }
    case "needs_mfa": {
      const [, factors, policy] = MFA.exec(first) ?? [];
      return policy === undefined || factors === undefined ? other : { says: "needs_mfa", policy, factors };
    }
    case "deny":
      return { says: "deny", reasons: reasonsIn(rest) };
    default:
      return other;
  }
}

/** The reasons stand, indented, right under the verdict. */
function reasonsIn(lines: readonly string[]): Refusal[] {
  const end = lines.findIndex((line) => !line.startsWith("  "));
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => REASON.exec(line))
    .filter((found) => found !== null)
    .map(([, code = "", message = ""]) => ({ code, message }));
}

const ELSEWHERE = new Set(["not_who", "not_what"]);

export interface Sorted {
  /** Policies that mean this person and this target, those that are nearest to saying yes first. */
  readonly near: readonly Finding[];
  /** Policies that mean somebody or something else. */
  readonly far: readonly Finding[];
}

/** Which policies have something to say here. */
export function sorted(findings: readonly Finding[]): Sorted {
  const isFar = (finding: Finding) => finding.conditions.some(({ met, code }) => !met && ELSEWHERE.has(code));
  const misses = (finding: Finding) => finding.conditions.filter(({ met }) => !met).length;
  return {
    near: findings.filter((finding) => !isFar(finding)).sort((one, other) => misses(one) - misses(other)),
    far: findings.filter(isFar),
  };
}
