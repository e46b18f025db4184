"""The ports of the API: what a stranger may cost before saying who they are is bounded here (promise 10)."""

import asyncio
import secrets
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from broker.http.errors import BadRequestError, problem

log = structlog.get_logger("broker.listener")
SERVER = "Wicketgate"
"""What every answer says in ``Server``: no versions for those who look for known holes."""


@dataclass(frozen=True, slots=True)
class ListenerLimits:
    """Limits before login: seconds for the TLS handshake and for the first request's head, bytes, connections."""

    handshake_seconds: float = 10.0
    head_seconds: float = 10.0
    max_head_line_bytes: int = 8190
    max_head_field_bytes: int = 16 * 1024
    max_connections: int = 20_000
    max_connections_per_address: int = 256
    keepalive_seconds: float = 75.0
    backlog: int = 1024


def bind(host: str, port: int) -> socket.socket:
    """Return a bound TCP socket (``port`` 0 lets the system choose); raise ``OSError`` if the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


class ConnectionCount:
    """Open connections, in all and per address."""

    def __init__(self, limits: ListenerLimits) -> None:
        self._limits = limits
        self._per_address: Counter[str] = Counter()
        self.total = 0
        self.refused = 0

    def admit(self, address: str) -> bool:
        """Count a connection in, or refuse it."""
        full = self.total >= self._limits.max_connections
        if full or self._per_address[address] >= self._limits.max_connections_per_address:
            self.refused += 1
            return False
        self.total += 1
        self._per_address[address] += 1
        return True

    def release(self, address: str) -> None:
        """Count an admitted connection out."""
        self.total -= 1
        self._per_address[address] -= 1
        if not self._per_address[address]:
            del self._per_address[address]


class _BoundedHandler(RequestHandler):
    """aiohttp's connection handler, counted, and closed when no request's head arrives in time."""

    __slots__ = ("_address", "_count", "_head_timer", "_limits")

    def __init__(
        self,
        manager: web.Server,
        loop: asyncio.AbstractEventLoop,
        limits: ListenerLimits,
        count: ConnectionCount,
    ) -> None:
        super().__init__(
            manager,
            loop=loop,
            keepalive_timeout=limits.keepalive_seconds,
            max_line_size=limits.max_head_line_bytes,
            max_field_size=limits.max_head_field_bytes,
            access_log=None,  # type: ignore[arg-type] # aiohttp takes None for "no access log"
        )
        self._limits = limits
        self._count = count
        self._address: str | None = None
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if peer else "local"
        super().connection_made(transport)
        if not self._count.admit(address):
            assert isinstance(transport, asyncio.Transport)
            transport.abort()
            return
        self._address = address
        loop = asyncio.get_running_loop()
        self._head_timer = loop.call_later(self._limits.head_seconds, self._head_overdue)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_timer is not None and (self._messages or self._current_request is not None):
            self._head_timer.cancel()
            self._head_timer = None

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        self.release_address()
        super().connection_lost(exc)

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Answer what cannot be read as HTTP with a problem that repeats nothing of it.

        aiohttp's own answer and log line quote what came (it may be a token), with a trace of ours for every such line.
        """
        if not isinstance(exc, HttpProcessingError):
            return super().handle_error(request, status, exc, message)
        request_id = "req_" + secrets.token_hex(12)
        log.debug("request_unreadable", request_id=request_id, address=self._address, kind=type(exc).__name__)
        answer = problem(BadRequestError("This cannot be read as HTTP, or its head is too large."), request_id)
        answer.headers.update({"X-Request-Id": request_id, "Server": SERVER})
        answer.force_close()
        return answer

    def release_address(self) -> None:
        """Count the connection out once, also when its transport was taken over by a stream."""
        if self._address is not None:
            self._count.release(self._address)
            self._address = None

    def _head_overdue(self) -> None:
        self._head_timer = None
        if self.transport is not None and self._current_request is None:
            self.transport.abort()


async def _name_no_versions(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = SERVER


class Listener:
    """Serves an application on one TLS port; without ``tls`` on plain HTTP, which is for loopback alone."""

    def __init__(self, app: web.Application, tls: ssl.SSLContext | None, limits: ListenerLimits) -> None:
        app.on_response_prepare.append(_name_no_versions)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        self._tls = tls
        self._limits = limits
        self.connections = ConnectionCount(limits)
        self._servers: list[asyncio.Server] = []

    async def start(self, *listening: socket.socket) -> None:
        """Serve what comes in on bound sockets."""
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        for bound in listening:
            server = await loop.create_server(
                self._handler_factory(loop),
                sock=bound,
                ssl=self._tls,
                ssl_handshake_timeout=self._limits.handshake_seconds if self._tls else None,
                ssl_shutdown_timeout=2.0 if self._tls else None,
                backlog=self._limits.backlog,
            )
            self._servers.append(server)

    def _handler_factory(self, loop: asyncio.AbstractEventLoop) -> Callable[[], asyncio.Protocol]:
        server = self._runner.server
        assert server is not None
        return lambda: _BoundedHandler(server, loop, self._limits, self.connections)

    def stop_accepting(self) -> None:
        """Refuse new connections; those that are open go on."""
        for server in self._servers:
            server.close()

    async def stop(self) -> None:
        """Close the port and every connection."""
        self.stop_accepting()
        await self._runner.cleanup()
