"""The user's side of a stream that the broker itself uses: an end of a relay without a connection."""

import asyncio
from collections import deque

from tunnel.ends import End, EndOwner, ReadBuffer
from tunnel.frames import HEADER_BYTES

MAX_HEARD_BYTES = 256 * 1024


class InnerEnd(End):
    """Speaks with ``say`` and ``hear``. What is not heard in time stops the device's side, as with any other end."""

    def __init__(self, buffer: ReadBuffer) -> None:
        super().__init__(buffer)
        self.fault = ""
        self._heard: deque[bytes] = deque()
        self._heard_bytes = 0
        self._news = asyncio.Event()
        self._has_finished = False

    def say(self, data: bytes) -> None:
        """Send to the device."""
        owner = self._owner
        if owner is not None and not self._over:
            view = memoryview(bytearray(HEADER_BYTES) + data)
            owner.on_data(self, view, HEADER_BYTES, len(view))

    async def hear(self) -> bytes:
        """Return what came from the device; empty when no more will come, and ``fault`` may say why."""
        while not self._heard:
            if self._has_finished or self._over:
                return b""
            self._news.clear()
            await self._news.wait()
        data = self._heard.popleft()
        self._heard_bytes -= len(data)
        if self.blocked and self._heard_bytes < MAX_HEARD_BYTES:
            self._set_blocked(False)
        return data

    # From the relay.

    def send(self, view: memoryview, start: int, stop: int) -> None:
        """See ``End``."""
        self.send_bytes(bytes(view[start:stop]))

    def send_bytes(self, payload: bytes) -> None:
        """See ``End``."""
        if self._over:
            return
        self._heard.append(payload)
        self._heard_bytes += len(payload)
        self._news.set()
        if not self.blocked and self._heard_bytes >= MAX_HEARD_BYTES:
            self._set_blocked(True)

    def finish(self) -> None:
        """See ``End``."""
        self._has_finished = True
        self._news.set()

    def conclude(self) -> None:
        """See ``End``."""
        self._leave("")

    def cut(self, code: str, reason: str, *, strict: bool, last_words: bytes = b"") -> None:  # noqa: ARG002
        """See ``End``."""
        self._leave(reason or code)

    def _leave(self, fault: str) -> None:
        self._over, self.fault = True, fault
        self._gone.set()
        self._news.set()

    def _received(self, owner: EndOwner, view: memoryview, start: int, stop: int) -> None:
        """Nothing comes from a transport."""
