"""Opens streams: judged first, then the device (so that its refusal is known at once), then back to the broker."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from agent.ceiling import Permit, Resolve
from agent.config import DeviceSettings
from agent.devices import attach, connect, resolve
from agent.door import Door
from agent.grants import Grant
from agent.inspection import SiteInspector
from agent.refusals import Refusal, RefusalCode
from agent.sharing.pool import Pool, Shared
from agent.streams import Stream, Streams
from agent.warden import Terms, Warden
from guards.effects import Operation
from policies.protocols import OPAQUE_DATAGRAMS, is_datagrams
from tunnel.clock import Clock
from tunnel.datagrams import DATAGRAMS_PER_SECOND, DatagramEnd
from tunnel.ends import End, FramedEnd, PlainEnd, ReadBuffer
from tunnel.messages import AGENT_STREAM_PATH, CutSession, Dial, DialRefused, StreamClosed
from tunnel.relay import Relay, RelayEnd
from tunnel.tasks import Supervisor
from tunnel.upgrade import UpgradeError, open_stream

CONNECT_BACK_SECONDS = 15.0

Report = Callable[[DialRefused | StreamClosed], None]


@dataclass(slots=True)
class _Opening:
    """A stream on its way; ``grant`` is the latest that counts for it."""

    stream: str
    grant: Grant
    task: asyncio.Task[None] | None = None

    @property
    def session(self) -> str:
        return self.grant.claims.session

    def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()


class Dialer:
    """Turns dial orders into streams; each order ends as a live stream or as one refusal that is reported."""

    def __init__(
        self,
        *,
        warden: Warden,
        streams: Streams,
        door: Door,
        supervisor: Supervisor,
        report: Report,
        clock: Clock,
        devices: DeviceSettings,
        max_streams: int,
    ) -> None:
        """Dial for this agent; ``report`` tells the broker and must not block."""
        self._warden = warden
        self._streams = streams
        self._door = door
        self._supervisor = supervisor
        self._report = report
        self._clock = clock
        self._devices = devices
        self._max_streams = max_streams
        self._buffer = ReadBuffer()
        self._pool = Pool(supervisor, self._buffer, warden.take_place, warden.leave_place)
        self._pending: dict[str, _Opening] = {}
        self._closing: Refusal | None = None
        self._log = structlog.get_logger("dialer")

    def start(self, order: Dial) -> None:
        """Judge the grant now, and go on in the background if it holds."""
        grant = self._closing or self._warden.admit(order.grant, order.stream)
        answer = grant if isinstance(grant, Refusal) else self._crowded(order.stream, grant) or grant
        if isinstance(answer, Refusal):
            self._refuse(order.stream, answer)
            return
        opening = self._pending[order.stream] = _Opening(order.stream, answer)
        opening.task = self._supervisor.start(f"dial {order.stream}", partial(self._dial, opening))
        opening.task.add_done_callback(lambda _: self._pending.pop(order.stream, None))

    @property
    def shared(self) -> tuple[Shared, ...]:
        """The devices that streams share now."""
        return tuple(self._pool)

    def cut(self, order: CutSession) -> None:
        """End a session's streams, also those that are still being opened."""
        for opening in list(self._pending.values()):
            if opening.session == order.session and order.stream in (None, opening.stream):
                opening.stop()
                self._report(StreamClosed(stream=opening.stream, code=order.code, detail=order.reason))
        self._streams.cut(order.session, order.stream, order.code, order.reason)

    def extend(self, token: str) -> None:
        """Give a session's streams the terms of a new grant; one that does not hold changes nothing."""
        grant = self._warden.admit(token, None)
        if isinstance(grant, Refusal):
            self._log.warning("extension_refused", code=grant.code, detail=grant.detail)
            return
        for opening in self._pending.values():
            if opening.session == grant.claims.session:
                opening.grant = grant
        count = self._streams.extend(grant)
        self._log.info("session_extended", session=grant.claims.session, user=grant.claims.user_name, streams=count)

    def cut_all(self, code: str, reason: str) -> None:
        """End everything that is open or being opened; new dials are still judged by themselves."""
        for opening in list(self._pending.values()):
            opening.stop()
            self._refuse(opening.stream, self._closing or Refusal(RefusalCode.LOCKED, reason))
        self._streams.cut_all(code, reason)

    async def close(self, deadline_seconds: float = 3.0) -> None:
        """Refuse new dials, cut all streams, and wait until devices have seen the end."""
        sentence = "The agent is being stopped or restarted on site; try again in a minute."
        self._closing = Refusal(RefusalCode.SHUTTING_DOWN, sentence)
        waits = [asyncio.ensure_future(stream.relay.wait_closed()) for stream in self._streams]
        self.cut_all("shutting_down", sentence)
        if waits:
            _, late = await asyncio.wait(waits, timeout=deadline_seconds)
            for wait in late:
                wait.cancel()

    def _crowded(self, stream: str, grant: Grant) -> Refusal | None:
        live = {one.id for one in self._streams}
        if stream in live or stream in self._pending:
            return Refusal(RefusalCode.GRANT_INVALID, "A stream of this id is open already.")
        if len(live) + len(self._pending) >= self._max_streams:
            sentence = f"The agent carries {self._max_streams} streams, its limit (max_streams in agent.toml)."
            return Refusal(RefusalCode.TOO_MANY_CONNECTIONS, sentence)
        session = grant.claims.session
        count = len(self._streams.of_session(session)) + sum(
            1 for one in self._pending.values() if one.session == session
        )
        if count >= grant.claims.max_streams:
            sentence = f"The session has {count} stream(s) open, its grant allows {grant.claims.max_streams}."
            return Refusal(RefusalCode.TOO_MANY_CONNECTIONS, sentence)
        return None

    async def _dial(self, opening: _Opening) -> None:
        refusal = await self._open(opening)
        if refusal is not None:
            self._refuse(opening.stream, refusal)

    async def _open(self, opening: _Opening) -> Refusal | None:
        grant = opening.grant
        permit = await self._permit(grant)
        terms = permit if isinstance(permit, Refusal) else self._warden.terms(grant, permit)
        if isinstance(terms, Refusal):
            return terms
        if terms.permit.share:  # its place is the shared device's, not the stream's
            return await self._join(opening, grant, terms)
        full = self._warden.take_place(terms.permit, _holder(grant))
        if full is not None:
            return full
        refusal: Refusal | None = None
        opened = False
        try:
            refusal = await self._join(opening, grant, terms)
            opened = refusal is None
        finally:
            if not opened:
                self._warden.leave_place(terms.permit, _holder(grant))
        return refusal

    async def _permit(self, grant: Grant) -> Permit | Refusal:
        target = grant.claims.target
        answer = self._warden.judge(target)
        if isinstance(answer, Resolve):
            found = await resolve(answer.hostname, deadline_seconds=self._devices.resolve_timeout_seconds)
            answer = found if isinstance(found, Refusal) else self._warden.judge(target, found)
        if isinstance(answer, Resolve):
            return Refusal(RefusalCode.CEILING_DENIED, "The ceiling changed while the name was resolved; try again.")
        return answer

    async def _join(self, opening: _Opening, grant: Grant, terms: Terms) -> Refusal | None:
        device = await self._reach(grant, terms)
        if isinstance(device, Refusal):
            return device
        back = FramedEnd(self._buffer)
        started = False
        try:
            refusal = await self._connect_back(opening.stream, back) or self._still_fine(grant, terms)
            if refusal is None:
                self._splice(opening.stream, grant, terms, back, device)
                if opening.grant is not grant:  # it was extended meanwhile
                    self._streams.extend(opening.grant)
                started = True
            return refusal
        finally:
            if not started:
                device.discard()
                back.discard()

    async def _reach(self, grant: Grant, terms: Terms) -> End | Refusal:
        patience, permit, protocol = self._devices.connect_timeout_seconds, terms.permit, grant.claims.target.protocol
        if is_datagrams(protocol):
            # Where a guard counts requests, it holds them to the rate that is given.
            given = terms.rules.max_rate if protocol == OPAQUE_DATAGRAMS else None
            per_second = min(given or DATAGRAMS_PER_SECOND, DATAGRAMS_PER_SECOND)
            return await attach(
                permit, partial(DatagramEnd, self._buffer, per_second=per_second), deadline_seconds=patience
            )
        if permit.share:
            timeout = grant.claims.device_timeout_seconds
            return await self._pool.join(permit, _holder(grant), timeout_seconds=timeout, deadline_seconds=patience)
        return await connect(permit, partial(PlainEnd, self._buffer), deadline_seconds=patience)

    async def _connect_back(self, stream: str, back: FramedEnd) -> Refusal | None:
        path = AGENT_STREAM_PATH.format(stream=stream)
        try:
            await open_stream(self._door.endpoint, path, {}, back, deadline_seconds=CONNECT_BACK_SECONDS)
        except UpgradeError as error:
            sentence = f"The agent reached the device but not the broker for this stream: {error}."
            return Refusal(RefusalCode.CONNECT_BACK_FAILED, sentence)
        return None

    def _still_fine(self, grant: Grant, terms: Terms) -> Refusal | None:
        """Judge again what may have changed while the connections were made."""
        refusal = self._closing or self._warden.locked()
        if refusal is not None:
            return refusal
        answer = self._warden.judge(grant.claims.target, terms.permit.resolved)
        if isinstance(answer, Permit) and answer == terms.permit:
            return None
        return answer if isinstance(answer, Refusal) else Refusal(RefusalCode.CEILING_DENIED, "The ceiling changed.")

    def _splice(self, stream: str, grant: Grant, terms: Terms, back: FramedEnd, device: End) -> None:
        log = self._log.bind(stream=stream, session=grant.claims.session, user=grant.claims.user_name)
        inspector = SiteInspector(terms.guard, partial(_log_denial, log)) if terms.guard else None
        relay = Relay(
            back,
            device,
            inspector,
            idle_seconds=grant.claims.idle_seconds,
            on_end=partial(self._ended, stream, terms.permit, _holder(grant), device, log),
            not_after_monotonic=grant.deadline_monotonic,
        )
        opened = Stream(stream, grant, terms.permit, terms.rules, relay, self._clock.monotonic())
        self._streams.add(opened)
        log.info("stream_opened", device=str(terms.permit.address), port=terms.permit.port, entry=terms.permit.entry)
        relay.start()

    def _ended(
        self, stream: str, permit: Permit, holder: str, device: End, log: structlog.typing.FilteringBoundLogger,
        end: RelayEnd,
    ) -> None:  # fmt: skip
        self._streams.drop(stream)
        if not permit.share:
            self._warden.leave_place(permit, holder)
        if end.error is not None:
            log.error("stream_fault", exc_info=end.error)
        log.info(
            "stream_closed",
            code=end.code,
            detail=end.detail,
            ended_by=end.ended_by,
            bytes_to_asset=end.bytes_to_asset,
            bytes_to_user=end.bytes_to_user,
            **_datagrams(device),
        )
        self._report(StreamClosed(stream=stream, code=end.code[:500], detail=end.detail[:500]))

    def _refuse(self, stream: str, refusal: Refusal) -> None:
        self._log.warning("dial_refused", stream=stream, code=refusal.code, detail=refusal.detail)
        self._report(DialRefused(stream=stream, code=refusal.code, detail=refusal.detail[:500]))


def _holder(grant: Grant) -> str:
    return f"{grant.claims.user_name}, session {grant.claims.session}"


def _datagrams(device: End) -> dict[str, int]:
    """What became of datagrams that were not passed on, where a stream is made of them."""
    if not isinstance(device, DatagramEnd):
        return {}
    return {"datagrams_dropped": device.dropped, "device_unreachable": device.unreachable}


def _log_denial(log: structlog.typing.FilteringBoundLogger, operation: Operation) -> None:
    log.warning(
        "operation_denied_on_site", function=operation.function, tier=operation.tier, reason=operation.reason[:200]
    )
