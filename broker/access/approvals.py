"""Deciding about requests: by distinct people of the named groups, on the exact terms, never by the requester."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from broker.access.errors import AlreadyApprovedError, NotNarrowerError, RequestOutdatedError
from broker.access.facts import FactGatherer, Question
from broker.access.fences import Fence
from broker.access.records import RequestRecord, records_of
from broker.access.requests import RequestService, login_stored
from broker.access.rights import (
    ApproverRights,
    approvers_of,
    not_oneself,
    only_once,
    proved_enough,
    requirements_of,
    same_terms,
)
from broker.access.states import RequestState, check_step, state_now
from broker.access.store import PolicyStore
from broker.access.tables import ApprovalRow, RequestRow
from broker.access.terms import rules_of, terms_of, tiers_of, within
from broker.access.wishes import offer_of
from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.db.engine import Database, Transaction
from broker.http.errors import NotFoundError
from broker.http.principal import Principal
from policies.canonical import canonical
from policies.decision import Requirement
from policies.engine import evaluate
from policies.facts import Asked, Purpose, Subject
from policies.prose import rules_in_words
from policies.quorum import QuorumMet, QuorumOpen, quorum_met
from policies.rules import Tier
from policies.schema import AllowPolicy
from tunnel.clock import Clock
from tunnel.ids import new_id


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A pending request, held for deciding, with the caller's right to decide it proved."""

    row: RequestRow
    needs: tuple[Requirement, ...]
    approver: Subject
    policy: AllowPolicy


class ApprovalService:
    """Records what approvers decide. Each method is one transaction that holds the request's row."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        audit: AuditLog,
        *,
        requests: RequestService,
        rights: ApproverRights,
        store: PolicyStore,
        gatherer: FactGatherer,
    ) -> None:
        self._db = database
        self._clock = clock
        self._audit = audit
        self._requests = requests
        self._rights = rights
        self._store = store
        self._gatherer = gatherer

    async def approve(self, principal: Principal, request_id: str, hash_: str, comment: str = "") -> RequestRecord:
        """Record one approval; nobody approves their own request. With the last one that is needed, grant.

        Raises ``MfaRequiredError`` where the policy wants a fresher or another second factor of its approvers.
        ``hash_`` is the request's hash as the approver read it: a yes to other terms is refused.
        """
        try:
            async with self._db.transaction() as tx:
                return await self._approve(tx, principal, request_id, hash_, comment)
        except IntegrityError as error:
            raise AlreadyApprovedError from error

    async def deny(self, principal: Principal, request_id: str, reason: str) -> RequestRecord:
        """Refuse a request; one of those whose yes it needs is enough."""
        async with self._db.transaction() as tx:
            row = await self._pending(tx, principal, request_id)
            await self._rights.approver(tx, principal, _groups(await requirements_of(tx, row)))
            self._requests.settle(row, RequestState.DENIED, principal.user_id, reason)
            await tx.flush()
            (record,) = await records_of(tx, [row], self._clock.now())
            details = {"user": row.user_id, "hash": row.hash, "reason": reason}
            await self._audit.append(tx, AuditEvent("request.denied", actor_of(principal), row.id, details))
            self._requests.announce(tx, row)
        return record

    async def narrow(
        self,
        principal: Principal,
        request_id: str,
        *,
        tiers: frozenset[Tier] | None = None,
        duration: timedelta | None = None,
        fence: Fence | None = None,
    ) -> RequestRecord:
        """Take away from a request before approving it; earlier approvals were for other terms and are void."""
        async with self._db.transaction() as tx:
            request = await self._open(tx, principal, request_id)
            row, before = request.row, request.row.hash
            wanted_tiers = _narrower_tiers(row, tiers)
            wanted_seconds = _shorter(row, duration)
            await self._restate(tx, row, wanted_tiers, wanted_seconds, fence or Fence())
            if row.hash == before:
                raise NotNarrowerError("The request asks for no more than that already.")
            await tx.flush()
            (record,) = await records_of(tx, [row], self._clock.now())
            details = {
                "previous": before, "hash": row.hash, "tiers": row.tiers, "duration_seconds": row.duration_seconds,
                "rules": rules_in_words(rules_of(row.rules)),
            }  # fmt: skip
            await self._audit.append(tx, AuditEvent("request.narrowed", actor_of(principal), row.id, details))
            self._requests.announce(tx, row, "request.changed")
        return record

    async def _approve(
        self, tx: Transaction, principal: Principal, request_id: str, hash_: str, comment: str
    ) -> RequestRecord:
        request = await self._open(tx, principal, request_id)
        row = request.row
        same_terms(row.hash, hash_)
        approvers = await approvers_of(tx, row.id, row.hash)
        only_once(approvers, principal)
        proved_enough(request.policy, principal, request.approver, self._clock.now())
        tx.add(
            ApprovalRow(
                id=new_id("apr"),
                request_id=row.id,
                approver=principal.user_id,
                approver_name=principal.name,
                hash=row.hash,
                groups=sorted(request.approver.groups),
                comment=comment,
                at=self._clock.now(),
            )
        )
        await tx.flush()
        details = {"user": row.user_id, "hash": row.hash, "comment": comment}
        await self._audit.append(tx, AuditEvent("approval.given", actor_of(principal), row.id, details))
        approvals = await self._rights.standing_approvals(tx, [*approvers, principal.user_id])
        match quorum_met(request.needs, approvals, row.user_id):
            case QuorumMet(seats):
                await self._grant(tx, principal, request, seats)
            case QuorumOpen():
                self._requests.announce(tx, row, "request.changed")
        (record,) = await records_of(tx, [row], self._clock.now())
        return record

    async def _grant(
        self, tx: Transaction, principal: Principal, request: OpenRequest, seats: tuple[tuple[str, str], ...]
    ) -> None:
        row, review = request.row, request.policy.spec.access.after_review
        self._requests.settle(row, RequestState.APPROVED, principal.user_id)
        await tx.flush()
        details = {"user": row.user_id, "hash": row.hash, "quorum": [f"{group}={who}" for who, group in seats]}
        await self._audit.append(tx, AuditEvent("request.approved", actor_of(principal), row.id, details))
        await self._requests.granted(tx, row, review.group if review is not None else None, actor_of(principal))

    async def _pending(self, tx: Transaction, principal: Principal, request_id: str) -> RequestRow:
        row = await self._requests.locked(tx, request_id)
        not_oneself(principal, row.user_id)
        check_step(state_now(RequestState(row.state), row.expires_at, self._clock.now()), RequestState.APPROVED)
        return row

    async def _open(self, tx: Transaction, principal: Principal, request_id: str) -> OpenRequest:
        row = await self._pending(tx, principal, request_id)
        # The stored terms must still be those that the hash names: nobody rewrites a request in the database.
        same_terms(row.hash, terms_of(row).hash)
        needs = await requirements_of(tx, row)
        approver = await self._rights.approver(tx, principal, _groups(needs))
        await self._still_there(tx, row)
        return OpenRequest(row, needs, approver, await self._rights.policy(tx, row.policy, row.policy_digest))

    async def _still_there(self, tx: Transaction, row: RequestRow) -> None:
        """A service that reaches something else than when it was asked for has another id."""
        try:
            await self._gatherer.reach(tx, row.asset_id, row.service_id)
        except NotFoundError as error:
            raise RequestOutdatedError(
                "The service was removed from the inventory, or reaches another address since.",
                hint="Whoever needs it makes a new request.",
            ) from error

    async def _restate(
        self, tx: Transaction, row: RequestRow, tiers: frozenset[Tier], seconds: int, fence: Fence
    ) -> None:
        """Let the policy say what the narrower wish gives, within what was left before; bind the request to that."""
        requester = await self._gatherer.subject(tx, row.user_id)
        if requester is None:
            raise RequestOutdatedError("The requester's account has ended.")
        reached = await self._gatherer.reach(tx, row.asset_id, row.service_id)
        asked = Asked(tiers, timedelta(seconds=seconds), row.starts_at, row.reason, row.ticket, row.emergency)
        question = Question(requester, login_stored(row), reached, row.address, asked)
        facts = replace(await self._gatherer.gather(tx, Purpose.REQUEST, question), policy=row.policy)
        terms = offer_of(evaluate(await self._store.current(tx), facts)).obligations
        left = within(terms.rules, rules_of(row.rules).narrowed(tiers))
        left = fence.around(left, reached.service.protocol)
        row.tiers, row.duration_seconds, row.rules = sorted(tiers), seconds, canonical(left)
        row.hash = terms_of(row).hash


def _groups(needs: tuple[Requirement, ...]) -> frozenset[str]:
    return frozenset(need.group for need in needs)


def _narrower_tiers(row: RequestRow, wanted: frozenset[Tier] | None) -> frozenset[Tier]:
    now = tiers_of(row.tiers)
    if wanted is None:
        return now
    rules = rules_of(row.rules)
    if not wanted or not wanted <= (now or rules.tiers | rules.ask):
        raise NotNarrowerError("Name some of the tiers that were asked for, and no others.")
    return wanted


def _shorter(row: RequestRow, wanted: timedelta | None) -> int:
    seconds = row.duration_seconds if wanted is None else int(wanted.total_seconds())
    if not 0 < seconds <= row.duration_seconds:
        raise NotNarrowerError(f"Give a duration of at most {row.duration_seconds} seconds.")
    return seconds
