"""A stream's place at a shared device: what the relay takes for the device's connection."""

import asyncio
from collections import deque

from agent.sharing.desk import Desk
from guards.modbus.framing import AduSplitter
from tunnel.ends import LINGER_SECONDS, End, EndOwner, ReadBuffer
from tunnel.frames import HEADER_BYTES


class SharedEnd(End):
    """An end without a transport: requests go to the desk as whole ADUs, answers come from it."""

    def __init__(self, buffer: ReadBuffer, desk: Desk, timeout_seconds: float) -> None:
        """Take a place at ``desk``."""
        super().__init__(buffer)
        self._desk = desk
        self._loop = asyncio.get_running_loop()
        self._splitter = AduSplitter()
        self._unread: deque[bytes] = deque()
        self._is_finished = False
        desk.join(self, timeout_seconds)

    # From the desk.

    def take(self, answer: bytes | None) -> None:
        """Pass an answer on, or keep it while nothing may be read; at most as many wait as were asked."""
        if answer is not None and not self._over:
            self._unread.append(answer)
        self._deliver()

    def device_lost(self, why: str) -> None:
        """Tell the relay that the device is gone."""
        self._loop.call_soon(self._end, ConnectionError(why))

    def left(self) -> None:
        """Tell the relay that the place is given up."""
        self._end(None)

    # From the relay.

    def release(self, owner: EndOwner) -> None:  # noqa: ARG002 - the owner is bound
        """See ``End``."""
        self._deliver()

    def set_reading(self, reading: bool) -> None:
        """See ``End``."""
        self._reading = reading
        if reading and self._unread:
            self._loop.call_soon(self._deliver)

    def send(self, view: memoryview, start: int, stop: int) -> None:
        """See ``End``."""
        self.send_bytes(bytes(view[start:stop]))

    def send_bytes(self, payload: bytes) -> None:
        """Hand requests to the desk. The guard has cut them already: a fault is ours, and nothing more passes."""
        adus, fault = self._splitter.feed(payload)
        for adu in adus:
            self._desk.ask(self, adu)
        if fault is not None:
            self.device_lost(fault.reason)

    def finish(self) -> None:
        """See ``End``: the device's side ends too, when everything is answered."""
        self._is_finished = True
        self._loop.call_soon(self._say_finished)

    def conclude(self) -> None:
        """See ``End``."""
        self.close()

    def cut(self, code: str, reason: str, *, strict: bool, last_words: bytes = b"") -> None:  # noqa: ARG002
        """See ``End``: what waits is not sent."""
        self._over = True
        self._leave(last_words)

    def close(self) -> None:
        """See ``End``."""
        self._leave()

    def abort(self) -> None:
        """See ``End``."""
        self._end(None)

    def _deliver(self) -> None:
        owner = self._owner
        while owner is not None and self._reading and self._unread and not self._over:
            adu = self._unread.popleft()
            view = memoryview(bytearray(HEADER_BYTES) + adu)
            owner.on_data(self, view, HEADER_BYTES, len(view))
        self._say_finished()

    def _say_finished(self) -> None:
        if self._is_finished and not self._over and not self._unread and self._desk.is_idle(self):
            self._is_finished = False
            if self._owner is not None:
                self._owner.on_eof(self)

    def _leave(self, last_words: bytes = b"") -> None:
        self._desk.leave(self, last_words)
        if self._linger is None:
            self._linger = self._loop.call_later(LINGER_SECONDS, self._end, None)

    def _end(self, error: BaseException | None) -> None:
        if not self.lost:
            self.connection_lost(error)
            self._desk.leave(self)
