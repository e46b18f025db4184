"""The local UDP port: what one tool sends to it becomes one stream of the session.

A datagram says nothing about a connection: the tool is who speaks first; others are ignored, and the user is told.
Nobody says good-bye either: a tool that has been silent for a while gives way to the next that speaks, and a stream
that has been silent for long ends. The next datagram then opens another.
"""

import asyncio
import socket
from typing import Any, NamedTuple, cast

from client.connecting.door import Authorize, LocalDoor, Reporter
from tunnel.datagrams import DatagramEnd
from tunnel.upgrade import Endpoint

Address = tuple[str, int]


class Patience(NamedTuple):
    """How long, in seconds: a silent tool keeps its place against another (``keep``), a stream may be silent
    (``idle``), and after a stream's end no new one is opened (``again``), so that a refusal is no storm of attempts.
    """

    keep: float = 10.0
    idle: float = 300.0
    again: float = 1.0


class DatagramDoor(LocalDoor, asyncio.DatagramProtocol):
    """Listens on loopback for datagrams and relays those of one tool; use ``open`` and ``close``."""

    def __init__(
        self,
        endpoint: Endpoint,
        session: str,
        authorize: Authorize,
        reporter: Reporter,
        patience: Patience = Patience(),  # noqa: B008 - a tuple of numbers
    ) -> None:
        super().__init__(endpoint, session, authorize, reporter)
        self.idle_seconds = patience.idle
        self._patience = patience
        self._time = asyncio.get_running_loop().time
        self._tool: _ToSender | None = None
        self._closed_at = -patience.again
        self._told: Address | None = None

    async def open(self, listening: socket.socket) -> None:
        """Begin to listen."""
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=listening)
        self._server = transport

    def datagram_received(self, data: bytes, addr: "Address | Any") -> None:
        """Give a datagram to the stream of the tool that it comes from."""
        now = self._time()
        tool = self._tool
        if tool is not None and tool.address != addr and now - tool.heard_at >= self._patience.keep:
            tool.close()
            self._tool = tool = None
        elif tool is None and now - self._closed_at < self._patience.again:
            return
        if tool is None:
            tool = self._welcome(addr)
        if tool.address == addr:
            tool.heard_at = now
            tool.end.datagram_received(data, addr)
        elif self._told != addr:
            self._told = addr
            self._reporter.refused("port_taken", f"{_named(addr)} is ignored: {_named(tool.address)} uses the port")

    def _welcome(self, address: Address) -> "_ToSender":
        end = DatagramEnd(self._buffer)
        tool = self._tool = _ToSender(self, address, end)
        end.connection_made(tool)
        self._accept(end)
        return tool

    def send(self, data: bytes, address: Address) -> None:
        """Send to a tool."""
        transport = cast("asyncio.DatagramTransport | None", self._server)
        if transport is not None and not transport.is_closing():
            transport.sendto(data, address)

    def left(self, tool: "_ToSender") -> None:
        """Forget a tool whose stream has ended, and say what it did not get or was not sent."""
        if tool is self._tool:
            self._tool = None
            self._closed_at = self._time()
        if tool.end.dropped:
            text = f"{tool.end.dropped} datagrams were dropped: too many at once, or too large"
            self._reporter.refused("datagrams_dropped", text)


class _ToSender(asyncio.DatagramTransport):
    """The transport of one tool's end: the door's socket, and the tool's address."""

    def __init__(self, door: DatagramDoor, address: Address, end: DatagramEnd) -> None:
        super().__init__()
        self._door = door
        self.address = address
        self.end = end
        self.heard_at = 0.0
        self._is_closing = False

    def sendto(self, data: Any, addr: Any = None) -> None:  # noqa: ARG002 - always the tool's own
        """Send to the tool."""
        self._door.send(data, self.address)

    def is_closing(self) -> bool:
        """Whether ``close`` was called."""
        return self._is_closing

    def close(self) -> None:
        """Give the place free; the end learns it as from any transport, once the present call is over."""
        if not self._is_closing:
            self._is_closing = True
            self._door.left(self)
            asyncio.get_running_loop().call_soon(self.end.connection_lost, None)

    def abort(self) -> None:
        """Close; nothing ever waits here."""
        self.close()


def _named(address: Address) -> str:
    return f"{address[0]}:{address[1]}"
