"""Real connections on loopback: TLS with certificates made for the test, and peers that speak frames or bare bytes."""

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tunnel.ends import End, FramedEnd, PlainEnd, ReadBuffer
from tunnel.frames import Data, Deframer, Frame
from tunnel.tls import client_context, fingerprint, server_context

ON_BOTH_LOOPS = {"test_datagrams", "test_good_byes", "test_relay", "test_relay_endings", "test_upgrade"}
AnyEnd = TypeVar("AnyEnd", bound=End)


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]] | None:
    """Run what touches transports on both event loops."""
    if item.path.stem in ON_BOTH_LOOPS:
        return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    return {"asyncio": asyncio.new_event_loop}


@dataclass(frozen=True)
class Pki:
    """A CA and what it signed, in files."""

    ca: str
    ca_fingerprint: str
    server: Path
    client: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        return server_context(self.server, self.key, self.ca)

    def client_context(self) -> ssl.SSLContext:
        return client_context(self.ca)


def sign(name: str, issuer: str, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType) -> x509.Certificate:
    """One key signs and is signed: enough for tests of who trusts whom."""
    now = datetime.datetime.now(datetime.UTC)
    subject, signer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (name, issuer))
    builder = x509.CertificateBuilder(signer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(hours=1))
    builder = builder.not_valid_after(now + datetime.timedelta(hours=1))
    return builder.add_extension(extension, critical=True).sign(key, hashes.SHA256())


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    folder = tmp_path_factory.mktemp("pki")
    key = ec.generate_private_key(ec.SECP256R1())
    ca = sign("test CA", "test CA", key, x509.BasicConstraints(ca=True, path_length=None))
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    pem = serialization.Encoding.PEM
    ca_pem = ca.public_bytes(pem)
    for name in ("server", "client"):
        (folder / f"{name}.pem").write_bytes(sign(name, "test CA", key, address).public_bytes(pem) + ca_pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    der = ca.public_bytes(serialization.Encoding.DER)
    return Pki(ca_pem.decode(), fingerprint(der), folder / "server.pem", folder / "client.pem", folder / "key.pem")


async def until(condition: Callable[[], bool]) -> None:
    """Let the event loop run until ``condition`` holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for is inside a transport
            await asyncio.sleep(0)


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[str, int]]:
    """Serve connections with ``handler``, and leave none behind."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await handler(reader, writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        finally:
            with contextlib.suppress(AttributeError):  # asyncio of Python 3.11.2 cannot abort TLS that is closed
                writer.transport.abort()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(serve(reader, writer)))

    async with await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=5)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


class Peer:
    """The other side of an end, as a test holds it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._deframer = Deframer()
        self._frames: list[Frame | bytes] = []

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def next(self) -> Frame | bytes | None:
        """Return the next piece of payload, or control frame; ``None`` at the end of the connection."""
        async with asyncio.timeout(10):
            while not self._frames:
                chunk = await self._read()
                if not chunk:
                    return None
                for frame in self._deframer.receive(chunk):
                    self._frames.append(chunk[frame.start : frame.stop] if isinstance(frame, Data) else frame)
        return self._frames.pop(0)

    async def payload(self, size: int) -> bytes:
        """Return ``size`` bytes of payload, from as many frames as it takes."""
        data = b""
        while len(data) < size:
            piece = await self.next()
            assert isinstance(piece, bytes), piece
            data += piece
        return data

    async def plain(self, size: int) -> bytes:
        async with asyncio.timeout(10):
            return await self.reader.readexactly(size)

    async def plain_end(self) -> bytes:
        """Return everything until FIN."""
        async with asyncio.timeout(10):
            return await self.reader.read()

    async def _read(self) -> bytes:
        try:
            return await self.reader.read(1 << 16)
        except ConnectionError:
            return b""


class Wires:
    """Makes connected pairs of an end and its peer, and takes them all down."""

    def __init__(self, pki: Pki) -> None:
        self.pki = pki
        self.buffer = ReadBuffer()
        self._ends: list[End] = []
        self._peers: list[Peer] = []

    async def framed(self) -> tuple[FramedEnd, Peer]:
        """A TLS connection."""
        return await self._pair(FramedEnd, self.pki.server_context(), self.pki.client_context())

    async def plain(self) -> tuple[PlainEnd, Peer]:
        """A TCP connection."""
        return await self._pair(PlainEnd, None, None)

    async def _pair(
        self, kind: Callable[[ReadBuffer], AnyEnd], here: ssl.SSLContext | None, there: ssl.SSLContext | None
    ) -> tuple[AnyEnd, Peer]:
        made: list[AnyEnd] = []

        def make() -> AnyEnd:
            made.append(kind(self.buffer))
            self._ends.append(made[0])
            return made[0]

        loop = asyncio.get_running_loop()
        server = await loop.create_server(make, "127.0.0.1", 0, ssl=here)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), ssl=there)
        await until(lambda: bool(made) and made[0]._transport is not None)
        server.close()
        self._peers.append(Peer(reader, writer))
        return made[0], self._peers[-1]

    async def close(self) -> None:
        for end in self._ends:
            end.abort()
        for peer in self._peers:
            peer.writer.transport.abort()
        async with asyncio.timeout(10):
            for end in self._ends:
                await end.wait_lost()
            for peer in self._peers:
                await asyncio.gather(peer.writer.wait_closed(), return_exceptions=True)


@pytest.fixture
async def wires(pki: Pki) -> AsyncIterator[Wires]:
    wires = Wires(pki)
    yield wires
    await wires.close()
