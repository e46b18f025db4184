"""The recorder of one session: takes evidence synchronously in the relay's path, seals and stores it beside it.

Bounded: it asks for a pause before memory runs out, and fails (the session is cut) rather than lose or let pass.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from broker.recordings.errors import RecorderFailedError, RecordingsError
from broker.recordings.failures import failure
from broker.recordings.operations import DIRECTIONS, event_text, is_denied, is_write, operation_text
from broker.recordings.sinks import Sink
from guards.effects import Direction, Operation
from recording.chunks import Leg
from recording.layout import Counts
from recording.manifest import EndReason, wall_us
from recording.sealing import PendingSegment, Sealer
from recording.writer import Gatherer
from tunnel.clock import Clock

_NS = 1_000_000_000
MAX_DETAIL_LENGTH = 2000
BATCH = 64
BATCH_BYTES = 64 * 1024
OPERATION_BYTES = 256
"""What an operation that is not written down yet counts as."""

_Taken = tuple[float, int, Direction, Leg, bytes] | tuple[float, int, Operation]
"""Bytes, or an operation, with their moment on the monotonic clock and their stream."""


@dataclass(frozen=True, slots=True)
class RecorderLimits:
    """How much may wait, and how long.

    From ``pause_bytes`` on, the relay is asked to pause; at ``fail_bytes`` (somebody did not) the recorder fails. A
    segment is written ``flush_seconds`` after its first chunk at the latest. A write that takes longer than
    ``stall_seconds`` fails the recorder. The disk itself is waited for every ``sync_seconds``.
    """

    pause_bytes: int = 8 * 1024 * 1024
    fail_bytes: int = 16 * 1024 * 1024
    flush_seconds: float = 0.5
    stall_seconds: float = 5.0
    sync_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class RecordingSummary:
    """What was stored of a recording; ``failure`` says why it ended without its closing, if it did."""

    segments: int
    counts: Counts
    size_bytes: int
    last_link: str
    ended_at: datetime
    reason: EndReason
    failure: str = ""


class Recorder:
    """Records one session. ``offer``, ``operation`` and ``event`` belong to the event loop's thread and never wait.

    They return whether there is room: after ``False`` the caller stops reading until ``drained`` is called. They raise
    ``RecorderFailedError`` when nothing was taken; ``failed(why)`` is called once, at the failure itself.
    """

    def __init__(
        self,
        recording_id: str,
        sealer: Sealer,
        sink: Sink,
        *,
        clock: Clock,
        executor: Executor,
        failed: Callable[[str], None],
        drained: Callable[[], None],
        finished: Callable[[RecordingSummary], Awaitable[None]],
        limits: RecorderLimits,
    ) -> None:
        self.recording_id = recording_id
        self._sealer = sealer
        self._sink = sink
        self._clock = clock
        self._executor = executor
        self._failed = failed
        self._drained = drained
        self._finished = finished
        self._limits = limits
        self._pause_bytes = limits.pause_bytes
        self._batch_bytes = min(BATCH_BYTES, limits.pause_bytes // 8)
        self._gatherer = Gatherer()
        self._taken: list[_Taken] = []
        self._taken_bytes = 0
        self._monotonic = clock.monotonic
        self._started = clock.monotonic()
        self._wall_offset_us = wall_us(clock.now())
        self._sealing_bytes = 0
        self._note_stored()
        self._is_pausing = False
        self._is_due = False
        self._reason: EndReason | None = None
        self._failure = ""
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._synced = self._loop.time()
        self._task = self._loop.create_task(self._run(), name=f"record {recording_id}")

    @property
    def pending_bytes(self) -> int:
        """Bytes that were taken and are not stored yet."""
        return self._taken_bytes + self._gatherer.pending_bytes + self._sealing_bytes

    def offer(self, stream: int, direction: Direction, data: bytes, leg: Leg = Leg.BOTH) -> bool:
        """Take bytes of a stream; ``leg`` says which side saw them, if not both saw the same."""
        self._require_open()
        self._taken.append((self._monotonic(), stream, direction, leg, data))
        return self._took(len(data))

    def operation(self, stream: int, operation: Operation) -> bool:
        """Take what a guard saw in a stream."""
        self._require_open()
        self._taken.append((self._monotonic(), stream, operation))
        return self._took(OPERATION_BYTES)

    def event(self, kind: str, details: dict[str, object], stream: int = 0) -> bool:
        """Take something that happened to a stream, or (0) to the session: opened, warned, extended, cut."""
        self._require_open()
        self._write_down()
        ns = self._ns(self._monotonic())
        self._gatherer.append_event(stream, event_text(kind, details), ns, self._wall_offset_us + ns // 1000)
        return self._took(0)

    async def close(self, reason: str, detail: str = "") -> None:
        """Store what is left and the signed closing, and report the summary. Never raises for a failed store."""
        if self._reason is None:
            self._reason = EndReason(code=reason, detail=detail[:MAX_DETAIL_LENGTH])
            self._wake.set()
        await asyncio.shield(self._task)

    # --- the loop's side

    def _ns(self, monotonic: float) -> int:
        return int((monotonic - self._started) * _NS)

    def _require_open(self) -> None:
        if self._failure or self._reason is not None:
            raise RecorderFailedError(self._failure or "The recording was closed.")

    def _took(self, size: int) -> bool:
        """Set what is to happen next; nearly always nothing, for the relay waits."""
        self._taken_bytes += size
        if self._timer is None:
            self._timer = self._loop.call_later(self._limits.flush_seconds, self._flush)
        if len(self._taken) < BATCH and self._taken_bytes < self._batch_bytes:
            return not self._is_pausing
        self._write_down()
        if self._gatherer.has_full:
            self._wake.set()
        pending = self.pending_bytes
        if pending < self._pause_bytes:
            return True
        if pending >= self._limits.fail_bytes:
            self._fail(failure("too_slow"))
            raise RecorderFailedError(self._failure)
        self._is_pausing = True
        return False

    def _write_down(self) -> None:
        """Encode what was taken: a batch at once costs a fraction of what it costs between two messages.

        What cannot be encoded was let through already: the recorder fails, whoever's turn it is.
        """
        taken, self._taken, self._taken_bytes = self._taken, [], 0
        try:
            for entry in taken:
                self._encode(entry)
        except Exception as error:
            self._fail(failure("not_written", cause=type(error).__name__))
            raise RecorderFailedError(self._failure) from error

    def _encode(self, entry: _Taken) -> None:
        ns = self._ns(entry[0])
        wall = self._wall_offset_us + ns // 1000
        if len(entry) == 3:
            _, stream, operation = entry
            self._gatherer.append_operation(
                stream,
                DIRECTIONS[operation.direction],
                operation_text(operation),
                ns,
                wall,
                is_write=is_write(operation),
                is_denied=is_denied(operation),
                is_response=operation.is_response,
            )
        else:
            _, stream, direction, leg, data = entry
            self._gatherer.append_bytes(stream, DIRECTIONS[direction], leg, data, ns, wall)

    def _flush(self) -> None:
        self._timer = None
        self._is_due = True
        self._wake.set()

    def _fail(self, why: str) -> None:
        if not self._failure:
            self._failure = why
            self._wake.set()
            self._failed(why)

    # --- the storing side: one task, one segment after the other

    async def _run(self) -> None:
        try:
            await self._store_until_closed()
        except RecordingsError as error:
            self._fail(str(error))
        except TimeoutError:
            self._fail(failure("stalled", seconds=f"{self._limits.stall_seconds:g}"))
        except Exception as error:  # noqa: BLE001 - the owner of this task: whatever it is, the session must not go on
            self._fail(failure("broke", cause=type(error).__name__))
        if self._timer is not None:
            self._timer.cancel()
        await self._finish()

    async def _store_until_closed(self) -> None:
        while not self._failure:
            await self._wake.wait()
            self._wake.clear()
            await self._store_gathered()
            if self._reason is not None and not self._failure:
                await self._in_thread(partial(self._seal_closing, self._reason, self._clock.now()))
                return

    async def _store_gathered(self) -> None:
        self._write_down()
        is_due, self._is_due = self._is_due or self._reason is not None, False
        while (self._gatherer.has_full or is_due) and not self._failure:
            is_due = is_due and self._gatherer.has_full
            pending = self._gatherer.take()
            if pending is None:
                return
            self._sealing_bytes = pending.plain_bytes
            await self._in_thread(partial(self._seal, pending, self._is_sync_due()))
            self._sealing_bytes = 0
            self._wall_offset_us = wall_us(self._clock.now()) - self._ns(self._monotonic()) // 1000
            self._make_room()

    def _make_room(self) -> None:
        if self._is_pausing and self.pending_bytes <= self._limits.pause_bytes // 2:
            self._is_pausing = False
            self._drained()

    def _is_sync_due(self) -> bool:
        now = self._loop.time()
        if now - self._synced < self._limits.sync_seconds:
            return False
        self._synced = now
        return True

    def _seal(self, pending: PendingSegment, sync: bool) -> None:
        self._sink.append(self._sealer.seal(pending))
        self._note_stored()
        if sync:
            self._sink.sync()

    def _seal_closing(self, reason: EndReason, ended_at: datetime) -> None:
        self._sink.append(self._sealer.close(reason, ended_at))
        self._sink.close()
        self._note_stored()

    def _note_stored(self) -> None:
        sealer = self._sealer
        self._stored = (sealer.segments, sealer.counts, sealer.sealed_bytes, sealer.last_link.hex())

    async def _in_thread(self, work: Callable[[], None]) -> None:
        async with asyncio.timeout(self._limits.stall_seconds):
            await self._loop.run_in_executor(self._executor, work)

    async def _finish(self) -> None:
        if self._failure:
            self._abandon()
        reason = self._reason or EndReason(code="recording_failed", detail=self._failure)
        await self._finished(RecordingSummary(*self._stored, self._clock.now(), reason, self._failure))

    def _abandon(self) -> None:
        # Nobody waits for it: the thread may hang in a dead store, and what was written stays as it is.
        self._loop.run_in_executor(self._executor, self._sink.abandon)
