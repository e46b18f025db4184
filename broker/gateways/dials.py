"""Streams that an agent was asked for and that it has not brought yet, and some that it has not let go of yet."""

import asyncio
from dataclasses import dataclass

from broker.http.errors import NotFoundError
from broker.sessions.errors import DialFailedError
from tunnel.ends import FramedEnd
from tunnel.ids import AgentId, StreamId
from tunnel.messages import DialRefused, StreamClosed

REFUSALS: dict[str, str] = {
    "grant_invalid": "The agent did not accept the broker's signature on the grant.",
    "grant_expired": "The grant had already run out when the agent got it.",
    "clock_skew": "The agent's clock is too far from the broker's.",
    "locked": "The site has locked itself against all access.",
    "ceiling_denied": "The site's own ceiling does not allow this address, port or protocol.",
    "ceiling_invalid": "The site's own ceiling file cannot be used at the moment.",
    "device_refused": "The device refused the connection.",
    "device_unreachable": "The device cannot be reached from the site.",
    "device_timeout": "The device did not answer in time.",
    "too_many_connections": "The device already has as many connections as the site allows.",
    "rate_limited": "The site allows no more connections to this device just now.",
    "shutting_down": "The site's agent is being stopped.",
}


@dataclass(slots=True)
class _Pending:
    agent_id: AgentId
    arrival: asyncio.Future[FramedEnd]


@dataclass(slots=True)
class _Parting:
    agent_id: AgentId
    session: str
    over: asyncio.Future[None]


MAX_PARTINGS = 4096
"""Of more, the oldest are forgotten: an agent that vanished never says that a stream is over."""


class Dials:
    """Brings together who asked for a stream and the agent's connection that carries it."""

    def __init__(self) -> None:
        self._pending: dict[StreamId, _Pending] = {}
        self._partings: dict[StreamId, _Parting] = {}

    def expect_parting(self, stream: StreamId, agent_id: AgentId, session: str) -> None:
        """Listen for the agent's word that it let go of the device, for ``parted`` to wait for."""
        self._partings[stream] = _Parting(agent_id, session, asyncio.get_running_loop().create_future())
        if len(self._partings) > MAX_PARTINGS:
            del self._partings[next(iter(self._partings))]

    def awaits_parting(self, stream: StreamId) -> bool:
        """Tell whether the agent's word that this stream is over is still listened for."""
        return stream in self._partings

    def forget_parting(self, stream: StreamId) -> None:
        """Listen for it no more."""
        self._partings.pop(stream, None)

    async def parted(self, session: str, deadline_seconds: float) -> list[tuple[AgentId, StreamId]]:
        """Wait until the agent has let go of every stream of a session; return those that it said nothing of."""
        waited = {stream: one for stream, one in self._partings.items() if one.session == session}
        if waited:
            await asyncio.wait([one.over for one in waited.values()], timeout=deadline_seconds)
        silent = [(one.agent_id, stream) for stream, one in waited.items() if not one.over.done()]
        for _, stream in silent:
            self.forget_parting(stream)
        return silent

    def expect(self, stream: StreamId, agent_id: AgentId) -> "asyncio.Future[FramedEnd]":
        """Begin to wait for a stream from exactly this agent."""
        arrival: asyncio.Future[FramedEnd] = asyncio.get_running_loop().create_future()
        self._pending[stream] = _Pending(agent_id, arrival)
        return arrival

    def forget(self, stream: StreamId) -> None:
        """Stop waiting; an agent that comes late finds nothing."""
        self._pending.pop(stream, None)

    def check(self, stream: StreamId, agent_id: AgentId) -> None:
        """Raise ``NotFoundError`` unless this agent is expected to bring this stream."""
        pending = self._pending.get(stream)
        if pending is None or pending.agent_id != agent_id or pending.arrival.done():
            raise NotFoundError

    def deliver(self, stream: StreamId, end: FramedEnd) -> None:
        """Hand the agent's connection to who waits for it; close it if nobody does any more."""
        pending = self._pending.pop(stream, None)
        if pending is None or pending.arrival.done():
            end.discard()
        else:
            pending.arrival.set_result(end)

    def on_stream_message(self, agent_id: AgentId, message: DialRefused | StreamClosed) -> None:
        """Hear from an agent that it did not open a stream, or that it is over."""
        parting = self._partings.get(StreamId(message.stream))
        if parting is not None and parting.agent_id == agent_id:
            self.forget_parting(StreamId(message.stream))
            parting.over.set_result(None)
        pending = self._pending.get(StreamId(message.stream))
        if pending is None or pending.agent_id != agent_id or pending.arrival.done():
            return
        if isinstance(message, DialRefused):
            pending.arrival.set_exception(refusal(message))


def refusal(message: DialRefused) -> DialFailedError:
    """What the user is told of an agent's refusal: its code, what it means, and the agent's own words."""
    meaning = REFUSALS.get(message.code, "The agent refused to open the stream.")
    detail = f"{meaning} ({message.detail})" if message.detail else meaning
    return DialFailedError(detail, hint=HINTS.get(message.code, ""), fields={"dial_code": message.code})


HINTS: dict[str, str] = {
    "clock_skew": "Set the clock of the agent's machine (NTP), then try again.",
    "locked": "The plant unlocks its site with 'wicket-agent unlock'.",
    "ceiling_denied": "The plant adds the target to the agent's ceiling.yaml if it should be reachable.",
    "ceiling_invalid": "'wicket-agent check-config' on site names the line.",
    "device_refused": "Check the port of the service, and whether the device listens.",
    "device_unreachable": "Check the address of the service and the network on site.",
    "device_timeout": "Check that the device is switched on; some take a minute after a restart.",
    "too_many_connections": "Wait until another connection ends.",
    "rate_limited": "Wait a minute; fragile devices are not connected to in quick succession.",
}
