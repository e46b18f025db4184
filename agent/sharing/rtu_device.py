"""Speaks Modbus RTU on a serial line: one frame out, one frame back, silence between (V1.02, 2.4 and 2.5)."""

import asyncio
from collections.abc import Callable

import structlog

from agent.lines import SerialLine
from agent.refusals import Refusal
from agent.sharing.device import Counts, silent
from agent.sharing.port import SerialPort, open_port
from guards.modbus.framing import LENGTH_ENDS_AT, ExceptionCode, exception_response
from guards.modbus.rtu import BROADCAST, MAX_FRAME_BYTES, FrameFault, adu_of, answer_bytes, frame_of, is_stray

LEAST_GAP_SECONDS = 0.05
"""How long a frame may pause before it counts as ended: USB adapters hand bytes on in lumps of 16 ms and more."""

_COUNTED = {FrameFault.CRC: "crc_errors", FrameFault.SHORT: "short_frames", FrameFault.STRAY: "strays"}


class RtuDevice:
    """All that answers on one line."""

    def __init__(self, line: SerialLine, port: SerialPort) -> None:
        """Speak on an open port."""
        self.counts = Counts()
        self._line = line
        self._port = port
        self._time = asyncio.get_running_loop().time
        self._gap = max(line.silence_seconds, LEAST_GAP_SECONDS)
        self._unanswered: dict[bytes, float] = {}
        self._log = structlog.get_logger("line").bind(line=line.device)

    def when_lost(self, told: Callable[[str], None]) -> None:
        """See ``Device``."""
        self._port.when_lost(told)

    async def ask(self, adu: bytes, deadline_monotonic: float) -> bytes | None:
        """See ``Device``; the line's own response time-out counts too, from when the request has left."""
        frame = frame_of(adu)
        if frame is None:
            return exception_response(adu, ExceptionCode.ILLEGAL_DATA_VALUE)
        self.counts.requests += 1
        await self._let_the_late_come(adu, deadline_monotonic)
        if not await self._quiet(deadline_monotonic):
            self.counts.silent += 1
            return silent(adu)
        self._port.discard()
        await self._port.write(frame, deadline_monotonic)
        if adu[LENGTH_ENDS_AT] == BROADCAST:
            self.counts.broadcasts += 1
            await asyncio.sleep(self._line.turnaround_seconds)
            return None
        return await self._answer(adu, min(deadline_monotonic, self._time() + self._line.response_timeout_seconds))

    async def close(self) -> None:
        """See ``Device``."""
        self._port.close()

    async def _let_the_late_come(self, adu: bytes, deadline: float) -> None:
        """Wait for an answer that is overdue and could not be told from the one to this request, for as long again.

        It may be another stream's. The same unit and function is all that an answer has in common with its request.
        """
        until = min(self._unanswered.pop(_named(adu), 0.0), deadline)
        if until > self._time() and not self._port.received:
            await self._port.wait(until - self._time())

    async def _quiet(self, deadline: float) -> bool:
        """Wait until the line has been silent for long enough; ``False`` if somebody babbles until the deadline."""
        while (left := self._port.last_activity_monotonic + self._line.silence_seconds - self._time()) > 0:
            if self._time() >= deadline:
                return False
            await self._port.wait(left)
        return True

    async def _answer(self, adu: bytes, deadline: float) -> bytes:
        received = self._port.received
        while received or await self._port.wait(deadline - self._time()):
            size = await self._whole(adu)
            answer = adu_of(bytes(received[:size]), adu)
            self._port.discard()
            if isinstance(answer, bytes):
                return answer
            self._note(adu, answer)
            if answer is not FrameFault.STRAY or self._time() >= deadline:
                return silent(adu)
        self.counts.silent += 1
        now = self._time()
        self._unanswered = {name: until for name, until in self._unanswered.items() if until > now}
        self._unanswered[_named(adu)] = now + self._line.response_timeout_seconds
        return silent(adu)

    async def _whole(self, adu: bytes) -> int:
        """Wait until a frame is whole or the line falls silent; return how many bytes of what came are the frame."""
        received = self._port.received
        while True:
            size = None if is_stray(bytes(received[:2]), adu) else answer_bytes(bytes(received[:4]), adu)
            if size is not None and len(received) >= size:
                return size
            if len(received) >= MAX_FRAME_BYTES or not await self._port.wait(self._gap):
                return len(received) if size is None else 0

    def _note(self, adu: bytes, fault: FrameFault) -> None:
        name = _COUNTED[fault]
        setattr(self.counts, name, getattr(self.counts, name) + 1)
        self._log.warning("frame_fault", unit=adu[LENGTH_ENDS_AT], fault=str(fault))


def _named(adu: bytes) -> bytes:
    """Return unit and function."""
    return adu[LENGTH_ENDS_AT : LENGTH_ENDS_AT + 2]


async def open_line(line: SerialLine, *, deadline_seconds: float) -> RtuDevice | Refusal:
    """Open a line, or say why not."""
    port = await open_port(line, deadline_seconds=deadline_seconds)
    return port if isinstance(port, Refusal) else RtuDevice(line, port)
