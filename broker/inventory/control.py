"""The life of one control link: hello, admission, welcome, what the agent says until it stops (wire protocol, 3)."""

from dataclasses import dataclass

import structlog
from aiohttp import WSMsgType, web
from pydantic import ValidationError

from broker.cluster.bus import Bus, Event
from broker.cluster.topics import Topic
from broker.http.principal import AgentPrincipal
from broker.inventory.errors import AgentOfflineError
from broker.inventory.link import SOCKET_ERRORS, AgentLink, control_socket
from broker.inventory.links import LinkRegistry
from broker.inventory.ports import GrantKeys, StreamEvents
from broker.inventory.standing import AgentStanding, Arrival
from tunnel.clock import Clock
from tunnel.ids import AgentId, SiteId, StreamId
from tunnel.messages import (
    FROM_AGENT,
    DialRefused,
    FromAgent,
    Goodbye,
    Heartbeat,
    Hello,
    LockChanged,
    StreamClosed,
    Welcome,
)

log = structlog.get_logger("broker.inventory.control")
HELLO_SECONDS = 10.0
MISSED_HEARTBEATS = 2.5


@dataclass(frozen=True, slots=True)
class LinkTerms:
    """What this node tells agents when it welcomes them."""

    node: str
    heartbeat_seconds: float = 15.0


class _Farewell(Exception):  # noqa: N818 - not an error: the way out of the reading loop
    def __init__(self, goodbye: Goodbye) -> None:
        super().__init__(goodbye.code)
        self.goodbye = goodbye


class ControlDesk:
    """Serves control links."""

    def __init__(
        self, links: LinkRegistry, standing: AgentStanding, events: StreamEvents, grant_keys: GrantKeys,
        bus: Bus, clock: Clock, terms: LinkTerms,
    ) -> None:  # fmt: skip
        self._links = links
        self._standing = standing
        self._events = events
        self._grant_keys = grant_keys
        self._bus = bus
        self._clock = clock
        self._terms = terms

    async def serve(self, request: web.Request, agent: AgentPrincipal) -> web.WebSocketResponse:
        """Turn the request into the agent's control link and stay with it until it ends."""
        socket = control_socket()
        await socket.prepare(request)
        link = AgentLink(socket, request, AgentId(agent.agent_id), SiteId(agent.site_id), agent.serial)
        try:
            await self._live(link)
        except _Farewell as farewell:
            log.info("link_closed", agent=link.agent_id, code=farewell.goodbye.code, reason=farewell.goodbye.reason)
            await link.part(farewell.goodbye)
        except (*SOCKET_ERRORS, AgentOfflineError) as error:
            log.info("link_lost", agent=link.agent_id, cause=type(error).__name__)
            link.abort()
        return socket

    async def _live(self, link: AgentLink) -> None:
        hello = await self._next(link, HELLO_SECONDS)
        if not isinstance(hello, Hello):
            raise _Farewell(Goodbye(code="bad_message", reason="The first message must be a hello."))
        link.instance = hello.instance
        self._heard(link, hello)
        if (refusal := await self._links.admit(link)) is not None:
            raise _Farewell(refusal)
        try:
            await self._welcome(link, hello)
            while (message := await self._next(link, MISSED_HEARTBEATS * self._terms.heartbeat_seconds)) is not None:
                await self._take(link, message)
        finally:
            await self._leave(link)

    async def _welcome(self, link: AgentLink, hello: Hello) -> None:
        arrival = Arrival(link.agent_id, link.serial, link.address, hello, link.clock_offset_seconds)
        link.expires_at = await self._standing.connected(arrival)
        if link.expires_at is None:
            raise _Farewell(Goodbye(code="revoked", reason="This agent's certificate counts no more.", retry=False))
        now = self._clock.now()
        await link.send(
            Welcome(
                node=self._terms.node,
                clock=now,
                heartbeat_seconds=self._terms.heartbeat_seconds,
                grant_keys=dict(self._grant_keys.jwks()),
            )
        )
        link.connected_at, link.ready = now, True
        self._tell("agent.connected", link)

    async def _leave(self, link: AgentLink) -> None:
        was_welcome = link.connected_at is not None
        if self._links.release(link) and was_welcome:
            try:
                await self._standing.disconnected(link.agent_id, link.clock_offset_seconds)
            finally:
                self._tell("agent.disconnected", link)

    async def _take(self, link: AgentLink, message: FromAgent) -> None:
        self._check_expiry(link)
        match message:
            case Heartbeat():
                self._heard(link, message)
                link.reported_streams = message.live_streams
            case LockChanged(lock=lock):
                await self._standing.lock_changed(link.agent_id, lock, link.address)
            case DialRefused() | StreamClosed():
                self._pass_on(link, message)
            case Hello():
                raise _Farewell(Goodbye(code="bad_message", reason="A link has one hello."))

    def _pass_on(self, link: AgentLink, message: DialRefused | StreamClosed) -> None:
        # An agent speaks for its own streams only: otherwise one plant's agent could end another plant's streams.
        if not self._links.knows_stream(link.agent_id, StreamId(message.stream)):
            log.info("unknown_stream", agent=link.agent_id, stream=message.stream, code=message.code)
            return
        self._links.forget_stream(link.agent_id, StreamId(message.stream))
        self._events.on_stream_message(link.agent_id, message)

    def _heard(self, link: AgentLink, message: Hello | Heartbeat) -> None:
        link.clock_offset_seconds = (message.clock - self._clock.now()).total_seconds()
        link.heard_monotonic = self._clock.monotonic()

    def _check_expiry(self, link: AgentLink) -> None:
        if link.expires_at is not None and self._clock.now() >= link.expires_at:
            raise _Farewell(Goodbye(code="certificate_expired", reason="Connect again with the renewed certificate."))

    async def _next(self, link: AgentLink, deadline_seconds: float) -> FromAgent | None:
        """The next message, ``None`` at the end of the link."""
        message = await link.receive(deadline_seconds)
        if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}:
            return None
        return _parse(message.data)

    def _tell(self, topic: Topic, link: AgentLink) -> None:
        log.info(topic.replace(".", "_"), agent=link.agent_id, site=link.site_id, address=link.address)
        self._bus.publish(Event(topic, {"agent": link.agent_id, "site": link.site_id}))


def _parse(data: object) -> FromAgent:
    try:
        message = FROM_AGENT.validate_json(data if isinstance(data, str) else b"")
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise _Farewell(Goodbye(code="bad_message", reason=f"{fault['loc']}: {fault['msg']}"[:500])) from error
    _refuse_naive_times(message)
    return message


def _refuse_naive_times(message: FromAgent) -> None:
    lock = message.lock if isinstance(message, Hello | LockChanged) else None
    clock = message.clock if isinstance(message, Hello | Heartbeat) else None
    times = [clock, None if lock is None else lock.until]
    if any(time is not None and time.tzinfo is None for time in times):
        raise _Farewell(Goodbye(code="bad_message", reason="Times carry their offset from UTC."))
