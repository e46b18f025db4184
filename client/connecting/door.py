"""The local port: each connection that a tool makes to it becomes one stream of the session.

Where the protocol is one of datagrams, see ``client.connecting.datagrams``.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from client.config import Profile, ProxyAddress
from client.connecting.plan import HOST
from client.errors import ClientError
from client.exit_codes import Exit
from tunnel.ends import End, FramedEnd, PlainEnd, ReadBuffer
from tunnel.frames import Notice
from tunnel.messages import USER_STREAM_PATH
from tunnel.relay import Relay, RelayEnd
from tunnel.tasks import Supervisor
from tunnel.upgrade import Endpoint, Proxy, UpgradeFailedError, UpgradeRefusedError, open_stream

OPEN_SECONDS = 60.0
CLOSE_SECONDS = 5.0
MAX_STREAMS = 256

Authorize = Callable[[], Awaitable[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Reporter:
    """Where the door tells what happens: ``refused(code, text)``, ``ended(code, text)``, ``notice(text)``."""

    refused: Callable[[str, str], None]
    ended: Callable[[str, str], None]
    notice: Callable[[Notice], None]


class LocalEnd(PlainEnd):
    """A tool's connection, announced as soon as it is there."""

    def __init__(self, buffer: ReadBuffer, on_made: Callable[["LocalEnd"], None]) -> None:
        super().__init__(buffer)
        self._on_made = on_made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See ``End``."""
        super().connection_made(transport)
        self._on_made(self)


class LocalDoor:
    """Listens on loopback and relays; use ``open`` and ``close``."""

    idle_seconds: float | None = None
    """How long a stream may be silent: a tool's TCP connection ends by itself."""

    def __init__(self, endpoint: Endpoint, session: str, authorize: Authorize, reporter: Reporter) -> None:
        self._endpoint = endpoint
        self._path = USER_STREAM_PATH.format(session=session)
        self._authorize = authorize
        self._reporter = reporter
        self._buffer = ReadBuffer()
        self._tasks = Supervisor(lambda _name, error: reporter.refused("internal", repr(error)))
        self._relays: set[Relay] = set()
        self._opening = 0
        self._carried = (0, 0)
        self._server: asyncio.Server | asyncio.DatagramTransport | None = None

    @property
    def streams(self) -> int:
        """How many streams flow."""
        return len(self._relays)

    @property
    def carried(self) -> tuple[int, int]:
        """Payload so far, to the asset and to the user."""
        to_asset = self._carried[0] + sum(relay.bytes_to_asset for relay in self._relays)
        return to_asset, self._carried[1] + sum(relay.bytes_to_user for relay in self._relays)

    async def open(self, listening: socket.socket) -> None:
        """Begin to accept."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: LocalEnd(self._buffer, self._accept), sock=listening)

    async def close(self, reason: str = "the session was ended here") -> None:
        """Accept nothing more and end all streams."""
        if self._server is not None:
            self._server.close()
        await self._tasks.close()
        relays = list(self._relays)
        for relay in relays:
            relay.cut("closed", reason)
        if relays:
            await asyncio.wait([asyncio.ensure_future(relay.wait_closed()) for relay in relays], timeout=CLOSE_SECONDS)

    def _accept(self, end: End) -> None:
        if self._opening + len(self._relays) >= MAX_STREAMS:
            self._reporter.refused("limit_reached", f"{MAX_STREAMS} connections are open already")
            end.discard()
            return
        self._opening += 1
        self._tasks.start("stream", lambda: self._serve(end))

    async def _serve(self, end: End) -> None:
        """Open a stream for a tool's connection and join both."""
        framed = FramedEnd(self._buffer)
        opened = False
        try:
            headers = await self._authorize()
            await open_stream(self._endpoint, self._path, headers, framed, deadline_seconds=OPEN_SECONDS)
            opened = True
        except UpgradeRefusedError as error:
            self._reporter.refused(error.code, error.detail or error.title)
        except UpgradeFailedError as error:
            self._reporter.refused(error.code, error.detail)
        except ClientError as error:
            self._reporter.refused(error.code, error.message)
        finally:
            self._opening -= 1
            if not opened:
                end.discard()
        if opened:
            self._join(end, framed)

    def _join(self, end: End, framed: FramedEnd) -> None:
        def ended(how: RelayEnd) -> None:
            self._relays.discard(relay)
            self._carried = (self._carried[0] + how.bytes_to_asset, self._carried[1] + how.bytes_to_user)
            self._reporter.ended(how.code, how.detail)

        relay = Relay(end, framed, idle_seconds=self.idle_seconds, on_end=ended, on_notice=self._reporter.notice)
        self._relays.add(relay)
        relay.start()


def listen(port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
    """Bind a loopback port (0: any) before a session is opened for it; nothing is accepted yet."""
    listening = socket.socket(socket.AF_INET, kind)
    try:
        if kind is socket.SOCK_STREAM:  # for UDP it would let another program of ours take the same port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise ClientError(
            f"{HOST}:{port} cannot be listened on: {error.strerror}.",
            hint="Choose another --local port.",
            exit_code=Exit.USAGE,
        ) from error
    listening.setblocking(False)
    return listening


def endpoint_of(profile: Profile, proxy: ProxyAddress | None) -> Endpoint:
    """Return where streams are opened."""
    through = None if proxy is None else Proxy(proxy.host, proxy.port, proxy.user, proxy.password)
    return Endpoint(profile.host, profile.port, profile.trust(), proxy=through)
