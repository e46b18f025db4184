"""More time for a live session: decided by ``access``, put into force here and at the agent."""

from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.extensions import ExtensionRecord, ExtensionService
from broker.access.states import RequestState
from broker.audit.log import SYSTEM
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database
from broker.http.errors import BrokerError, NotFoundError
from broker.http.principal import Permission, Principal
from broker.inventory.errors import InventoryError
from broker.inventory.links import LinkRegistry
from broker.sessions.ending import Ending
from broker.sessions.gate import Action, Gate
from broker.sessions.keeping import SessionKeeper
from broker.sessions.live import LiveSession
from broker.sessions.opening import renewed_terms
from broker.sessions.registry import LiveSessions
from broker.sessions.signing import GrantSigner
from broker.sessions.states import END_DETAIL, EndCode
from broker.sessions.terms import HOLD_LIMIT
from policies.decision import Allow, Hold
from tunnel.clock import Clock
from tunnel.ids import AgentId
from tunnel.messages import Extend

log = structlog.get_logger("broker.sessions")


class Extensions:
    """Wishes for more time, from the user's side and the plant's."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, live: LiveSessions, gate: Gate, keeper: SessionKeeper,
        links: LinkRegistry, signer: GrantSigner, wishes: ExtensionService,
    ) -> None:  # fmt: skip
        self._db = database
        self._clock = clock
        self._bus = bus
        self._live = live
        self._gate = gate
        self._keeper = keeper
        self._links = links
        self._signer = signer
        self._wishes = wishes

    async def request(
        self, principal: Principal, session_id: str, *, duration: timedelta, reason: str
    ) -> ExtensionRecord:
        """Ask for more time in one's own session; for who decides about it, propose more time in somebody else's."""
        session = await self._gate.enter(principal, session_id, Action.EXTEND)
        is_own = principal.user_id == session.facts.user_id
        file = self._wishes.request if is_own else self._wishes.propose
        async with self._db.transaction() as tx:
            record = await file(
                tx, principal, session=session.facts.id, grant=session.facts.grant_id, duration=duration, reason=reason
            )
        await self._follow(session, record)
        return record

    async def run(self) -> None:
        """Ask the plant whenever a session is held for its answer, for ever."""
        with self._bus.subscribe("session.held") as subscription:
            async for event in subscription.events():
                session = self._live.get(event.ids.get("session", ""))
                if session is not None and isinstance(session.terms.obligations.at_expiry, Hold):
                    await self._ask_the_plant(session)

    async def _ask_the_plant(self, session: LiveSession) -> None:
        facts = session.facts
        duration = min(HOLD_LIMIT, session.terms.not_after - facts.opened_at)
        try:
            async with self._db.transaction() as tx:
                record = await self._wishes.ask_the_plant(tx, session=facts.id, grant=facts.grant_id, duration=duration)
        except (BrokerError, SQLAlchemyError) as error:
            # Nobody can be asked; the hold's own limit ends the session.
            log.warning("hold_not_asked", session=facts.id, cause=str(error))
            return
        if record is not None:
            await self._follow(session, record)

    async def approve(self, principal: Principal, extension_id: str) -> ExtensionRecord:
        """Say yes to an extension; with the last yes it is in force when this returns."""
        session = await self._session_of(extension_id)
        async with self._db.transaction() as tx:
            record = await self._wishes.approve(tx, principal, extension_id)
        await self._follow(session, record)
        return record

    async def deny(self, principal: Principal, extension_id: str, reason: str) -> ExtensionRecord:
        """Say no; a session that was held for the answer ends."""
        session = await self._session_of(extension_id)
        async with self._db.transaction() as tx:
            record = await self._wishes.deny(tx, principal, extension_id, reason)
        session.tell("extension_denied", reason=reason)
        if session.seconds_left <= 0:
            self._keeper.cut(session, Ending(EndCode.DEADLINE, END_DETAIL["no_more_time"], SYSTEM))
        return record

    async def of_session(self, principal: Principal, session_id: str) -> list[ExtensionRecord]:
        """Return the extensions of one's own session, or of any for who may read all."""
        session = self._live.get(session_id)
        if session is None or not _may_see(principal, session):
            raise NotFoundError
        async with self._db.reading() as view:
            return await self._wishes.of_session(view, session_id)

    async def _session_of(self, extension_id: str) -> LiveSession:
        async with self._db.reading() as view:
            session_id = await self._owner(view, extension_id)
        session = self._live.get(session_id)
        if session is None:
            raise NotFoundError("The session of this extension has ended.")
        return session

    async def _owner(self, view: AsyncSession, extension_id: str) -> str:
        return (await self._wishes.get(view, extension_id)).session_id

    async def _follow(self, session: LiveSession, record: ExtensionRecord) -> None:
        if record.state is RequestState.PENDING:
            session.tell("extension_requested", extension=record.row.id)
        if record.state is not RequestState.APPROVED:
            return
        match await self._gate.still_right(session):
            case Allow(obligations=obligations):
                session.renew(renewed_terms(session.terms, obligations, self._clock))
                self._bus.publish(Event("session.extended", session.facts.ids))
                await self._tell_agents(session)
            case _:
                self._keeper.cut(session, Ending(EndCode.POLICY_CHANGED))

    async def _tell_agents(self, session: LiveSession) -> None:
        message = Extend(grant=self._signer.sign(session))
        for agent_id in {AgentId(stream.agent_id) for stream in session.streams.values()}:
            try:
                await self._links.send(agent_id, message)
            except InventoryError as error:
                # The agent's own deadline stands, and will cut: an agent that cannot hear may not go on longer.
                log.warning("extension_not_sent", session=session.facts.id, agent=agent_id, cause=error.code)


def _may_see(principal: Principal, session: LiveSession) -> bool:
    return principal.user_id == session.facts.user_id or principal.may(Permission.SESSIONS_READ_ALL)
