"""What would become of a request: asked before it is made, changing nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.conflicts import Conflict, Conflicts
from broker.access.facts import FactGatherer
from broker.access.ports import People
from broker.access.requests import RequestService
from broker.access.rights import required_by
from broker.access.sentence_models import WindowsOut
from broker.access.store import PolicyStore
from broker.access.wishes import Wish, but_for_words
from broker.db.engine import Database
from broker.http.principal import Permission, Principal
from policies.decision import Allow, Decision, Deny, NeedsApproval, NeedsMfa, Obligations, Reason, Requirement
from policies.engine import evaluate
from policies.factors import wanted_of_approvers
from policies.facts import Facts, Purpose
from policies.prose import login_in_words
from policies.schema import AllowPolicy, PolicySet
from tunnel.clock import Clock


class Outcome(StrEnum):
    """What a request would come to."""

    APPROVED_AT_ONCE = "approved_at_once"
    NEEDS_APPROVAL = "needs_approval"
    NEEDS_MFA = "needs_mfa"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class AskedGroup:
    """So many people of a group would be asked for, each with ``proof``; ``members`` of it may answer now."""

    group: str
    count: int
    members: int
    proof: NeedsMfa | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The answer. ``reasons`` are what still stands in the way; ``policy`` is the one that speaks, if one does.

    Where only a reason or a ticket is missing, ``outcome`` is what it will be with them. ``obligations`` are the terms
    that would be offered.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    policy: AllowPolicy | None
    obligations: Obligations | None
    groups: Sequence[AskedGroup]
    login: str
    windows: WindowsOut | None
    conflicts: Sequence[Conflict]


class Previewer:
    """Answers previews with the same facts, policies and engine as the request itself."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        store: PolicyStore,
        gatherer: FactGatherer,
        people: People,
        requests: RequestService,
        conflicts: Conflicts,
    ) -> None:
        self._db = database
        self._clock = clock
        self._store = store
        self._gatherer = gatherer
        self._people = people
        self._requests = requests
        self._conflicts = conflicts

    async def preview(self, principal: Principal, wish: Wish) -> Preview:
        """Return what the request would come to now; raise ``NotFoundError`` as the request would."""
        async with self._db.reading() as view:
            policy_set = await self._store.current(view)
            question = await self._requests.question(view, principal, wish)
            facts = await self._gatherer.gather(view, Purpose.REQUEST, question)
            decision = evaluate(policy_set, facts)
            would_be = but_for_words(policy_set, facts, decision)
            policy = _speaker(policy_set, would_be)
            conflicts = await self._conflicts.of(
                view, policy_set, facts, policy, question.reached.asset,
                with_sessions=principal.may(Permission.SESSIONS_READ_ALL),
            )  # fmt: skip
            return Preview(
                outcome=_outcome(would_be),
                reasons=decision.reasons if isinstance(decision, Deny) else (),
                policy=policy,
                obligations=_obligations(would_be),
                groups=await self._groups(view, would_be, policy, facts),
                login=login_in_words(policy.spec.login) if policy is not None else "",
                windows=WindowsOut.of(policy.spec.when, policy_set) if policy is not None else None,
                conflicts=conflicts,
            )

    async def _groups(
        self, view: AsyncSession, decision: Decision, policy: AllowPolicy | None, facts: Facts
    ) -> list[AskedGroup]:
        found = []
        proofs = wanted_of_approvers(policy) if policy is not None else {}
        for need in _requirements(decision, policy):
            members = await self._people.members_of(view, need.group)
            able = await self._people.subjects(view, members - {facts.subject.user}, self._clock.now())
            found.append(AskedGroup(need.group, need.count, len(able), proofs.get(need.group)))
        return found


def _outcome(decision: Decision) -> Outcome:
    match decision:
        case Allow():
            return Outcome.APPROVED_AT_ONCE
        case NeedsApproval():
            return Outcome.NEEDS_APPROVAL
        case NeedsMfa():
            return Outcome.NEEDS_MFA
        case Deny():
            return Outcome.DENIED


def _obligations(decision: Decision) -> Obligations | None:
    return decision.obligations if isinstance(decision, Allow | NeedsApproval) else None


def _requirements(decision: Decision, policy: AllowPolicy | None) -> Sequence[Requirement]:
    if isinstance(decision, NeedsApproval):
        return decision.outstanding
    return () if policy is None or isinstance(decision, Allow) else required_by(policy)


def _speaker(policy_set: PolicySet, decision: Decision) -> AllowPolicy | None:
    """Return the policy that the answer is about; of a denial, the one that comes nearest."""
    match decision:
        case Allow(obligations) | NeedsApproval(_, obligations):
            name: str | None = obligations.policy
        case NeedsMfa(policy=policy):
            name = policy
        case Deny(reasons):
            name = reasons[0].policy
    return next((policy for policy in policy_set.allowing if policy.name == name), None)
