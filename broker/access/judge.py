"""Judging the use of a grant: what was approved, held against the policies, people and locks of this moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.facts import POLICY_METHODS, FactGatherer, Question, approvals_of
from broker.access.grants import HeldGrant, state_of
from broker.access.ports import Reached
from broker.access.states import GrantState
from broker.access.store import PolicyStore
from broker.access.tables import GrantRow, RequestRow
from broker.access.terms import rules_of, terms_of, tiers_of, within
from broker.identity.tables import LoginRow
from policies.decision import Allow, Code, Decision, Deny, Mode, Obligations, Reason
from policies.engine import evaluate
from policies.facts import Asked, Login, Purpose, Subject
from policies.rules import Tier
from policies.schema import AllowPolicy, PolicySet
from policies.sentences import Sentence, Words, say, say_why
from tunnel.clock import Clock


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a grant: by whom, as of now, reaching what; ``tiers`` may be fewer than the grant's, or none for all.

    ``subjects`` holds the user and the approvers, as far as they may still sign in.
    """

    subject: Subject
    subjects: Mapping[str, Subject]
    login: Login
    address: str
    reached: Reached
    tiers: frozenset[Tier] = frozenset()

    def question(self, asked: Asked) -> Question:
        """Return it in the words of the policies."""
        return Question(self.subject, self.login, self.reached, self.address, asked)


def refusal(code: Code, message: Sentence, remedy: Sentence | None = None) -> Deny:
    """Return a denial that the broker itself gives."""
    return Deny((Reason(code, message, None, remedy),))


class GrantJudge:
    """Says whether a grant may be used now. What was approved is the ceiling; the policies of now may only lower it."""

    def __init__(self, gatherer: FactGatherer, store: PolicyStore, clock: Clock) -> None:
        self._gatherer = gatherer
        self._store = store
        self._clock = clock

    async def judge(self, view: AsyncSession, purpose: Purpose, held: HeldGrant, use: Use) -> Decision:
        """Decide on this use of the grant."""
        now, grant = self._clock.now(), held.grant
        for refused in (_ended(grant, now, purpose), _too_much(grant, use.tiers), _tampered(held)):
            if refused is not None:
                return refused
        policy_set = await self._store.current(view)
        asked = asked_of(grant, use.tiers, _longest(policy_set, grant.policy))
        approvals = approvals_of(held.approvers, use.subjects)
        gathered = await self._gatherer.gather(view, purpose, use.question(asked), approvals)
        decision = evaluate(policy_set, replace(gathered, activated_at=grant.runs_from, policy=grant.policy))
        match decision:
            case Allow(obligations):
                return Allow(_within(grant, obligations, use.tiers, now))
            case _:
                return decision


async def live_login(view: AsyncSession, login_id: str) -> Login | None:
    """Return how this login was proved, in the words of the policies; ``None`` once it has ended."""
    row = (await view.scalars(select(LoginRow).filter_by(id=login_id))).one_or_none()
    if row is None or row.ended_at is not None:
        return None
    methods = frozenset(POLICY_METHODS.get(method, method) for method in row.methods.split(",") if method)
    return Login(methods, row.authenticated_at, row.mfa_at)


def gives(grant: GrantRow, tiers: frozenset[Tier]) -> bool:
    """Tell whether the grant covers these tiers; one without tiers covers whatever its policy gives."""
    return not grant.tiers or tiers <= tiers_of(grant.tiers)


def asked_of(grant: GrantRow, tiers: frozenset[Tier], longest: timedelta | None) -> Asked:
    """Return what the grant was asked for, within what the policy gives at most now."""
    duration = timedelta(seconds=grant.duration_seconds)
    return Asked(
        tiers=tiers or tiers_of(grant.tiers),
        duration=min(duration, longest) if longest is not None else duration,
        starts_at=grant.usable_from,
        reason=grant.reason,
        ticket=grant.ticket,
        emergency=grant.mode == Mode.EMERGENCY,
    )


def _ended(grant: GrantRow, now: datetime, purpose: Purpose) -> Deny | None:
    """A live session may outlast its grant's time where the policy gives grace: then the policy's word counts."""
    match state_of(grant, now):
        case GrantState.REVOKED:
            why = say_why("grant_revoked", grant.revoke_reason or "")
            return refusal(Code.GRANT_REVOKED, why, say("ask_the_plant"))
        case _ if purpose is Purpose.CONTINUE:
            return None
        case GrantState.ENDED if grant.ends_at is None:
            return refusal(Code.GRANT_ENDED, say("grant_unused"), say("request_anew"))
        case GrantState.ENDED:
            return refusal(Code.GRANT_ENDED, say("grant_over"), say("request_anew"))
        case _:
            return None


def _too_much(grant: GrantRow, tiers: frozenset[Tier]) -> Deny | None:
    if gives(grant, tiers):
        return None
    granted = tiers_of(grant.tiers)
    return refusal(
        Code.TIER_NOT_ALLOWED,
        say("grant_gives_not", tiers=Words(tuple(sorted(tiers - granted)))),
        say("gives", tiers=Words(tuple(sorted(granted)))),
    )


def _tampered(held: HeldGrant) -> Deny | None:
    """Refuse a grant that no longer says what was approved; the use of a standing policy rests on no request."""
    if held.grant.request_id is None or (held.request is not None and _is_bound(held.grant, held.request)):
        return None
    return refusal(Code.GRANT_REVOKED, say("grant_differs"), say("request_anew"))


def _is_bound(grant: GrantRow, request: RequestRow) -> bool:
    terms = terms_of(request)
    return grant.request_hash == terms.hash and (grant.user_id, grant.asset_id, grant.service_id, grant.policy) == (
        terms.user,
        terms.asset,
        terms.service,
        terms.policy,
    )


def _longest(policy_set: PolicySet, name: str) -> timedelta | None:
    found = (p for p in policy_set.policies if p.name == name and isinstance(p, AllowPolicy))
    return next((policy.spec.access.max_duration for policy in found), None)


def _within(grant: GrantRow, obligations: Obligations, tiers: frozenset[Tier], now: datetime) -> Obligations:
    """Lower the terms of now to what was approved: rules and end."""
    ends_at = grant.ends_at or now + timedelta(seconds=grant.duration_seconds)
    return replace(
        obligations,
        rules=within(obligations.rules, rules_of(grant.rules).narrowed(tiers)),
        not_after=min(obligations.not_after, ends_at),
    )
