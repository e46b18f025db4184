"""Looks at live sessions anew whenever something changes that they rest on, and cuts those that are no longer right."""

import asyncio
from collections.abc import Callable

import structlog

from broker.audit.log import SYSTEM
from broker.cluster.bus import Bus, Event, Overrun
from broker.http.errors import BrokerError
from broker.sessions.ending import Ending
from broker.sessions.gate import Gate
from broker.sessions.keeping import SessionKeeper
from broker.sessions.live import LiveSession
from broker.sessions.registry import LiveSessions
from broker.sessions.states import EndCode
from policies.decision import Allow, Deny, NeedsApproval, NeedsMfa

log = structlog.get_logger("broker.sessions")
SWEEP_SECONDS = 30.0

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

AT_ONCE = frozenset({"user.disabled", "login.ended", "grant.revoked"})
"""Events that need no second look: what they name is over."""


class Vigil:
    """Watches over live sessions: after each event, and every 30 s whether or not anything was said."""

    def __init__(self, bus: Bus, live: LiveSessions, gate: Gate, keeper: SessionKeeper) -> None:
        self._bus = bus
        self._live = live
        self._gate = gate
        self._keeper = keeper

    async def run(self) -> None:
        """Watch, for ever."""
        with self._bus.subscribe(*CAUSES) as subscription:
            async for event in subscription.events():
                await self.react(event)

    async def sweep(self) -> None:
        """Look at every session from time to time, for ever: what nobody announces is found here."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            for session in self._live:
                await self._look(session, EndCode.POLICY_CHANGED)

    async def react(self, event: Event) -> None:
        """Look at the sessions that an event concerns."""
        if isinstance(event, Overrun):
            for session in self._live:
                await self._look(session, EndCode.POLICY_CHANGED)
            return
        code = CAUSES.get(event.topic)
        if code is None:
            return
        for session in self._concerned(event):
            if event.topic in AT_ONCE and _is_named(session, event):
                self._keeper.cut(session, Ending(code))
            else:
                await self._look(session, code)

    def _concerned(self, event: Event) -> list[LiveSession]:
        if event.topic.startswith("agent."):
            agent = event.ids.get("agent")
            return self._live.where(lambda session: any(s.agent_id == agent for s in session.streams.values()))
        narrowing = [(CONCERNS[name], value) for name, value in event.ids.items() if name in CONCERNS]
        return self._live.where(lambda session: all(of(session) == value for of, value in narrowing))

    async def _look(self, session: LiveSession, code: EndCode) -> None:
        if code is EndCode.AGENT_LOST:
            self._keeper.cut(session, Ending(code))
            return
        try:
            decision = await self._gate.still_right(session)
        except (BrokerError, OSError) as error:
            # Whoever cannot be judged may not go on.
            log.error("session_not_judged", session=session.facts.id, cause=str(error))
            self._keeper.cut(session, Ending(code, "The broker could not decide whether the session may go on."))
            return
        match decision:
            case Allow():
                return
            case Deny(reasons=reasons):
                self._keeper.cut(session, Ending(code, reasons[0].message, SYSTEM))
            case NeedsApproval() | NeedsMfa():
                self._keeper.cut(session, Ending(code))


def _is_named(session: LiveSession, event: Event) -> bool:
    ids = {"user.disabled": "user", "login.ended": "login", "grant.revoked": "grant"}
    name = ids[event.topic]
    return event.ids.get(name) == CONCERNS[name](session)
