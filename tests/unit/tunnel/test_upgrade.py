import asyncio
import logging
import ssl
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.unit.tunnel.conftest import Pki, listening, until
from tunnel.ends import FramedEnd, PlainEnd, ReadBuffer
from tunnel.errors import EarlyBytesError, NotAnUpgradeError, PeerGoneError, UpgradeFailedError, UpgradeRefusedError
from tunnel.frames import frame_data
from tunnel.messages import STREAM_PROTOCOL
from tunnel.relay import Relay
from tunnel.taking import accept_stream
from tunnel.tls import client_context
from tunnel.upgrade import Endpoint, open_stream

HEAD = f"GET /stream HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: {STREAM_PROTOCOL}\r\n".encode()


class Broker:
    """A small aiohttp server with one stream route."""

    def __init__(self, pki: Pki) -> None:
        self.pki = pki
        self.buffer = ReadBuffer()
        self.ends: list[FramedEnd] = []
        self.refusal: Exception | None = None
        self.arrived, self.go = asyncio.Event(), asyncio.Event()
        self.go.set()

    async def start(self) -> None:
        application = web.Application()
        application.add_routes([web.get("/stream", self.stream), web.post("/stream", self.stream)])
        application.add_routes([web.get("/refused", self.refused), web.get("/plain", self.plain)])
        self.runner = web.AppRunner(application)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0, ssl_context=self.pki.server_context())
        await site.start()
        self.port: int = self.runner.addresses[0][1]

    async def stream(self, request: web.Request) -> web.StreamResponse:
        end = FramedEnd(self.buffer)
        self.arrived.set()
        await self.go.wait()
        try:
            response = accept_stream(request, end)
        except (NotAnUpgradeError, EarlyBytesError, PeerGoneError) as error:
            self.refusal = error
            return web.Response(status=400)
        self.ends.append(end)
        return response

    async def refused(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"code": "no_grant", "title": "No grant", "detail": "Ask for access."}, status=403)

    async def plain(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="hello")

    def endpoint(self, context: ssl.SSLContext | None = None) -> Endpoint:
        return Endpoint("127.0.0.1", self.port, context or self.pki.client_context())

    async def raw(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.pki.client_context())


@pytest.fixture
async def broker(pki: Pki) -> AsyncIterator[Broker]:
    broker = Broker(pki)
    await broker.start()
    yield broker
    for end in broker.ends:
        end.abort()
        await end.wait_lost()
    await broker.runner.cleanup()


async def opened(broker: Broker) -> FramedEnd:
    end = FramedEnd(ReadBuffer())
    await open_stream(broker.endpoint(), "/stream", {"Authorization": "Bearer x"}, end)
    return end


async def closed(end: FramedEnd) -> None:
    end.abort()
    await end.wait_lost()


async def test_a_stream_opens_and_carries_frames_both_ways(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "aiohttp")
    end = await opened(broker)
    for here, there in ((end, broker.ends[0]), (broker.ends[0], end)):
        here.send_bytes(b"through")
        await until(lambda there=there: there._held == frame_data(b"through"))  # type: ignore[misc]
    await closed(end)
    assert [record.getMessage().split('"')[2] for record in caplog.records if record.name == "aiohttp.access"] == [
        " 101 0 "
    ]
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_aiohttp_forgets_a_connection_that_was_taken_over(broker: Broker) -> None:
    end = await opened(broker)
    assert broker.runner.server is not None
    server = broker.runner.server
    await until(lambda: not server.connections)
    await server.shutdown(1.0)
    assert not broker.ends[0].lost
    await closed(end)


async def test_many_streams_open_and_close_one_after_the_other(broker: Broker) -> None:
    for _ in range(20):
        end = await opened(broker)
        await closed(end)
        async with asyncio.timeout(10):
            await broker.ends.pop().wait_lost()


async def test_the_brokers_refusal_is_told_in_its_own_words(broker: Broker) -> None:
    with pytest.raises(UpgradeRefusedError) as refused:
        await open_stream(broker.endpoint(), "/refused", {}, FramedEnd(broker.buffer))
    error = refused.value
    assert (error.status, error.code, error.title, error.detail) == (403, "no_grant", "No grant", "Ask for access.")


async def test_a_server_that_does_not_switch_is_a_refusal(broker: Broker) -> None:
    with pytest.raises(UpgradeRefusedError, match="http_200"):
        await open_stream(broker.endpoint(), "/plain", {}, FramedEnd(broker.buffer))


async def test_a_certificate_of_another_ca_is_not_trusted(broker: Broker) -> None:
    strict = client_context()
    with pytest.raises(UpgradeFailedError) as failed:
        await open_stream(broker.endpoint(strict), "/stream", {}, FramedEnd(broker.buffer))
    assert failed.value.code == "untrusted"


async def test_nobody_listening_is_unreachable(broker: Broker) -> None:
    endpoint = Endpoint("127.0.0.1", 1, broker.pki.client_context())
    with pytest.raises(UpgradeFailedError) as failed:
        await open_stream(endpoint, "/stream", {}, FramedEnd(broker.buffer))
    assert failed.value.code == "unreachable"


async def test_a_server_that_does_not_answer_is_given_up(broker: Broker) -> None:
    broker.go.clear()
    with pytest.raises(UpgradeFailedError) as failed:
        await open_stream(broker.endpoint(), "/stream", {}, FramedEnd(broker.buffer), deadline_seconds=0.2)
    assert failed.value.code == "timeout"
    assert broker.runner.server is not None
    server = broker.runner.server
    await until(lambda: all(handler.transport is None for handler in server.connections))
    broker.go.set()
    await until(lambda: broker.refusal is not None)
    assert isinstance(broker.refusal, PeerGoneError)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"", "closed"),
        (b"HTTP/1.1 101 Switching", "closed"),
        (b"\x15\x03\x01 garbage", "malformed"),
        (b"HTTP/1.1 101 Ok\r\n\r\n", "malformed"),
        (b"HTTP/1.1 101 Ok\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "malformed"),
        (b"HTTP/1.1 101 Ok\r\nX: " + b"y" * 20_000, "malformed"),
    ],
)
async def test_what_is_no_clean_switch_fails(pki: Pki, answer: bytes, code: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    async with listening(serve, pki.server_context()) as address:
        endpoint = Endpoint(*address, pki.client_context())
        with pytest.raises(UpgradeFailedError) as failed:
            await open_stream(endpoint, "/stream", {}, FramedEnd(ReadBuffer()))
        assert failed.value.code == code


async def test_frames_that_come_with_the_switch_are_not_lost(pki: Pki) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 101 Ok\r\nUpgrade: {STREAM_PROTOCOL}\r\nConnection: Upgrade\r\n\r\n".encode()
        writer.write(head + frame_data(b"early")[:6])
        writer.write(frame_data(b"early")[6:])
        await reader.read()

    buffer = ReadBuffer()
    async with listening(serve, pki.server_context()) as address:
        right = FramedEnd(buffer)
        await open_stream(Endpoint(*address, pki.client_context()), "/", {}, right)
        left, transport = PlainEnd(buffer), FakeTransport()
        left.connection_made(transport)
        Relay(left, right, idle_seconds=None, on_end=id).start()
        await until(lambda: transport.written == b"early")
        await closed(right)


class FakeTransport(asyncio.Transport):
    """Remembers what was written."""

    written = b""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def is_closing(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def abort(self) -> None:
        pass


@pytest.mark.parametrize("early", [frame_data(b"x"), b"GET /plain HTTP/1.1\r\nHost: x\r\n\r\n", b"\0"])
async def test_bytes_between_the_request_and_the_101_are_refused(broker: Broker, early: bytes) -> None:
    broker.go.clear()
    reader, writer = await broker.raw()
    writer.write(HEAD + b"\r\n")
    async with asyncio.timeout(10):
        await broker.arrived.wait()
        [handler] = broker.runner.server.connections  # type: ignore[union-attr]
        writer.write(early)
        await until(lambda: bool(handler._messages))
        broker.go.set()
        assert (await reader.readline()).startswith(b"HTTP/1.1 400")
    writer.close()
    assert isinstance(broker.refusal, EarlyBytesError)


async def test_bytes_that_come_with_the_request_never_reach_the_stream(broker: Broker) -> None:
    reader, writer = await broker.raw()
    writer.write(HEAD + b"\r\n" + frame_data(b"early"))
    async with asyncio.timeout(10):
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        writer.write(frame_data(b"in time"))
        await until(lambda: bool(broker.ends and broker.ends[0]._held))
    assert broker.ends[0]._held == frame_data(b"in time")
    writer.transport.abort()


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n",
        HEAD.replace(b"wicketgate-stream/1", b"wicketgate-stream/9") + b"\r\n",
        HEAD.replace(b"Connection: Upgrade", b"Connection: close") + b"\r\n",
        HEAD.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n",
        HEAD.replace(b"GET", b"POST") + b"\r\n",
        HEAD + b"Content-Length: 3\r\n\r\nabc",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ],
)
async def test_a_request_for_something_else_does_not_become_a_stream(broker: Broker, request_bytes: bytes) -> None:
    reader, writer = await broker.raw()
    writer.write(request_bytes)
    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))
    writer.close()
    assert not broker.ends
