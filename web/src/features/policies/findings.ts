/** The parts of an explanation: what is answered, and which policies have something to say. Pure. */

import type { components } from "../../api/schema";

export type Explanation = components["schemas"]["PolicyExplainOut"];
export type Answer = components["schemas"]["AnswerOut"];
export type Finding = components["schemas"]["FindingOut"];

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
