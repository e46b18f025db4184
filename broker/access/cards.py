"""What an approver should know before a yes: who asks, how they signed in, what they did before, what conflicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.conflicts import Conflict, ConflictKind, Conflicts
from broker.access.facts import FactGatherer, Question
from broker.access.ports import PastUse, People, Usage
from broker.access.requests import login_stored
from broker.access.sentence_models import WindowsOut
from broker.access.store import PolicyStore
from broker.access.tables import PolicyVersionRow, RequestRow
from broker.access.terms import tiers_of
from broker.db.engine import Database
from broker.http.errors import NotFoundError
from broker.http.principal import Permission, Principal
from broker.identity.directory import Person
from policies.decision import NeedsMfa
from policies.factors import wanted_of_approvers
from policies.facts import Asked, Purpose
from policies.schema import AllowPolicy, PolicySet
from policies.sentences import say
from tunnel.clock import Clock


@dataclass(frozen=True, slots=True)
class Card:
    """The facts beside a request, as of now. ``person`` is ``None`` when the account is gone.

    ``proofs`` are what approvers must have shown, by group.

    ``policy_version`` is the version that was asked under; ``is_current`` tells whether it still holds, ``is_active``
    whether the account may be used now.
    """

    person: Person | None
    sponsor: str
    methods: Sequence[str]
    mfa_at: datetime | None
    address: str
    past: PastUse
    conflicts: Sequence[Conflict]
    policy_version: int | None
    is_current: bool
    is_active: bool
    is_supervised: bool
    windows: WindowsOut | None
    proofs: Mapping[str, NeedsMfa]


class Cards:
    """Makes cards for those who may read all requests."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        store: PolicyStore,
        gatherer: FactGatherer,
        people: People,
        usage: Usage,
        conflicts: Conflicts,
    ) -> None:
        self._db = database
        self._clock = clock
        self._store = store
        self._gatherer = gatherer
        self._people = people
        self._usage = usage
        self._conflicts = conflicts

    async def of(self, principal: Principal, row: RequestRow) -> Card | None:
        """Return the card of a request; ``None`` for who reads only their own."""
        if not principal.may(Permission.REQUESTS_READ_ALL):
            return None
        login = login_stored(row)
        async with self._db.reading() as view:
            policy_set = await self._store.current(view)
            person = await self._people.find(view, row.user_id)
            policy = next((each for each in policy_set.allowing if each.name == row.policy), None)
            return Card(
                person=person,
                sponsor=await self._sponsor(view, person),
                methods=sorted(login.methods),
                mfa_at=login.mfa_at,
                address=row.address,
                past=await self._usage.past_of(view, row.user_id),
                conflicts=await self._conflicting(view, policy_set, row, person, policy),
                policy_version=await _version(view, row),
                is_current=policy is not None and policy_set.digest_of(policy.name) == row.policy_digest,
                is_active=person is not None and person.is_active(self._clock.now()),
                is_supervised=policy is not None and policy.spec.session.supervised,
                windows=WindowsOut.of(policy.spec.when, policy_set) if policy is not None else None,
                proofs=wanted_of_approvers(policy) if policy is not None else {},
            )

    async def _sponsor(self, view: AsyncSession, person: Person | None) -> str:
        if person is None or person.sponsor_id is None:
            return ""
        names = await self._people.names_of(view, frozenset({person.sponsor_id}))
        return names.get(person.sponsor_id, "")

    async def _conflicting(
        self,
        view: AsyncSession,
        policy_set: PolicySet,
        row: RequestRow,
        person: Person | None,
        policy: AllowPolicy | None,
    ) -> Sequence[Conflict]:
        if person is None:
            return ()
        try:
            reached = await self._gatherer.reach(view, row.asset_id, row.service_id)
        except NotFoundError:
            return (Conflict(ConflictKind.SERVICE, say("service_gone")),)
        length = timedelta(seconds=row.duration_seconds)
        asked = Asked(tiers_of(row.tiers), length, row.starts_at, row.reason, row.ticket, row.emergency)
        question = Question(person.subject(), login_stored(row), reached, row.address, asked)
        facts = await self._gatherer.gather(view, Purpose.REQUEST, question)
        return await self._conflicts.of(view, policy_set, facts, policy, reached.asset, with_sessions=True)


async def _version(view: AsyncSession, row: RequestRow) -> int | None:
    versions = select(PolicyVersionRow.version).filter_by(name=row.policy, digest=row.policy_digest)
    return await view.scalar(versions.order_by(PolicyVersionRow.version.desc()).limit(1))
