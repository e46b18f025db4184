"""How a stream is brought about and carried: dialled through the site's agent, judged, recorded, relayed."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from prometheus_client import Counter

from broker.gateways.dials import Dials
from broker.http.metrics import Metrics
from broker.inventory.errors import InventoryError
from broker.inventory.links import LinkRegistry
from broker.pki.applications import Applications
from broker.sessions.asking import Asking
from broker.sessions.errors import DialFailedError
from broker.sessions.inspector import RecordingInspector
from broker.sessions.keeping import SessionKeeper
from broker.sessions.ledger import Ledger
from broker.sessions.limits import Load, check
from broker.sessions.live import LiveSession
from broker.sessions.registry import LiveSessions
from broker.sessions.signing import GrantSigner
from broker.sessions.states import SessionState
from broker.sessions.streams import LiveStream
from broker.sessions.sweeping import Sweeping
from guards.arming import Armed
from guards.effects import Guard, Operation, Verdict
from guards.material import GuardMaterial
from guards.registry import CERTIFIED_PROTOCOLS, make_guard
from guards.watched_datagrams import WatchedDatagrams
from policies.decision import RecordingDuty
from policies.identity import DeviceIdentity
from policies.protocols import OPAQUE_DATAGRAMS
from policies.rules import Tier
from tunnel.clock import Clock
from tunnel.ends import End, FramedEnd
from tunnel.ids import AgentId, SiteId, StreamId, new_id
from tunnel.messages import CutSession, Dial
from tunnel.relay import EndedBy, Relay, RelayEnd


class Carrier:
    """Carries streams of sessions. Whether one may be opened is the gate's business, and was asked before."""

    def __init__(
        self, live: LiveSessions, keeper: SessionKeeper, links: LinkRegistry, dials: Dials, signer: GrantSigner,
        applications: Applications, asking: Asking, sweeping: Sweeping, clock: Clock, metrics: Metrics, *,
        streams_per_agent: int,
    ) -> None:  # fmt: skip
        self._live = live
        self._keeper = keeper
        self._links = links
        self._dials = dials
        self._signer = signer
        self._applications = applications
        self._asking = asking
        self._sweeping = sweeping
        self._clock = clock
        self._metrics = metrics
        self._streams_per_agent = streams_per_agent

    async def reach(
        self, session: LiveSession, *, deadline_seconds: float, is_ours: bool = False
    ) -> tuple[LiveStream, FramedEnd]:
        """Have the site's agent bring a new stream; raise why it did not. What was begun is then given up.

        Also raises ``DialFailedError`` with ``dial_code`` ``timeout``.
        """
        stream, arrival = await self._dial(session, is_ours=is_ours)
        try:
            async with asyncio.timeout(deadline_seconds):
                return stream, await arrival
        except TimeoutError as error:
            self.give_up(session, stream, arrival)
            await self._call_off(session, stream)
            raise DialFailedError(
                f"The agent brought no stream within {deadline_seconds:g} s.", fields={"dial_code": "timeout"}
            ) from error
        except BaseException:
            self.give_up(session, stream, arrival)
            raise

    def carry(self, session: LiveSession, stream: LiveStream, user_end: End, agent_end: FramedEnd) -> Relay:
        """Bring the two sides together; the relay that is returned is to be started."""
        guard = self._guard(session, stream)
        stream.is_guarded = guard is not None
        relay = Relay(
            user_end,
            agent_end,
            self._inspector(session, stream, guard),
            idle_seconds=None,
            on_end=lambda end: self._ended(session, stream, end),
            not_after_monotonic=session.terms.not_after_monotonic + session.terms.hard_end_seconds,
        )
        session.attach(stream, relay)
        details: dict[str, object] = {"agent": stream.agent_id}
        self._note(session, stream, "stream_opened", details | ({"purpose": "fingerprint"} if stream.is_ours else {}))
        self._metrics.streams.inc()
        return relay

    async def _dial(self, session: LiveSession, *, is_ours: bool) -> "tuple[LiveStream, asyncio.Future[FramedEnd]]":
        site = SiteId(session.facts.site_id)
        agent = self._links.live_agent_of(site) or AgentId("")
        carried = self._live.streams_of_agent(agent)
        check([Load("streams through the site's agent", carried, self._streams_per_agent)])
        stream = session.add_stream(StreamId(new_id("str")), agent, is_ours=is_ours)
        arrival = self._dials.expect(stream.id, agent)
        if session.fingerprint is not None:
            self._dials.expect_parting(stream.id, agent, session.facts.id)
        grant = self._signer.sign(session, _identity_for(session, stream))
        try:
            await self._links.dial(site, Dial(stream=stream.id, grant=grant))
        except BaseException:
            self._dials.forget_parting(stream.id)
            self.give_up(session, stream)
            raise
        return stream, arrival

    async def _call_off(self, session: LiveSession, stream: LiveStream) -> None:
        """Have the agent stop connecting: the place that it holds at the device is wanted by the next who tries."""
        reason = "The stream was not brought in time."
        order = CutSession(session=session.facts.id, stream=stream.id, code="dial_timeout", reason=reason)
        with suppress(InventoryError):
            await self._links.send(AgentId(stream.agent_id), order)

    def _guard(self, session: LiveSession, stream: LiveStream) -> Guard | None:
        protocol = session.facts.target.protocol
        if protocol == OPAQUE_DATAGRAMS:
            return WatchedDatagrams(session.armed) if session.terms.obligations.supervised else None
        return make_guard(
            protocol,
            session.terms.rules,
            device_timeout_seconds=session.terms.device_timeout_seconds,
            material=self._material(session, stream),
        )

    def _inspector(self, session: LiveSession, stream: LiveStream, guard: Guard | None) -> RecordingInspector | None:
        recorder = self._keeper.recorder_of(session)
        if recorder is None and guard is None:
            return None
        return RecordingInspector(
            stream.number,
            recorder,
            guard,
            required=session.terms.obligations.recording is RecordingDuty.REQUIRED,
            on_full=session.pause,
            on_operation=operation_counter(self._metrics, session.ledger, stream.number),
            on_ask=_leave_refused if stream.is_ours else partial(self._asking.ask, session),
            sweeps=None if stream.is_ours else self._sweeping.watch(session),
        )

    def _material(self, session: LiveSession, stream: LiveStream) -> GuardMaterial:
        """Return what a guard is given; a certificate only where the protocol has a use for one."""
        material = GuardMaterial(
            secrets.token_bytes, self._clock.now(), self._clock.monotonic(),
            armed=Armed() if stream.is_ours else session.armed, identity=_identity_for(session, stream),
        )  # fmt: skip
        if session.facts.target.protocol not in CERTIFIED_PROTOCOLS:
            return material
        ours = self._applications.of_asset(session.facts.target.asset)
        return replace(material, certificate=ours.certificate, private_key=ours.private_key)

    def _ended(self, session: LiveSession, stream: LiveStream, end: RelayEnd) -> None:
        self._metrics.streams.dec()
        count_end(self._metrics, end)
        self._metrics.bytes.labels("to_asset").inc(end.bytes_to_asset)
        self._metrics.bytes.labels("to_user").inc(end.bytes_to_user)
        details: dict[str, object] = {
            "code": end.code, "detail": end.detail, "ended_by": end.ended_by.value,
            "bytes_to_asset": end.bytes_to_asset, "bytes_to_user": end.bytes_to_user,
        }  # fmt: skip
        self._note(session, stream, "stream_closed", details)
        self.give_up(session, stream)

    def _note(self, session: LiveSession, stream: LiveStream, kind: str, details: dict[str, object]) -> None:
        session.tell(kind, stream=stream.id, **details)
        recorder = self._keeper.recorder_of(session)
        if recorder is not None:
            recorder.event(kind, details, stream.number)

    def give_up(
        self, session: LiveSession, stream: LiveStream, arrival: "asyncio.Future[FramedEnd] | None" = None
    ) -> None:
        """Forget a stream that came to nothing, or to its end."""
        if arrival is not None and arrival.done() and not arrival.cancelled() and arrival.exception() is None:
            arrival.result().discard()  # it came at the very moment that nobody waited any more
        self._dials.forget(stream.id)
        if session.state is SessionState.ENDED:
            self._dials.forget_parting(stream.id)
        if not self._dials.awaits_parting(stream.id):
            self._links.forget_stream(AgentId(stream.agent_id), stream.id)
        session.remove_stream(stream.id)


def _identity_for(session: LiveSession, stream: LiveStream) -> DeviceIdentity | None:
    """Return who the device is, for guards to tell tools; a look of our own is there to hear it of the device."""
    return None if stream.is_ours else session.terms.identity


def _leave_refused(_operation: Operation, _fingerprint: bytes) -> None:
    """Ask nobody for what the broker itself would like to read."""


def count_end(metrics: Metrics, end: RelayEnd) -> None:
    """Count the end of a stream. Of the codes only ours are told apart: a peer could say a new one each time."""
    code = end.code if end.ended_by is EndedBy.HERE else ""
    metrics.stream_ends.labels(end.ended_by.value, code).inc()


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
