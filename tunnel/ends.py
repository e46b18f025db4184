"""The two kinds of connection that a relay joins: one that speaks frames over TLS, and one of bare bytes."""

import asyncio
import contextlib
import socket
from typing import Protocol, cast

from tunnel.frames import (
    HEADER_BYTES,
    MAX_DATA_BYTES,
    CutFrame,
    Data,
    Deframer,
    Eof,
    Fault,
    Frame,
    Notice,
    data_header,
    frame_cut,
    frame_eof,
    frame_notice,
)

WRITE_HIGH_WATER_BYTES = 256 * 1024
LINGER_SECONDS = 2.0


class ReadBuffer:
    """The memory that all ends of one event loop read into; make one per process and hand it to every end.

    Reading is synchronous within a callback, so that one buffer serves thousands of idle streams. Before every byte
    that can be read lies room for a frame header, so that a payload becomes a frame where it lies.
    """

    def __init__(self, size: int = MAX_DATA_BYTES) -> None:
        self.view = memoryview(bytearray(HEADER_BYTES + size))
        self.room = self.view[HEADER_BYTES:]


class EndOwner(Protocol):
    """What an end tells its relay."""

    def on_data(self, end: "End", view: memoryview, start: int, stop: int) -> None:
        """Payload arrived: ``view[start:stop]``, valid during the call; the four bytes before it may be overwritten."""
        ...

    def on_eof(self, end: "End") -> None:
        """The peer sends no more payload."""
        ...

    def on_notice(self, notice: Notice) -> None:
        """The peer has something to say to people."""
        ...

    def on_cut(self, end: "End", cut: CutFrame) -> None:
        """The peer ended the stream."""
        ...

    def on_fault(self, end: "End", fault: Fault) -> None:
        """The peer broke the framing."""
        ...

    def on_unsendable(self, end: "End", fault: Fault) -> None:
        """What the other side said cannot be sent to this end."""
        ...

    def on_lost(self, end: "End", error: BaseException | None) -> None:
        """The connection is gone."""
        ...

    def on_pressure(self) -> None:
        """The end's ``blocked`` changed."""
        ...


class End(asyncio.BufferedProtocol):
    """One connection of a relay. Give it to a transport at once; what arrives before the relay starts is held back."""

    def __init__(self, buffer: ReadBuffer) -> None:
        self._buffer = buffer
        self._view = buffer.view
        self._owner: EndOwner | None = None
        self._transport: asyncio.Transport | None = None
        self._held = b""
        self._over = False
        self._reading = True
        self._gone = asyncio.Event()
        self._linger: asyncio.TimerHandle | None = None
        self.blocked = False

    @property
    def lost(self) -> bool:
        """Whether the connection is gone (the relay may not have started yet)."""
        return self._gone.is_set()

    @property
    def says_goodbye(self) -> bool:
        """Whether a regular end of this connection is announced by a CUT frame."""
        return False

    async def wait_lost(self) -> None:
        """Return when the connection is gone."""
        await self._gone.wait()

    def discard(self) -> None:
        """Close a connection that never got a relay."""
        self._over = True
        self.close()

    # From the transport.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read; small writes leave at once (TCP_NODELAY)."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(WRITE_HIGH_WATER_BYTES)
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def preload(self, data: bytes) -> None:
        """Take payload that came together with the handshake, before the transport was ours."""
        self._held += data

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - the interface of asyncio
        """Offer the shared buffer."""
        return self._buffer.room

    def buffer_updated(self, nbytes: int) -> None:
        """Pass on what was read, hold it back if there is no relay yet, drop it if the stream is over."""
        if self._over:
            return
        if self._owner is None:
            self._held += self._buffer.room[:nbytes]
            self.set_reading(False)
            return
        self._received(self._owner, self._view, HEADER_BYTES, HEADER_BYTES + nbytes)

    def pause_writing(self) -> None:
        """Stop the other side: this one does not keep up."""
        self._set_blocked(True)

    def resume_writing(self) -> None:
        """Let the other side go on."""
        self._set_blocked(False)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Tell the relay; nothing comes after this."""
        self._gone.set()
        self._transport = None
        if self._linger is not None:
            self._linger.cancel()
        if self._owner is not None:
            self._owner.on_lost(self, exc)

    # From the relay.

    def bind(self, owner: EndOwner) -> None:
        """Begin to pass events to ``owner``; ``release`` then delivers what was held."""
        self._owner = owner

    def release(self, owner: EndOwner) -> None:
        """Deliver what arrived before the relay was there."""
        held, self._held = self._held, b""
        while held and not self._over:
            piece, held = held[:MAX_DATA_BYTES], held[MAX_DATA_BYTES:]
            view = memoryview(bytearray(HEADER_BYTES) + piece)
            self._received(owner, view, HEADER_BYTES, len(view))

    def set_reading(self, reading: bool) -> None:
        """Read, or let the peer's bytes wait in the network."""
        if reading is self._reading or self._transport is None:
            return
        self._reading = reading
        if reading:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def send(self, view: memoryview, start: int, stop: int) -> None:
        """Send ``view[start:stop]`` as payload; may overwrite the four bytes before it, keeps no reference."""
        raise NotImplementedError

    def send_bytes(self, payload: bytes) -> None:
        """Send payload of any length."""
        raise NotImplementedError

    def finish(self) -> None:
        """Say that no more payload comes (half-close)."""
        raise NotImplementedError

    def conclude(self) -> None:
        """Both directions have ended regularly: let the peer take what is still on its way, then close."""
        raise NotImplementedError

    def cut(self, code: str, reason: str, *, strict: bool, last_words: bytes = b"") -> None:
        """Take and pass nothing more, tell the peer if it can be told, and close within ``LINGER_SECONDS``.

        ``strict``: what waits in our own buffers must not reach the peer either, even if it then does not learn why.
        ``last_words`` is payload that the peer gets before the end, unless something waits before it.
        """
        raise NotImplementedError

    def notify(self, notice: Notice) -> None:
        """Tell the peer, if it speaks frames."""

    def close(self) -> None:
        """Close cleanly; a peer that does not take part is aborted after ``LINGER_SECONDS``."""
        if self._transport is not None:
            self._transport.close()
            self._abort_later()

    def abort(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _received(self, owner: EndOwner, view: memoryview, start: int, stop: int) -> None:
        raise NotImplementedError

    def _write(self, data: bytes | memoryview) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _set_blocked(self, blocked: bool) -> None:
        self.blocked = blocked
        if self._owner is not None:
            self._owner.on_pressure()

    def _abort_later(self) -> None:
        if self._linger is None and self._transport is not None:
            self._linger = asyncio.get_running_loop().call_later(LINGER_SECONDS, self.abort)


class FramedEnd(End):
    """A tunnel leg: TLS, frames in both directions."""

    def __init__(self, buffer: ReadBuffer) -> None:
        super().__init__(buffer)
        self._deframer = Deframer()
        self._copies = True

    @property
    def says_goodbye(self) -> bool:
        """See ``End``."""
        return True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See ``End``. TLS encrypts within ``write`` and keeps no reference, so that nothing needs to be copied."""
        super().connection_made(transport)
        self._copies = transport.get_extra_info("ssl_object") is None

    def send(self, view: memoryview, start: int, stop: int) -> None:
        """Send one DATA frame, its header written in place: one piece, one TLS write."""
        begin = start - HEADER_BYTES
        view[begin:start] = (stop - start).to_bytes(HEADER_BYTES, "big")
        if self._transport is not None:
            self._transport.write(bytes(view[begin:stop]) if self._copies else view[begin:stop])

    def send_bytes(self, payload: bytes) -> None:
        """Send as many DATA frames as it takes."""
        for at in range(0, len(payload), MAX_DATA_BYTES):
            piece = payload[at : at + MAX_DATA_BYTES]
            self._write(data_header(len(piece)) + piece)

    def finish(self) -> None:
        """Send EOF; TLS itself cannot be half-closed."""
        self._write(frame_eof())

    def conclude(self) -> None:
        """Send ``CUT closed`` and wait for the peer's: to close TLS first would make a slow peer lose the rest."""
        self._write(frame_cut("closed"))

    def cut(self, code: str, reason: str, *, strict: bool, last_words: bytes = b"") -> None:
        """Send CUT and close; see ``End``."""
        self._over = True
        if self._transport is None:
            return
        if strict and self._transport.get_write_buffer_size() > 0:
            self.abort()
            return
        if last_words and self._transport.get_write_buffer_size() == 0:
            self.send_bytes(last_words)
        self._write(frame_cut(code, reason))
        self.close()

    def notify(self, notice: Notice) -> None:
        """Send a NOTICE frame."""
        self._write(frame_notice(notice))

    def _received(self, owner: EndOwner, view: memoryview, start: int, stop: int) -> None:
        if self._deframer.is_one_data_frame(view[start : start + HEADER_BYTES], stop - start):
            owner.on_data(self, view, start + HEADER_BYTES, stop)
            return
        for frame in self._deframer.receive(view[start:stop]):
            if self._over:
                return
            if isinstance(frame, Data):
                owner.on_data(self, view, start + frame.start, start + frame.stop)
            else:
                self._control(owner, frame)

    def _control(self, owner: EndOwner, frame: Frame) -> None:
        match frame:
            case Eof():
                owner.on_eof(self)
            case Notice():
                owner.on_notice(frame)
            case CutFrame():
                owner.on_cut(self, frame)
            case Fault():
                owner.on_fault(self, frame)


class PlainEnd(End):
    """A device or a local tool: bare TCP, half-close by FIN. No keepalive is ever sent to a device."""

    def __init__(self, buffer: ReadBuffer) -> None:
        super().__init__(buffer)
        self._peer_finished = False

    def eof_received(self) -> bool:
        """Pass the half-close on and keep our own direction open."""
        self._peer_finished = True
        if self._owner is not None and not self._over:
            self._owner.on_eof(self)
        return not self._over

    def set_reading(self, reading: bool) -> None:
        """See ``End``; after the peer's FIN there is nothing to read, and resuming would report it again."""
        if not self._peer_finished:
            super().set_reading(reading)

    def release(self, owner: EndOwner) -> None:
        """Deliver what was held, and the half-close after it."""
        super().release(owner)
        if self._peer_finished and not self._over:
            owner.on_eof(self)

    def send(self, view: memoryview, start: int, stop: int) -> None:
        """Send a copy: a plain transport may keep what the network does not take at once."""
        if self._transport is not None:
            self._transport.write(bytes(view[start:stop]))

    def send_bytes(self, payload: bytes) -> None:
        """Send as it is."""
        self._write(payload)

    def finish(self) -> None:
        """Send FIN after what is still buffered."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write_eof()

    def conclude(self) -> None:
        """Close after what is still buffered; how long that may take is the relay's idle time and deadline."""
        if self._transport is not None:
            self._transport.close()

    def cut(
        self,
        code: str,  # noqa: ARG002 - a plain peer cannot be told why
        reason: str,  # noqa: ARG002
        *,
        strict: bool,  # noqa: ARG002
        last_words: bytes = b"",
    ) -> None:
        """Send FIN now, ahead of anything in our buffers, and read until the peer's FIN: closing earlier means RST."""
        self._over = True
        if self._transport is None or self._transport.is_closing():
            self.abort()
            return
        waiting = self._transport.get_write_buffer_size()
        with contextlib.suppress(OSError), self._transport.get_extra_info("socket").dup() as connection:
            if last_words and not waiting:
                with contextlib.suppress(OSError):
                    connection.send(last_words)  # not through the transport, which may write later than the FIN
            connection.shutdown(socket.SHUT_WR)
        if self._peer_finished:
            self.abort()
            return
        self.set_reading(True)
        self._abort_later()

    def _received(self, owner: EndOwner, view: memoryview, start: int, stop: int) -> None:
        owner.on_data(self, view, start, stop)
