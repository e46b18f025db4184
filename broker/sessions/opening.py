"""From an admission to a live session: limits, recorder, the row and its audit event, then the clocks."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.admission import Admission
from broker.access.terms import fenced
from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.http.principal import Principal
from broker.inventory.errors import AgentOfflineError, BadInventoryError
from broker.sessions.errors import ReconnectBlockedError
from broker.sessions.limits import Load, SessionLimits, check
from broker.sessions.live import LiveSession
from broker.sessions.ports import Recorder
from broker.sessions.registry import LiveSessions
from broker.sessions.tables import ReconnectBlockRow, SessionRow, ids_of
from broker.sessions.terms import SessionFacts, SessionTerms, overtime
from policies.decision import Obligations
from tunnel.clock import Clock
from tunnel.ids import SessionId, new_id
from tunnel.messages import Target


@dataclass(frozen=True, slots=True)
class Person:
    """What a session keeps of its user beside the principal."""

    organization: str
    is_vendor: bool


class SessionDesk:
    """Opens sessions, one at a time, so that no two together pass a limit that each alone respects."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, audit: AuditLog, live: LiveSessions, limits: SessionLimits,
        *, node: str, activate: Callable[[Transaction, Admission], Awaitable[Obligations]],
    ) -> None:  # fmt: skip
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._live = live
        self._limits = limits
        self._node = node
        self._activate = activate
        self._turn = asyncio.Lock()

    async def open(
        self,
        principal: Principal,
        person: Person,
        admission: Admission,
        agents: Iterable[str],
        *,
        record: Callable[[SessionFacts, SessionTerms], Awaitable[Recorder | None]],
        begin: Callable[[SessionFacts, SessionTerms, Recorder | None], LiveSession],
    ) -> SessionRow:
        """Open a session on an admission; nothing of it exists if any step fails."""
        _check_identity(admission)
        async with self._turn:
            self._check_limits(principal, admission, list(agents))
            facts = self._facts(principal, person, admission)
            async with self._db.reading() as view:
                await self._check_blocks(view, facts)
            # The recorder first, and outside of the transaction: it has a row and an audit event of its own.
            recorder = await record(facts, self.terms(admission))
            try:
                row, terms = await self._write(principal, facts, admission, recorder)
            except BaseException:
                if recorder is not None:
                    await asyncio.shield(recorder.close("not_opened"))
                raise
            begin(facts, terms, recorder)
            # Not at the commit: whoever hears of the session may want to watch it, and then it must be there.
            self._bus.publish(Event("session.opened", ids_of(row)))
            return row

    async def _write(
        self, principal: Principal, facts: SessionFacts, admission: Admission, recorder: Recorder | None
    ) -> tuple[SessionRow, SessionTerms]:
        async with self._db.transaction() as tx:
            await self._check_blocks(tx, facts)
            obligations = await self._activate(tx, admission)
            terms = self.terms(replace(admission, obligations=obligations))
            row = self._row(principal, facts, terms, recorder, admission)
            tx.add(row)
            await tx.flush()
            await self._audit.append(tx, _opened(principal, row))
        return row, terms

    def terms(self, admission: Admission) -> SessionTerms:
        """The deadline on both clocks, and what the service itself can take."""
        obligations = admission.obligations
        left = (obligations.not_after - self._clock.now()).total_seconds()
        return SessionTerms(
            obligations=obligations,
            rules=fenced(obligations.rules, admission.service),
            not_after=obligations.not_after,
            not_after_monotonic=self._clock.monotonic() + left,
            device_timeout_seconds=admission.service.limits.device_timeout_seconds,
            max_streams=obligations.max_streams,
            identity=admission.service.identity,
        )

    def _facts(self, principal: Principal, person: Person, admission: Admission) -> SessionFacts:
        asset, service = admission.asset, admission.service
        target = Target(
            asset=asset.id, asset_name=asset.path, service=service.id, service_name=service.name,
            protocol=service.protocol, host=service.host, port=service.port,
        )  # fmt: skip
        return SessionFacts(
            id=SessionId(new_id("ses")),
            user_id=principal.user_id,
            user_name=principal.name,
            organization_id=principal.organization_id,
            organization_name=person.organization,
            is_vendor=person.is_vendor,
            login_id=principal.login_id,
            address=principal.address,
            site_id=asset.site_id,
            target=target,
            grant_id=admission.grant_id,
            asked=admission.asked,
            opened_at=self._clock.now(),
            device_streams=service.limits.max_streams,
            is_emergency=admission.is_emergency,
        )

    def _check_limits(self, principal: Principal, admission: Admission, agents: list[str]) -> None:
        if not agents:
            raise AgentOfflineError(
                f"No agent of the site {admission.asset.site} is connected.",
                hint="Ask the plant to look at its agent: wicket-agent status",
            )
        of_user = self._live.where(lambda session: session.facts.user_id == principal.user_id)
        of_asset = self._live.where(lambda session: session.facts.target.asset == admission.asset.id)
        of_site = self._live.where(lambda session: session.facts.site_id == admission.asset.site_id)
        policy = admission.obligations.limits
        check(
            [
                Load("sessions of this user", len(of_user), self._limits.sessions_per_user),
                Load("sessions of this user under this policy", len(of_user), policy.sessions_per_user),
                Load("sessions on this asset", len(of_asset), self._limits.sessions_per_asset),
                Load("sessions on this asset under this policy", len(of_asset), policy.sessions_per_asset),
                Load(
                    "sessions through this site's agents", len(of_site), self._limits.sessions_per_agent * len(agents)
                ),
            ]
        )

    async def _check_blocks(self, view: AsyncSession, facts: SessionFacts) -> None:
        query = select(ReconnectBlockRow).where(
            ReconnectBlockRow.user_id == facts.user_id,
            ReconnectBlockRow.asset_id == facts.target.asset,
            ReconnectBlockRow.lifted_at.is_(None),
        )
        block = (await view.scalars(query)).first()
        if block is not None or self._live.is_blocked(facts.user_id, facts.target.asset):
            raise ReconnectBlockedError(
                "Your last session on this asset was cut by the plant, and the way back is blocked.",
                hint="Ask the plant to lift the block.",
                fields={"block": block.id if block else None},
            )

    def _row(
        self, principal: Principal, facts: SessionFacts, terms: SessionTerms, recorder: Recorder | None,
        admission: Admission,
    ) -> SessionRow:  # fmt: skip
        obligations = terms.obligations
        return SessionRow(
            id=facts.id, node=self._node, user_id=facts.user_id, user_name=facts.user_name,
            organization_id=facts.organization_id, organization_kind="vendor" if facts.is_vendor else "internal",
            login_id=facts.login_id, address=principal.address, site_id=facts.site_id, asset_id=facts.target.asset,
            asset_name=facts.target.asset_name, service_id=facts.target.service,
            service_name=facts.target.service_name, protocol=facts.target.protocol, grant_id=facts.grant_id,
            request_id=admission.request_id, policy=obligations.policy, policy_digest=obligations.policy_digest,
            rules=terms.rules.model_dump(mode="json"), ticket=facts.asked.ticket,
            reason=facts.asked.reason, recording_id=recorder.recording_id if recorder else None,
            is_emergency=facts.is_emergency, opened_at=facts.opened_at, not_after=terms.not_after,
        )  # fmt: skip


def _check_identity(admission: Admission) -> None:
    """Open nothing on a service whose guard would not know what to tell of the device, though the plant said it."""
    asset, service = admission.asset, admission.service
    if service.is_identity_bad:
        place = f"services.{asset.services.index(service)}.identity"
        raise BadInventoryError(
            f"The identity of the service {service.name!r} of {asset.path} is not valid any more.",
            hint="Whoever keeps the inventory must give it anew or leave it out.",
            fields={"field": place},
        )


def renewed_terms(terms: SessionTerms, obligations: Obligations, clock: Clock) -> SessionTerms:
    """The same service on new obligations; what may be said can only have become less."""
    left = (obligations.not_after - clock.now()).total_seconds()
    return replace(
        terms,
        obligations=obligations,
        rules=terms.rules.intersection(obligations.rules),
        not_after=obligations.not_after,
        not_after_monotonic=clock.monotonic() + left,
    )


def latest_end(terms: SessionTerms) -> datetime:
    """After this wall-clock time no byte of the session passes anywhere."""
    return terms.not_after + overtime(terms.obligations.at_expiry)


def _opened(principal: Principal, row: SessionRow) -> AuditEvent:
    details = {
        "asset": row.asset_name,
        "service": row.service_name,
        "protocol": row.protocol,
        "grant": row.grant_id,
        "policy": row.policy,
        "digest": row.policy_digest,
        "ticket": row.ticket,
        "reason": row.reason,
        "recording": row.recording_id,
        "not_after": row.not_after.isoformat(),
        "is_emergency": row.is_emergency,
    }
    return AuditEvent("session.opened", actor_of(principal), row.id, details)
