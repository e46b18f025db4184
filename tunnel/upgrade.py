"""The stream handshake: HTTP/1.1 Upgrade, after which frames travel (RFC 9110, 7.8; docs/wire-protocol.md, 4).

The server side takes a connection over from aiohttp; the client side is ``open_stream``.
"""

from collections.abc import Mapping

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter

from tunnel.dial import Endpoint, connect
from tunnel.ends import FramedEnd
from tunnel.errors import (
    EarlyBytesError,
    NotAnUpgradeError,
    PeerGoneError,
    UpgradeError,
    UpgradeFailedError,
    UpgradeRefusedError,
)
from tunnel.exchange import Exchange, explained
from tunnel.heads import Answer, build_request, read_problem
from tunnel.messages import STREAM_PROTOCOL
from tunnel.proxy import Proxy

__all__ = [
    "EarlyBytesError",
    "Endpoint",
    "NotAnUpgradeError",
    "PeerGoneError",
    "Proxy",
    "UpgradeError",
    "UpgradeFailedError",
    "UpgradeRefusedError",
    "accept_stream",
    "check_upgrade",
    "open_stream",
]

_SWITCHING = f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: {STREAM_PROTOCOL}\r\nConnection: Upgrade\r\n\r\n".encode()


async def open_stream(
    endpoint: Endpoint, path: str, headers: Mapping[str, str], end: FramedEnd, *, deadline_seconds: float = 15.0
) -> None:
    """Connect, ask for the upgrade, and hand the connection to ``end``.

    Raises ``UpgradeRefusedError`` (the broker, or the proxy with code ``proxy_*``, said no) or ``UpgradeFailedError``.
    """
    async with explained(endpoint.authority, deadline_seconds):
        transport, exchange = await connect(endpoint, Exchange)
        try:
            answer = await exchange.ask(_upgrade_request(endpoint, path, headers))
            _check_answer(answer)
        except BaseException:
            transport.abort()
            raise
    end.preload(answer.rest)
    transport.set_protocol(end)
    end.connection_made(transport)
    transport.resume_reading()


def _upgrade_request(endpoint: Endpoint, path: str, headers: Mapping[str, str]) -> bytes:
    fields = {"Host": endpoint.authority, "Connection": "Upgrade", "Upgrade": STREAM_PROTOCOL, **headers}
    return build_request("GET", path, fields)


def _check_answer(answer: Answer) -> None:
    if answer.status != 101:
        problem = read_problem(answer.body)
        code = problem["code"] or f"http_{answer.status}"
        raise UpgradeRefusedError(answer.status, code, problem["title"], problem["detail"])
    if answer.fields.get("upgrade", "").lower() != STREAM_PROTOCOL or not answer.has_token("connection", "upgrade"):
        raise UpgradeFailedError("malformed", "the server switched to another protocol than was asked for")


def check_upgrade(request: web.Request) -> None:
    """Raise ``NotAnUpgradeError`` unless the request asks for our protocol; call it before any work is done for it."""
    wanted = request.headers.get("Upgrade", "").lower() == STREAM_PROTOCOL
    tokens = {token.strip().lower() for token in request.headers.get("Connection", "").split(",")}
    if request.method != "GET" or request.version != HttpVersion11 or not wanted or "upgrade" not in tokens:
        raise NotAnUpgradeError(f"this address speaks {STREAM_PROTOCOL} only")
    if request.body_exists:
        raise NotAnUpgradeError("a request for a stream has no body")


def accept_stream(request: web.Request, end: FramedEnd) -> web.StreamResponse:
    """Answer ``101`` and give the connection to ``end``; the handler must return the result at once.

    aiohttp then forgets the connection: from here on whoever holds ``end`` owns it, also at shutdown.
    Raises ``NotAnUpgradeError``, ``EarlyBytesError`` or ``PeerGoneError`` before anything is written.
    """
    check_upgrade(request)
    handler, transport = request.protocol, request.transport
    if transport is None or transport.is_closing():
        raise PeerGoneError("the peer left before its stream was ready")
    if handler._messages or handler._message_tail:  # noqa: SLF001 - aiohttp has no public word for what it read ahead
        raise EarlyBytesError("bytes came before the stream was open")
    transport.set_protocol(end)
    handler.transport = None  # or aiohttp would close it when it is told that the connection is gone
    handler.connection_lost(None)
    end.connection_made(transport)
    transport.write(_SWITCHING)
    transport.resume_reading()
    return _Taken(status=101)


class _Taken(web.StreamResponse):
    """What aiohttp is told: the answer has been given, and nothing more is to be written."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:  # noqa: ARG002
        return None

    async def write_eof(self, data: bytes = b"") -> None:  # noqa: ARG002
        return None
