"""Looks at live sessions anew whenever something changes that they rest on, and cuts those that are no longer right."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from broker.audit.log import SYSTEM
from broker.cluster.bus import Bus, Event, Overrun
from broker.http.errors import BrokerError
from broker.sessions.ending import Ending
from broker.sessions.gate import Gate
from broker.sessions.keeping import SessionKeeper
from broker.sessions.live import LiveSession
from broker.sessions.opening import renewed_terms
from broker.sessions.registry import LiveSessions
from broker.sessions.states import END_DETAIL, EndCode, SessionState
from policies.decision import Allow, Deny, NeedsApproval, NeedsMfa, Obligations
from tunnel.clock import Clock

log = structlog.get_logger("broker.sessions")
SWEEP_SECONDS = 30.0
UNJUDGED = (BrokerError, OSError, SQLAlchemyError)
TOLERANCE = timedelta(seconds=1)

CAUSES: dict[str, EndCode] = {
    "user.disabled": EndCode.USER_DISABLED,
    "user.changed": EndCode.USER_DISABLED,
    "group.changed": EndCode.POLICY_CHANGED,
    "organization.changed": EndCode.USER_DISABLED,
    "login.ended": EndCode.LOGIN_ENDED,
    "grant.revoked": EndCode.GRANT_REVOKED,
    "policy.applied": EndCode.POLICY_CHANGED,
    "asset.changed": EndCode.POLICY_CHANGED,
    "lock.set": EndCode.LOCKED,
    "site.locked": EndCode.LOCKED,
    "agent.revoked": EndCode.AGENT_LOST,
    "agent.quarantined": EndCode.AGENT_LOST,
}
"""Events that may end sessions, and the code that a session so ended bears."""

CONCERNS: dict[str, Callable[[LiveSession], str]] = {
    "user": lambda session: session.facts.user_id,
    "login": lambda session: session.facts.login_id,
    "grant": lambda session: session.facts.grant_id,
    "site": lambda session: session.facts.site_id,
    "asset": lambda session: session.facts.target.asset,
}
"""How an event's ids narrow down which sessions it concerns. Ids of other kinds narrow nothing."""

OF_PEOPLE = frozenset({"user.disabled", "user.changed", "group.changed", "organization.changed"})
"""Events after which an approval may no longer count."""

AT_ONCE = frozenset({"user.disabled", "login.ended", "grant.revoked"})
"""Events that need no second look: what they name is over."""


class Vigil:
    """Watches over live sessions: after each event, and every 30 s whether or not anything was said."""

    def __init__(self, bus: Bus, clock: Clock, live: LiveSessions, gate: Gate, keeper: SessionKeeper) -> None:
        self._bus = bus
        self._clock = clock
        self._live = live
        self._gate = gate
        self._keeper = keeper

    def start(self) -> None:
        """Hear at once, before any task runs, of what needs no second look."""
        self._bus.call(self._cut_named, *AT_ONCE)

    async def run(self) -> None:
        """Watch, for ever; begin with a look at everything, for nobody watched before."""
        with self._bus.subscribe(*CAUSES) as subscription:
            await self._look_at_all(EndCode.POLICY_CHANGED)
            async for event in subscription.events():
                await self.react(event)

    async def sweep(self) -> None:
        """Look at every session from time to time, for ever: what nobody announces is found here."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self._look_at_all(EndCode.POLICY_CHANGED)

    async def react(self, event: Event) -> None:
        """Look at the sessions that an event concerns; who cannot be judged after one may not go on."""
        code = CAUSES.get(event.topic, EndCode.POLICY_CHANGED)
        for session in self._live if isinstance(event, Overrun) else await self._concerned(event):
            try:
                await self._look(session, code)
            except UNJUDGED as error:
                log.error("session_not_judged", session=session.facts.id, cause=str(error))
                self._keeper.cut(session, Ending(code, END_DETAIL["undecided"]))

    async def _look_at_all(self, code: EndCode) -> None:
        for session in self._live:
            try:
                await self._look(session, code)
            except UNJUDGED as error:
                # Nothing was announced: a database that is away for a moment ends nobody's work.
                log.warning("session_not_swept", session=session.facts.id, cause=str(error))

    def _cut_named(self, event: Event) -> None:
        for session in self._live.where(lambda session: _is_named(session, event)):
            self._keeper.cut(session, Ending(CAUSES[event.topic]))

    async def _concerned(self, event: Event) -> list[LiveSession]:
        if event.topic.startswith("agent."):
            agent = event.ids.get("agent")
            return self._live.where(lambda session: any(s.agent_id == agent for s in session.streams.values()))
        narrowing = [(CONCERNS[name], value) for name, value in event.ids.items() if name in CONCERNS]
        named = self._live.where(lambda session: all(of(session) == value for of, value in narrowing))
        return [*named, *await self._approved_by(event, named)]

    async def _approved_by(self, event: Event, already: list[LiveSession]) -> list[LiveSession]:
        """The sessions that rest on the yes of the person whose rights changed."""
        person = event.ids.get("user")
        if event.topic not in OF_PEOPLE or person is None or not len(self._live):
            return []
        grants = await self._gate.grants_approved_by(person)
        return self._live.where(lambda session: session.facts.grant_id in grants and session not in already)

    async def _look(self, session: LiveSession, code: EndCode) -> None:
        if code is EndCode.AGENT_LOST:
            self._keeper.cut(session, Ending(code))
            return
        match await self._gate.still_right(session):
            case Allow(obligations=obligations):
                self._follow(session, obligations)
            case Deny(reasons=reasons):
                self._keeper.cut(session, Ending(code, str(reasons[0].message), SYSTEM))
            case NeedsApproval() | NeedsMfa():
                self._keeper.cut(session, Ending(code))

    def _follow(self, session: LiveSession, obligations: Obligations) -> None:
        """Put terms that became narrower into force: less to say ends the session, less time moves its deadline."""
        if obligations.supervised and not session.terms.obligations.supervised:
            session.must_be_watched()
        terms = session.terms
        if terms.rules.intersection(obligations.rules) != terms.rules:
            self._keeper.cut(session, Ending(EndCode.POLICY_CHANGED, END_DETAIL["became_less"]))
        elif session.state is SessionState.OPEN and obligations.not_after < terms.not_after - TOLERANCE:
            session.renew(renewed_terms(terms, obligations, self._clock))


def _is_named(session: LiveSession, event: Event) -> bool:
    ids = {"user.disabled": "user", "login.ended": "login", "grant.revoked": "grant"}
    name = ids[event.topic]
    return event.ids.get(name) == CONCERNS[name](session)
