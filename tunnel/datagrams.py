"""The end of a relay that speaks UDP: a device on site, or a local tool. Its stream holds framed datagrams.

UDP may lose what it likes, and so may this end: it keeps no queue. What comes while the relay does not read, faster
than the rate, larger than a datagram may be, or empty, is dropped (the newest first) and counted.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from guards.datagrams import HEAD_BYTES, MAX_DATAGRAM_BYTES, framed, measure
from guards.rate import RateLimit
from guards.splitting import Splitter
from tunnel.ends import WRITE_HIGH_WATER_BYTES, End, EndOwner, ReadBuffer
from tunnel.frames import HEADER_BYTES, Fault

DATAGRAMS_PER_SECOND = 1000.0
MAX_HELD_DATAGRAMS = 16


class DatagramEnd(End, asyncio.DatagramProtocol):
    """One UDP conversation with one peer. Give it to a datagram transport that sends to this peer alone.

    UDP has neither an end nor a half-close: told that the other side says no more, it ends its own side too.
    """

    def __init__(
        self,
        buffer: ReadBuffer,
        *,
        per_second: float = DATAGRAMS_PER_SECOND,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        """Carry at most ``per_second`` datagrams in each direction; ``monotonic`` is the loop's clock if not given."""
        super().__init__(buffer)
        self._datagrams = Splitter(measure)
        self._to_peer, self._from_peer = RateLimit(per_second), RateLimit(per_second)
        self._time = monotonic or asyncio.get_running_loop().time
        self._waiting: list[bytes] = []
        self.dropped = 0
        self.unreachable = 0
        """How often the network said that the peer does not take it (ICMP)."""

    # From the transport.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready to send."""
        self._transport = cast("asyncio.Transport", transport)
        set_limits = getattr(transport, "set_write_buffer_limits", None)
        if set_limits is not None:
            set_limits(WRITE_HIGH_WATER_BYTES)

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - there is one peer only
        """Pass one datagram on, hold it back if there is no relay yet, or drop it."""
        if self._over:
            return
        if not self._may_pass(data):
            self.dropped += 1
        elif self._owner is None:
            self._waiting.append(bytes(data))
        else:
            self._deliver(self._owner, data)

    def error_received(self, exc: Exception) -> None:  # noqa: ARG002 - the interface of asyncio
        """Count it: a device that restarts is unreachable for a while, and the tool asks again by itself."""
        self.unreachable += 1

    # From the relay.

    def release(self, owner: EndOwner) -> None:
        """Deliver what arrived before the relay was there."""
        waiting, self._waiting = self._waiting, []
        for datagram in waiting:
            if not self._over:
                self._deliver(owner, datagram)

    def set_reading(self, reading: bool) -> None:
        """Take datagrams, or drop them: they do not wait in the network as bytes of TCP do."""
        self._reading = reading

    def send(self, view: memoryview, start: int, stop: int) -> None:
        """Send the datagrams that these bytes complete."""
        self.send_bytes(bytes(view[start:stop]))

    def send_bytes(self, payload: bytes) -> None:
        """Send the datagrams that these bytes complete; bytes that hold none end the stream."""
        if self._over:
            return
        frames, fault = self._datagrams.feed(payload)
        for frame in frames:
            self._send_one(frame[HEAD_BYTES:])
        if fault is not None and self._owner is not None:
            self._owner.on_unsendable(self, Fault(fault.code, fault.reason))

    def finish(self) -> None:
        """End our side as well: there is no other way in which a peer could learn that no more comes."""
        asyncio.get_running_loop().call_soon(self._finished)

    def conclude(self) -> None:
        """Close."""
        self.close()

    def cut(
        self,
        code: str,  # noqa: ARG002 - a peer that speaks UDP cannot be told why
        reason: str,  # noqa: ARG002
        *,
        strict: bool,  # noqa: ARG002 - nothing waits here
        last_words: bytes = b"",
    ) -> None:
        """Take and pass nothing more but the last words, and close."""
        if last_words:
            self.send_bytes(last_words)
        self._over = True
        self._waiting.clear()
        self.close()

    def _may_pass(self, data: bytes) -> bool:
        if not 0 < len(data) <= MAX_DATAGRAM_BYTES or not self._from_peer.take(self._time()):
            return False
        return len(self._waiting) < MAX_HELD_DATAGRAMS if self._owner is None else self._reading

    def _deliver(self, owner: EndOwner, datagram: bytes) -> None:
        view = memoryview(bytearray(HEADER_BYTES) + framed(datagram))
        owner.on_data(self, view, HEADER_BYTES, len(view))

    def _send_one(self, datagram: bytes) -> None:
        transport = cast("asyncio.DatagramTransport | None", self._transport)
        if transport is None or transport.is_closing():
            return
        if not datagram or not self._to_peer.take(self._time()):  # asyncio of Python 3.11 sends no empty ones
            self.dropped += 1
            return
        transport.sendto(datagram)

    def _finished(self) -> None:
        if self._owner is not None and not self._over:
            self._owner.on_eof(self)
