"""The server's side of the stream handshake: a connection is taken over from aiohttp (docs/wire-protocol.md, 4)."""

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter

from tunnel.ends import FramedEnd
from tunnel.errors import EarlyBytesError, NotAnUpgradeError, PeerGoneError
from tunnel.messages import STREAM_PROTOCOL

_SWITCHING = f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: {STREAM_PROTOCOL}\r\nConnection: Upgrade\r\n\r\n".encode()


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
