"""The TCP tunnel: the user's stream and the agent's stream of one session, brought together and relayed."""

from aiohttp import web

from broker.gateways.carrying import Carrier
from broker.gateways.dials import Dials
from broker.gateways.looking import Looker
from broker.http.errors import BadRequestError
from broker.http.metrics import Metrics
from broker.http.principal import Permission
from broker.http.routes import AgentOnly, Call, Needs, Route
from broker.sessions.gate import Action, Gate
from tunnel.clock import Clock
from tunnel.ends import FramedEnd, ReadBuffer
from tunnel.errors import UpgradeError
from tunnel.ids import AgentId, StreamId
from tunnel.messages import AGENT_STREAM_PATH, USER_STREAM_PATH
from tunnel.taking import accept_stream, check_upgrade


class TcpGateway:
    """Serves both ends of tunnels: ``open`` for users, ``join`` for agents."""

    def __init__(
        self, gate: Gate, carrier: Carrier, looker: Looker, dials: Dials, clock: Clock, metrics: Metrics, *,
        buffer: ReadBuffer, dial_seconds: float,
    ) -> None:  # fmt: skip
        self._gate = gate
        self._carrier = carrier
        self._looker = looker
        self._dials = dials
        self._clock = clock
        self._metrics = metrics
        self._buffer = buffer
        self._dial_seconds = dial_seconds

    async def open(self, call: Call) -> web.StreamResponse:
        """Open a stream of one's own session: dial through the agent, then become the stream."""
        _wants_stream(call.request)
        session = await self._gate.enter(call.principal, call.path("session"), Action.STREAM)
        if await self._looker.look_first(session):
            # That took its time, in which anything may have happened to the session.
            session = await self._gate.enter(call.principal, call.path("session"), Action.STREAM)
        began = self._clock.monotonic()
        stream, agent_end = await self._carrier.reach(session, deadline_seconds=self._dial_seconds)
        user_end = FramedEnd(self._buffer)
        try:
            response = accept_stream(call.request, user_end)
        except UpgradeError as error:
            agent_end.discard()
            self._carrier.give_up(session, stream)
            raise BadRequestError(str(error)) from error
        relay = self._carrier.carry(session, stream, user_end, agent_end)
        self._metrics.stream_open_seconds.observe(self._clock.monotonic() - began)
        relay.start()
        return response

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
