"""The stream handshake: HTTP/1.1 Upgrade, after which a connection carries frames (RFC 9110, 7.8; docs/wire-protocol.md, 4).

The server side takes a connection over from aiohttp; the client side is ``open_stream``.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from tunnel.ends import FramedEnd


class UpgradeError(Exception):
    """The connection did not become a stream."""


class UpgradeRefusedError(UpgradeError):
    """The peer answered, and said no: an HTTP status and what its problem document (RFC 9457) said."""

    def __init__(self, status: int, code: str, title: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail or title}")
        self.status, self.code, self.title, self.detail = status, code, title, detail


class UpgradeFailedError(UpgradeError):
    """No understandable answer: unreachable, TLS failure, time-out, or not HTTP. ``code`` says which."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


class NotAnUpgradeError(UpgradeError):
    """Server side: the request does not ask for our protocol, or has a body (answer 426)."""


class EarlyBytesError(UpgradeError):
    """Server side: bytes came before the ``101`` (answer 400)."""


class PeerGoneError(UpgradeError):
    """Server side: the peer left while it was being authorised."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP CONNECT proxy; Basic authentication only."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the broker listens and how it is to be trusted. ``server_name`` is checked in its certificate."""

    host: str
    port: int
    tls: ssl.SSLContext
    server_name: str | None = None
    proxy: Proxy | None = None


async def open_stream(
    endpoint: Endpoint, path: str, headers: Mapping[str, str], end: FramedEnd, *, deadline_seconds: float = 15.0
) -> None:
    """Connect, ask for the upgrade, and hand the connection to ``end``.

    Raises ``UpgradeRefusedError`` (the broker, or the proxy with code ``proxy_*``, said no) or ``UpgradeFailedError``.
    """
    raise NotImplementedError


def check_upgrade(request: web.Request) -> None:
    """Raise ``NotAnUpgradeError`` unless the request asks for our protocol; call it before any work is done for it."""
    raise NotImplementedError


def accept_stream(request: web.Request, end: FramedEnd) -> web.StreamResponse:
    """Answer ``101`` and give the connection to ``end``; the handler must return the result at once.

    aiohttp then forgets the connection: from here on whoever holds ``end`` owns it, also at shutdown.
    Raises ``NotAnUpgradeError``, ``EarlyBytesError`` or ``PeerGoneError`` before anything is written.
    """
    raise NotImplementedError
