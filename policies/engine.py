"""The one decision of Wicketgate: may this subject reach this target, now, on what terms?"""

from collections.abc import Iterator

from policies.calendar import denial_holds
from policies.conditions import Condition, check_conditions
from policies.deadlines import begins_at, deadline
from policies.decision import (
    Allow,
    Code,
    Decision,
    Deny,
    Limits,
    NeedsApproval,
    NeedsMfa,
    Obligations,
    Reason,
    Requirement,
)
from policies.factors import has_shown, needs_mfa
from policies.facts import Facts, Purpose
from policies.matching import is_meant, is_target
from policies.quorum import QuorumMet, QuorumOpen, quorum_met
from policies.rules import Rules
from policies.schema import AllowPolicy, DenyPolicy, PolicySet
from policies.sentences import say, say_why
from policies.terms import When

_DECISION_ORDER: dict[Purpose, tuple[type, ...]] = {
    Purpose.REQUEST: (Allow, NeedsApproval, NeedsMfa),
    Purpose.ACTIVATE: (Allow, NeedsMfa, NeedsApproval),
    Purpose.CONTINUE: (Allow, NeedsMfa, NeedsApproval),
}
_IN_THE_USERS_HANDS = frozenset({Code.REASON_MISSING, Code.TICKET_INVALID, Code.DURATION_TOO_LONG})


def evaluate(policy_set: PolicySet, facts: Facts) -> Decision:
    """Judge ``facts`` by ``policy_set``. Locks and denials come first; no match denies. Never raises."""
    refusals = tuple(_refusals(policy_set, facts))
    if refusals:
        return Deny(refusals)
    meant = (policy for policy in policy_set.allowing if is_meant(policy.spec.who, facts.subject))
    checked = [
        (policy, check_conditions(policy, facts, policy_set))
        for policy in meant
        if is_target(policy.spec.what, facts.target)
    ]
    offers = [
        (policy, judge_terms(policy, facts, policy_set)) for policy, conditions in checked if _all_met(conditions)
    ]
    if not offers:
        return Deny(_nearest_miss(checked))
    order = _DECISION_ORDER[facts.purpose]
    return min(offers, key=lambda offer: (order.index(type(offer[1])), *offer[0].preference))[1]


def allow_policies(policy_set: PolicySet) -> tuple[AllowPolicy, ...]:
    """Return the policies that may give access, the preferred first."""
    return policy_set.allowing


def judge_terms(policy: AllowPolicy, facts: Facts, policy_set: PolicySet) -> Allow | NeedsMfa | NeedsApproval:
    """Judge a policy whose conditions are all met: is there a second factor, and have enough people approved?"""
    if not _has_second_factor(policy, facts):
        return needs_mfa(policy.name, policy.spec.login.mfa, policy.spec.login.max_age)
    terms = obligations(policy, facts, policy_set)
    needs = tuple(Requirement(term.group, term.count) for term in policy.spec.access.approvals)
    match quorum_met(needs, facts.approvals, facts.subject.user):
        case QuorumMet():
            return Allow(terms)
        case QuorumOpen(outstanding):
            return NeedsApproval(outstanding, terms)


def obligations(policy: AllowPolicy, facts: Facts, policy_set: PolicySet) -> Obligations:
    """Return the terms that the policy puts on this access."""
    access, session = policy.spec.access, policy.spec.session
    not_after, cause = deadline(policy, facts, policy_set)
    return Obligations(
        policy=policy.name,
        policy_digest=policy_set.digest_of(policy.name),
        mode=access.mode,
        rules=rules_for(policy, facts),
        not_after=not_after,
        deadline_cause=cause,
        at_expiry=session.at_expiry,
        warn=tuple(sorted(set(session.warn), reverse=True)),
        idle=session.idle,
        supervised=session.supervised,
        recording=session.recording,
        max_streams=session.max_streams,
        fingerprint=session.fingerprint,
        limits=Limits(session.limits.sessions_per_user, session.limits.sessions_per_asset),
        reason_required=access.reason_required,
        ticket_pattern=access.ticket,
        review_group=access.after_review.group if access.after_review else None,
    )


def denials(policy_set: PolicySet, facts: Facts) -> Iterator[DenyPolicy]:
    """Return the deny policies that mean this person and this target and hold now."""
    return (policy for policy in policy_set.denying if _denies(policy, policy_set, facts))


def holds(policy: DenyPolicy, policy_set: PolicySet, facts: Facts) -> bool:
    """Tell whether the denial holds at the moment that counts.

    For a request that is the wished start; without one, only what denies at all times counts.
    """
    moment = begins_at(facts) if facts.purpose is Purpose.REQUEST else facts.now
    when = policy.spec.when
    return when == When() if moment is None else denial_holds(when, policy_set, moment)


def _denies(policy: DenyPolicy, policy_set: PolicySet, facts: Facts) -> bool:
    spec = policy.spec
    is_mine = is_meant(spec.who, facts.subject) and is_target(spec.what, facts.target)
    return is_mine and holds(policy, policy_set, facts)


def _refusals(policy_set: PolicySet, facts: Facts) -> Iterator[Reason]:
    """Yield what stands above every policy that gives."""
    locks, ends_at = facts.locks, facts.subject.account_ends_at
    for code, text, key in (
        (Code.SITE_LOCKED, locks.site, "site_locked"),
        (Code.ASSET_LOCKED, locks.asset, "asset_locked"),
        (Code.USER_LOCKED, locks.user, "account_locked"),
    ):
        if text is not None:
            yield Reason(code, say_why(key, text), None, say("ask_to_unlock"))
    if ends_at is not None and ends_at <= facts.now:
        yield Reason(Code.ACCOUNT_ENDED, say("account_ended"), None, say("ask_the_sponsor"))
    for policy in denials(policy_set, facts):
        reason = policy.spec.reason
        message = say("denied_because", reason=reason) if reason else say("denied")
        yield Reason(Code.DENIED_BY_POLICY, message, policy.name, say("ask_the_plant"))


def _all_met(conditions: tuple[Condition, ...]) -> bool:
    return all(condition.met for condition in conditions)


def _nearest_miss(checked: list[tuple[AllowPolicy, tuple[Condition, ...]]]) -> tuple[Reason, ...]:
    """Return what the nearest policy misses; of policies that mean others, a stranger learns nothing."""
    if not checked:
        return (Reason(Code.NO_POLICY, say("no_policy"), None, say("ask_for_a_policy")),)
    near = [(policy, [c for c in conditions if not c.met]) for policy, conditions in checked]
    policy, missed = min(near, key=lambda each: (sum(c.code not in _IN_THE_USERS_HANDS for c in each[1]), len(each[1])))
    return tuple(Reason(c.code, c.message, policy.name, c.remedy) for c in missed if c.message is not None)


def _has_second_factor(policy: AllowPolicy, facts: Facts) -> bool:
    """Its age counts only when a session opens: a request waits for approvals, and a session outlives it."""
    login = policy.spec.login
    max_age = login.max_age if facts.purpose is Purpose.ACTIVATE else None
    return has_shown(facts.login, login.mfa, max_age, facts.now)


def rules_for(policy: AllowPolicy, facts: Facts) -> Rules:
    """Give no more than was asked for, and unread passage only where no guard could read."""
    rules = policy.spec.allow.as_rules().narrowed(facts.asked.tiers)
    return rules.model_copy(update={"opaque": not facts.target.guarded})
