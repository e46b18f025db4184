"""Second factors: is the login strong and fresh enough for what a policy wants of it?"""

from datetime import datetime, timedelta

from policies.decision import NeedsMfa
from policies.facts import Login
from policies.schema import AllowPolicy
from policies.terms import Factor

CLOCK_TOLERANCE = timedelta(seconds=60)
"""How far in the future another node's second factor may lie."""


def has_shown(login: Login, factors: frozenset[Factor], max_age: timedelta | None, now: datetime) -> bool:
    """Tell whether one of ``factors`` was shown, within ``max_age`` before ``now``; no factors ask for nothing."""
    if not factors:
        return True
    shown_at = login.last_shown(factors)
    if shown_at is None:
        return False
    return max_age is None or -CLOCK_TOLERANCE <= now - shown_at <= max_age


def wanted_of_approvers(policy: AllowPolicy) -> dict[str, NeedsMfa]:
    """Return what an approver must have shown, of each group of which anything is wanted."""
    terms = policy.spec.access.approvals
    return {term.group: needs_mfa(policy.name, term.factors, term.max_age) for term in terms if term.factors}


def approver_lacks(policy: AllowPolicy, groups: frozenset[str], login: Login, now: datetime) -> NeedsMfa | None:
    """Return what an approver of these groups must show before their yes counts, or ``None`` if nothing.

    Who is in several of the groups that are asked must do what each of them wants, as they may count for any.
    """
    for term in policy.spec.access.approvals:
        if term.group in groups and not has_shown(login, term.factors, term.max_age, now):
            return needs_mfa(policy.name, term.factors, term.max_age)
    return None


def answerer_lacks(policy: AllowPolicy, groups: frozenset[str], login: Login, now: datetime) -> NeedsMfa | None:
    """Return what somebody must show before they let a session do what it asks, or ``None`` if nothing.

    They prove who they are as an approver does; who is in none of the groups, as all of those together.
    """
    asked = frozenset(term.group for term in policy.spec.access.approvals)
    return approver_lacks(policy, groups & asked or asked, login, now)


def needs_mfa(policy: str, factors: frozenset[Factor], max_age: timedelta | None) -> NeedsMfa:
    """Return the answer that asks for one of these second factors."""
    return NeedsMfa(frozenset(factor.value for factor in factors), max_age, policy)
