"""The TCP tunnel: the user's stream and the agent's stream of one session, brought together and relayed."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import structlog
from aiohttp import web
from prometheus_client import Counter

from broker.gateways.dials import Dials
from broker.http.errors import BadRequestError
from broker.http.metrics import Metrics
from broker.http.principal import Permission
from broker.http.routes import AgentOnly, Call, Needs, Route
from broker.inventory.links import LinkRegistry
from broker.pki.applications import Applications
from broker.sessions.asking import Asking
from broker.sessions.errors import DialFailedError
from broker.sessions.gate import Action, Gate
from broker.sessions.inspector import RecordingInspector
from broker.sessions.keeping import SessionKeeper
from broker.sessions.ledger import Ledger
from broker.sessions.limits import Load, check
from broker.sessions.live import LiveSession, LiveStream
from broker.sessions.registry import LiveSessions
from broker.sessions.signing import GrantSigner
from broker.sessions.sweeping import Sweeping
from guards.effects import Operation, Verdict
from guards.material import GuardMaterial
from guards.registry import CERTIFIED_PROTOCOLS, make_guard
from policies.decision import RecordingDuty
from policies.rules import Tier
from tunnel.clock import Clock
from tunnel.ends import FramedEnd, ReadBuffer
from tunnel.ids import AgentId, SiteId, StreamId, new_id
from tunnel.messages import AGENT_STREAM_PATH, USER_STREAM_PATH, Dial
from tunnel.relay import Relay, RelayEnd
from tunnel.upgrade import UpgradeError, accept_stream, check_upgrade

log = structlog.get_logger("broker.gateways")


class TcpGateway:
    """Serves both ends of tunnels: ``open`` for users, ``join`` for agents."""

    def __init__(
        self, gate: Gate, live: LiveSessions, keeper: SessionKeeper, links: LinkRegistry, dials: Dials,
        signer: GrantSigner, applications: Applications, asking: Asking, sweeping: Sweeping, clock: Clock,
        metrics: Metrics, *, dial_seconds: float, streams_per_agent: int,
    ) -> None:  # fmt: skip
        self._gate = gate
        self._keeper = keeper
        self._live = live
        self._links = links
        self._dials = dials
        self._signer = signer
        self._applications = applications
        self._asking = asking
        self._sweeping = sweeping
        self._clock = clock
        self._metrics = metrics
        self._dial_seconds = dial_seconds
        self._streams_per_agent = streams_per_agent
        self._buffer = ReadBuffer()

    async def open(self, call: Call) -> web.StreamResponse:
        """Open a stream of one's own session: dial through the agent, then become the stream."""
        _wants_stream(call.request)
        began = self._clock.monotonic()
        session = await self._gate.enter(call.principal, call.path("session"), Action.STREAM)
        stream, arrival = await self._dial(session)
        try:
            async with asyncio.timeout(self._dial_seconds):
                agent_end = await arrival
        except TimeoutError as error:
            self._give_up(session, stream, arrival)
            raise DialFailedError(
                f"The agent brought no stream within {self._dial_seconds:g} s.", fields={"dial_code": "timeout"}
            ) from error
        except BaseException:
            self._give_up(session, stream, arrival)
            raise
        return self._join(call.request, session, stream, agent_end, began)

    async def join(self, call: Call) -> web.StreamResponse:
        """Take the connection that an agent brings for a stream it was asked for."""
        agent, stream = AgentId(call.agent_principal.agent_id), StreamId(call.path("stream"))
        _wants_stream(call.request)
        self._dials.check(stream, agent)
        end = FramedEnd(self._buffer)
        try:
            response = accept_stream(call.request, end)
        except UpgradeError as error:
            raise BadRequestError(str(error)) from error
        self._dials.deliver(stream, end)
        return response

    async def _dial(self, session: LiveSession) -> "tuple[LiveStream, asyncio.Future[FramedEnd]]":
        site = SiteId(session.facts.site_id)
        agent = self._links.live_agent_of(site) or AgentId("")
        carried = self._live.streams_of_agent(agent)
        check([Load("streams through the site's agent", carried, self._streams_per_agent)])
        stream = session.add_stream(StreamId(new_id("str")), agent)
        arrival = self._dials.expect(stream.id, agent)
        try:
            await self._links.dial(site, Dial(stream=stream.id, grant=self._signer.sign(session)))
        except BaseException:
            self._give_up(session, stream)
            raise
        return stream, arrival

    def _join(
        self, request: web.Request, session: LiveSession, stream: LiveStream, agent_end: FramedEnd, began: float
    ) -> web.StreamResponse:
        user_end = FramedEnd(self._buffer)
        try:
            response = accept_stream(request, user_end)
        except UpgradeError as error:
            agent_end.discard()
            self._give_up(session, stream)
            raise BadRequestError(str(error)) from error
        relay = Relay(
            user_end,
            agent_end,
            self._inspector(session, stream),
            idle_seconds=None,
            on_end=lambda end: self._ended(session, stream, end),
            not_after_monotonic=session.terms.not_after_monotonic + session.terms.hard_end_seconds,
        )
        session.attach(stream, relay)
        self._note(session, stream, "stream_opened", {"agent": stream.agent_id})
        self._metrics.streams.inc()
        self._metrics.stream_open_seconds.observe(self._clock.monotonic() - began)
        relay.start()
        return response

    def _inspector(self, session: LiveSession, stream: LiveStream) -> RecordingInspector | None:
        recorder = self._keeper.recorder_of(session)
        protocol = session.facts.target.protocol
        guard = make_guard(
            protocol,
            session.terms.rules,
            device_timeout_seconds=session.terms.device_timeout_seconds,
            material=self._material(session),
        )
        if recorder is None and guard is None:
            return None
        return RecordingInspector(
            stream.number,
            recorder,
            guard,
            required=session.terms.obligations.recording is RecordingDuty.REQUIRED,
            on_full=session.pause,
            on_operation=operation_counter(self._metrics, session.ledger, stream.number),
            on_ask=partial(self._asking.ask, session),
            sweeps=self._sweeping.watch(session),
        )

    def _material(self, session: LiveSession) -> GuardMaterial:
        """Return what a guard is given; a certificate only where the protocol has a use for one."""
        material = GuardMaterial(secrets.token_bytes, self._clock.now(), self._clock.monotonic(), armed=session.armed)
        if session.facts.target.protocol not in CERTIFIED_PROTOCOLS:
            return material
        ours = self._applications.of_asset(session.facts.target.asset)
        return replace(material, certificate=ours.certificate, private_key=ours.private_key)

    def _ended(self, session: LiveSession, stream: LiveStream, end: RelayEnd) -> None:
        self._metrics.streams.dec()
        self._metrics.bytes.labels("to_asset").inc(end.bytes_to_asset)
        self._metrics.bytes.labels("to_user").inc(end.bytes_to_user)
        details: dict[str, object] = {
            "code": end.code, "detail": end.detail, "ended_by": end.ended_by.value,
            "bytes_to_asset": end.bytes_to_asset, "bytes_to_user": end.bytes_to_user,
        }  # fmt: skip
        self._note(session, stream, "stream_closed", details)
        self._give_up(session, stream)

    def _note(self, session: LiveSession, stream: LiveStream, kind: str, details: dict[str, object]) -> None:
        session.tell(kind, stream=stream.id, **details)
        recorder = self._keeper.recorder_of(session)
        if recorder is not None:
            recorder.event(kind, details, stream.number)

    def _give_up(
        self, session: LiveSession, stream: LiveStream, arrival: "asyncio.Future[FramedEnd] | None" = None
    ) -> None:
        if arrival is not None and arrival.done() and not arrival.cancelled() and arrival.exception() is None:
            arrival.result().discard()  # it came at the very moment that nobody waited any more
        self._dials.forget(stream.id)
        self._links.forget_stream(AgentId(stream.agent_id), stream.id)
        session.remove_stream(stream.id)


def operation_counter(metrics: Metrics, ledger: Ledger, stream: int) -> Callable[[Operation], None]:
    """Return what counts a stream's operations. It stands in the relay's path: a counter is looked up once."""
    counters: dict[tuple[Tier, Verdict], Counter] = {}

    def count(operation: Operation) -> None:
        ledger.take(stream, operation)
        kind = (operation.tier, operation.verdict)
        counter = counters.get(kind)
        if counter is None:
            counter = metrics.operations.labels(operation.protocol, operation.tier.value, operation.verdict.value)
            counters[kind] = counter
        counter.inc()

    return count


def _wants_stream(request: web.Request) -> None:
    try:
        check_upgrade(request)
    except UpgradeError as error:
        raise BadRequestError(str(error), hint="Connect with the 'wicket' command.") from error


def routes(gateway: TcpGateway) -> list[Route]:
    """The two ends of a tunnel."""
    return [
        Route(
            "GET", USER_STREAM_PATH, gateway.open, Needs(Permission.SESSIONS_OPEN), "Open a stream of a session",
            upgrade=True, errors=("session_ended", "session_held", "limit_reached", "agent_offline", "dial_failed"),
        ),
        Route("GET", AGENT_STREAM_PATH, gateway.join, AgentOnly(), "Bring a stream that was dialled", upgrade=True),
    ]  # fmt: skip
