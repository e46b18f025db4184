import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.unit.tunnel.conftest import Pki, listening
from tunnel.dial import Endpoint, connect
from tunnel.errors import UpgradeError, UpgradeFailedError, UpgradeRefusedError
from tunnel.exchange import explained
from tunnel.pinning import fetch_pinned_ca
from tunnel.proxy import Proxy
from tunnel.tls import PinMismatchError

OK = b"HTTP/1.1 200 Connection established\r\nVia: proxy\r\n\r\n"


class FakeProxy:
    """Answers as told, and after a 200 passes bytes to the target."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.asked = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked = await reader.readuntil(b"\r\n\r\n")
        writer.write(self.answer)
        if self.answer == OK:
            host, port = self.asked.split()[1].decode().rsplit(":", 1)
            beyond, back = await asyncio.open_connection(host, int(port))
            await asyncio.gather(pump(reader, back), pump(beyond, writer))

    @asynccontextmanager
    async def running(self, user: str | None = None, password: str | None = None) -> AsyncIterator[Proxy]:
        async with listening(self.serve) as (host, port):
            yield Proxy(host, port, user, password)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(4096):
            writer.write(data)
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"hello")


class Collector(asyncio.Protocol):
    def __init__(self) -> None:
        self.data = b""
        self.closed = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.data += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()


async def refusal(answer: bytes, pki: Pki, user: str | None = None) -> UpgradeError:
    async with FakeProxy(answer).running(user, "secret") as proxy:
        endpoint = Endpoint("127.0.0.1", 9, pki.client_context(), proxy=proxy)
        with pytest.raises(UpgradeError) as raised:
            async with explained("the broker", 10):
                await connect(endpoint, Collector)
        return raised.value


async def test_tls_goes_through_the_proxy_to_the_broker(pki: Pki) -> None:
    fake = FakeProxy(OK)
    async with (
        listening(greet, pki.server_context()) as (host, port),
        fake.running("plant", "p:ss") as proxy,
        asyncio.timeout(10),
    ):
        _, collector = await connect(Endpoint(host, port, pki.client_context(), proxy=proxy), Collector)
        await collector.closed.wait()
    assert collector.data == b"hello"
    assert f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n".encode() in fake.asked
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"plant:p:ss") in fake.asked


async def test_the_pinned_ca_is_fetched_through_the_proxy_too(pki: Pki) -> None:
    async with listening(greet, pki.server_context()) as (host, port), FakeProxy(OK).running() as proxy:
        ca = await fetch_pinned_ca(host, port, pki.ca_fingerprint, proxy=proxy)
    assert ca.strip() == pki.ca.strip()


async def test_a_server_without_the_pinned_certificate_is_refused(pki: Pki) -> None:
    async with listening(greet, pki.server_context()) as (host, port):
        with pytest.raises(PinMismatchError):
            await fetch_pinned_ca(host, port, "00" * 32)


@pytest.mark.parametrize(
    ("offer", "user", "code"),
    [
        (b"Digest realm=x, nonce=y", "plant", "proxy_authentication_unsupported"),
        (b"NTLM", None, "proxy_authentication_unsupported"),
        (b"Basic realm=x", None, "proxy_authentication_required"),
        (b"Negotiate\r\nProxy-Authenticate: Basic realm=x", "plant", "proxy_authentication_failed"),
    ],
)
async def test_a_407_says_what_is_missing(pki: Pki, offer: bytes, user: str | None, code: str) -> None:
    error = await refusal(b"HTTP/1.1 407 No\r\nProxy-Authenticate: " + offer + b"\r\n\r\n", pki, user)
    assert isinstance(error, UpgradeRefusedError)
    assert (error.status, error.code) == (407, code)


async def test_a_proxy_that_does_not_know_the_broker_refuses(pki: Pki) -> None:
    error = await refusal(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nno!", pki)
    assert isinstance(error, UpgradeRefusedError)
    assert (error.status, error.code) == (502, "proxy_refused")


async def test_a_proxy_that_speaks_into_the_tunnel_is_malformed(pki: Pki) -> None:
    error = await refusal(OK + b"hello", pki)
    assert isinstance(error, UpgradeFailedError)
    assert error.code == "malformed"


async def test_a_proxy_that_hangs_up_is_closed(pki: Pki) -> None:
    error = await refusal(b"", pki)
    assert isinstance(error, UpgradeFailedError)
    assert error.code == "closed"


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(Proxy("proxy", 3128, "plant", "secret"))
