"""More time for a live session: asked by its user or proposed by an approver, decided as the policy's requests are.

Every method works in the transaction of ``sessions``, so that the session's new deadline and the decision about it
become durable together.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.answers import denied
from broker.access.errors import GrantEndedError, RequestOutdatedError
from broker.access.grants import GrantService
from broker.access.rights import (
    ApproverRights,
    allow_policy,
    allow_policy_named,
    not_oneself,
    only_once,
    proved_enough,
    required_by,
)
from broker.access.states import RequestState, check_step, state_now
from broker.access.store import PolicyStore
from broker.access.tables import ExtensionApprovalRow, ExtensionRow, GrantRow
from broker.access.terms import extension_hash
from broker.audit.log import SYSTEM, Actor, AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.cluster.topics import Topic
from broker.db.engine import Transaction
from broker.http.errors import ConflictError, NotFoundError
from broker.http.principal import Principal
from policies.decision import Code, Deny, Reason, Requirement
from policies.quorum import QuorumMet, QuorumOpen, quorum_met
from policies.schema import AllowPolicy, policy_digest
from policies.sentences import say
from tunnel.clock import Clock
from tunnel.ids import new_id

DEFAULT_PATIENCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ExtensionRecord:
    """An extension; when approved, ``new_not_after`` is until when the grant now runs."""

    row: ExtensionRow
    state: RequestState
    outstanding: tuple[Requirement, ...] = ()

    @property
    def new_not_after(self) -> datetime | None:
        """Until when the grant runs; ``None`` unless approved."""
        return self.row.new_not_after


@dataclass(frozen=True, slots=True)
class _Wish:
    session: str
    duration: timedelta
    reason: str
    actor: Actor


class ExtensionService:
    """Takes and decides wishes for more time."""

    def __init__(
        self, clock: Clock, bus: Bus, audit: AuditLog, *, store: PolicyStore, grants: GrantService,
        rights: ApproverRights, patience: timedelta = DEFAULT_PATIENCE,
    ) -> None:  # fmt: skip
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._store = store
        self._grants = grants
        self._rights = rights
        self._patience = patience

    async def request(
        self, tx: Transaction, principal: Principal, *, session: str, grant: str, duration: timedelta, reason: str
    ) -> ExtensionRecord:
        """Ask for more time on one's own grant; approved at once where the policy needs nobody's yes."""
        granted = await self._running(tx, grant)
        if granted.user_id != principal.user_id:
            raise NotFoundError
        policy = await self._policy(tx, granted)
        self._check_length(granted, policy, int(duration.total_seconds()))
        row = await self._file(tx, granted, policy, _Wish(session, duration, reason, actor_of(principal)))
        needs = required_by(policy)
        if needs:
            return ExtensionRecord(row, RequestState.PENDING, needs)
        await self._extend(tx, row, granted, policy, SYSTEM)
        return ExtensionRecord(row, RequestState.APPROVED)

    async def propose(
        self, tx: Transaction, principal: Principal, *, session: str, grant: str, duration: timedelta, reason: str
    ) -> ExtensionRecord:
        """Offer more time to somebody else's grant, as one of those who are asked: the offer is their yes already."""
        granted = await self._running(tx, grant)
        not_oneself(principal, granted.user_id)
        policy = await self._policy(tx, granted)
        await self._approver(tx, principal, policy)
        self._check_length(granted, policy, int(duration.total_seconds()))
        row = await self._file(tx, granted, policy, _Wish(session, duration, reason, actor_of(principal)))
        return await self._say_yes(tx, principal, row, granted, policy)

    async def ask_the_plant(
        self, tx: Transaction, *, session: str, grant: str, duration: timedelta
    ) -> ExtensionRecord | None:
        """Ask by ourselves whether a session that is held may go on; ``None`` if the policy names nobody to ask."""
        granted = await self._running(tx, grant)
        policy = await self._policy(tx, granted)
        needs = required_by(policy)
        if not needs:
            return None
        reason = "The approved time is over: may the session go on?"
        row = await self._file(tx, granted, policy, _Wish(session, duration, reason, SYSTEM))
        return ExtensionRecord(row, RequestState.PENDING, needs)

    async def approve(self, tx: Transaction, principal: Principal, extension_id: str) -> ExtensionRecord:
        """Record one approval; nobody approves their own. With the last that is needed, the grant runs on."""
        row = await self._pending(tx, principal, extension_id)
        granted = await self._running(tx, row.grant_id)
        policy = allow_policy(await self._store.current(tx), granted.policy, row.policy_digest)
        await self._approver(tx, principal, policy)
        return await self._say_yes(tx, principal, row, granted, policy)

    async def _approver(self, tx: Transaction, principal: Principal, policy: AllowPolicy) -> None:
        """Let only those pass who are asked, and proved who they are as the policy wants of them."""
        approver = await self._rights.approver(tx, principal, frozenset(need.group for need in required_by(policy)))
        proved_enough(policy, principal, approver, self._clock.now())

    async def _say_yes(
        self, tx: Transaction, principal: Principal, row: ExtensionRow, granted: GrantRow, policy: AllowPolicy
    ) -> ExtensionRecord:
        approvers = await _approvers(tx, row)
        only_once(approvers, principal)
        tx.add(
            ExtensionApprovalRow(
                extension_id=row.id,
                approver=principal.user_id,
                approver_name=principal.name,
                at=self._clock.now(),
            )
        )
        await tx.flush()
        details = {"session": row.session_id, "grant": row.grant_id, "hash": row.hash}
        await self._audit.append(tx, AuditEvent("approval.given", actor_of(principal), row.id, details))
        approvals = await self._rights.standing_approvals(tx, [*approvers, principal.user_id])
        match quorum_met(required_by(policy), approvals, row.user_id):
            case QuorumOpen(outstanding):
                self._announce(tx, "extension.changed", row)
                return ExtensionRecord(row, RequestState.PENDING, outstanding)
            case QuorumMet():
                await self._extend(tx, row, granted, policy, actor_of(principal))
                return ExtensionRecord(row, RequestState.APPROVED)

    async def deny(self, tx: Transaction, principal: Principal, extension_id: str, reason: str) -> ExtensionRecord:
        """Refuse; one of those whose yes it needs is enough."""
        row = await self._pending(tx, principal, extension_id)
        granted = await self._grants.locked(tx, row.grant_id)
        needs = required_by(await self._policy(tx, granted))
        await self._rights.approver(tx, principal, frozenset(need.group for need in needs))
        self._settle(row, RequestState.DENIED, actor_of(principal), reason)
        await tx.flush()
        details = {"session": row.session_id, "reason": reason}
        await self._audit.append(tx, AuditEvent("extension.denied", actor_of(principal), row.id, details))
        self._announce(tx, "extension.decided", row)
        return ExtensionRecord(row, RequestState.DENIED)

    async def of_session(self, view: AsyncSession, session: str) -> list[ExtensionRecord]:
        """Return the extensions of a session, newest first."""
        query = select(ExtensionRow).filter_by(session_id=session).order_by(ExtensionRow.created_at.desc())
        now = self._clock.now()
        records = []
        for row in await view.scalars(query.limit(100)):
            state = state_now(RequestState(row.state), row.expires_at, now)
            missing = await self._outstanding(view, row) if state is RequestState.PENDING else ()
            records.append(ExtensionRecord(row, state, missing))
        return records

    async def get(self, view: AsyncSession, extension_id: str) -> ExtensionRow:
        """Return one extension, for ``sessions`` to say whose session it is; raise ``NotFoundError``."""
        row = await view.get(ExtensionRow, extension_id)
        if row is None:
            raise NotFoundError
        return row

    async def _outstanding(self, view: AsyncSession, row: ExtensionRow) -> tuple[Requirement, ...]:
        """Whose yes is missing by the policy of now; there is at most one undecided wish per session."""
        grant = await view.get_one(GrantRow, row.grant_id)
        try:
            needs = required_by(allow_policy_named(await self._store.current(view), grant.policy))
        except RequestOutdatedError:
            return ()
        approvals = await self._rights.standing_approvals(view, await _approvers(view, row))
        match quorum_met(needs, approvals, row.user_id):
            case QuorumOpen(outstanding):
                return outstanding
            case QuorumMet():
                return ()

    async def _extend(
        self, tx: Transaction, row: ExtensionRow, grant: GrantRow, policy: AllowPolicy, actor: Actor
    ) -> None:
        # Time went by since it was asked for; what may lie ahead is bounded at the moment of the last yes.
        self._check_length(grant, policy, row.duration_seconds)
        now = self._clock.now()
        grant.duration_seconds = self._seconds_ahead(grant, row.duration_seconds)
        grant.runs_from, grant.ends_at = now, now + timedelta(seconds=grant.duration_seconds)
        self._settle(row, RequestState.APPROVED, actor)
        row.new_not_after = grant.ends_at
        await tx.flush()
        details = {"session": row.session_id, "grant": grant.id, "not_after": grant.ends_at, "hash": row.hash}
        await self._audit.append(tx, AuditEvent("extension.approved", actor, row.id, details))
        self._announce(tx, "extension.decided", row)
        self._grants.announce(tx, "grant.extended", grant)

    async def _file(self, tx: Transaction, granted: GrantRow, policy: AllowPolicy, wish: "_Wish") -> ExtensionRow:
        await self._make_room(tx, wish.session)
        row = await self._keep(tx, granted, wish.session, wish.duration, wish.reason, policy_digest(policy))
        details = {
            "session": wish.session, "grant": granted.id, "duration_seconds": row.duration_seconds,
            "reason": wish.reason, "hash": row.hash,
        }  # fmt: skip
        await self._audit.append(tx, AuditEvent("extension.requested", wish.actor, row.id, details))
        self._announce(tx, "extension.requested", row)
        return row

    async def _running(self, tx: Transaction, grant_id: str) -> GrantRow:
        grant = await self._grants.locked(tx, grant_id)
        if grant.revoked_at is not None or grant.ends_at is None:
            raise GrantEndedError("The grant does not run, so there is nothing to extend.")
        return grant

    async def _policy(self, tx: Transaction, grant: GrantRow) -> AllowPolicy:
        return allow_policy_named(await self._store.current(tx), grant.policy)

    def _seconds_ahead(self, grant: GrantRow, extra_seconds: int) -> int:
        now = self._clock.now()
        left = max((grant.ends_at or now) - now, timedelta(0))
        return int(left.total_seconds()) + extra_seconds

    def _check_length(self, grant: GrantRow, policy: AllowPolicy, extra_seconds: int) -> None:
        """At no time may more lie ahead than a fresh request could give."""
        longest = policy.spec.access.max_duration
        if self._seconds_ahead(grant, extra_seconds) > longest.total_seconds():
            raise denied(
                Deny(
                    (
                        Reason(
                            Code.DURATION_TOO_LONG,
                            say("too_much_ahead", longest=longest),
                            policy.name,
                            say("ask_less_or_later"),
                        ),
                    )
                )
            )

    async def _make_room(self, tx: Transaction, session: str) -> None:
        """There is one undecided wish per session; one that nobody answered in time gives way."""
        query = select(ExtensionRow).filter_by(session_id=session, state=RequestState.PENDING.value).with_for_update()
        for row in await tx.scalars(query):
            if row.expires_at > self._clock.now():
                raise ConflictError("An extension of this session was asked for already.", hint="Wait for the answer.")
            row.state = RequestState.EXPIRED.value
            self._announce(tx, "extension.decided", row)
        await tx.flush()

    async def _keep(
        self, tx: Transaction, grant: GrantRow, session: str, duration: timedelta, reason: str, digest: str
    ) -> ExtensionRow:
        now, seconds = self._clock.now(), int(duration.total_seconds())
        row = ExtensionRow(
            id=new_id("ext"), session_id=session, grant_id=grant.id, user_id=grant.user_id, duration_seconds=seconds,
            reason=reason, state=RequestState.PENDING.value, policy_digest=digest, created_at=now,
            expires_at=now + self._patience,
            hash=extension_hash(
                session=session, grant=grant.id, duration_seconds=seconds, reason=reason, policy_digest=digest
            ),
        )  # fmt: skip
        tx.add(row)
        await tx.flush()
        return row

    async def _pending(self, tx: Transaction, principal: Principal, extension_id: str) -> ExtensionRow:
        row = await tx.get(ExtensionRow, extension_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFoundError
        not_oneself(principal, row.user_id)
        check_step(state_now(RequestState(row.state), row.expires_at, self._clock.now()), RequestState.APPROVED)
        return row

    def _settle(self, row: ExtensionRow, state: RequestState, actor: Actor, reason: str = "") -> None:
        check_step(RequestState(row.state), state)
        row.state, row.decided_at, row.decided_by = state.value, self._clock.now(), actor.id
        row.decision_reason = reason

    def _announce(self, tx: Transaction, topic: Topic, row: ExtensionRow) -> None:
        ids = {"extension": row.id, "session": row.session_id, "grant": row.grant_id, "user": row.user_id}
        tx.on_commit(lambda: self._bus.publish(Event(topic, ids)))


async def _approvers(view: AsyncSession, row: ExtensionRow) -> list[str]:
    query = select(ExtensionApprovalRow.approver).filter_by(extension_id=row.id).order_by(ExtensionApprovalRow.at)
    return list(await view.scalars(query))
