"""Streams that an agent was asked for and that it has not brought yet."""

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


class Dials:
    """Brings together who asked for a stream and the agent's connection that carries it."""

    def __init__(self) -> None:
        self._pending: dict[StreamId, _Pending] = {}

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
        """Hear from an agent that it did not open a stream."""
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
