"""What a stranger may cost before saying who they are (promise 10)."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from broker.http.edge import Edge, problems
from broker.http.listener import ConnectionCount, Listener, ListenerLimits, bind
from broker.http.routes import Call, Public, Route
from broker.pki.authority import Authority
from tests.unit.broker.http.edges import FakeAuthenticator, FakeIdempotencyStore
from tunnel.tls import client_context, server_context

LIMITS = ListenerLimits(handshake_seconds=20, head_seconds=20, max_connections=50, max_connections_per_address=20)
Start = Callable[[ListenerLimits], Coroutine[Any, Any, "Port"]]
HELLO = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n"


class Port:
    """A listener on loopback, and TLS clients to try it with."""

    def __init__(self, listener: Listener, port: int, trust: ssl.SSLContext) -> None:
        self.listener, self.port, self._trust = listener, port, trust
        self._writers: list[asyncio.StreamWriter] = []

    async def connect(self, *, tls: bool = True) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection, with the TLS handshake or without."""
        trust = self._trust if tls else None
        reader, writer = await asyncio.open_connection("localhost", self.port, ssl=trust)
        self._writers.append(writer)
        return reader, writer

    async def ask(self, head: bytes, body: bytes = b"") -> bytes:
        """Send a request on a connection of its own and return the first line of the answer."""
        return (await self.whole(head, body)).split(b"\r\n")[0] + b"\r\n"

    async def whole(self, head: bytes, body: bytes = b"") -> bytes:
        """Send the last request of a connection of its own and return the whole answer."""
        reader, writer = await self.connect()
        writer.write(head + b"Connection: close\r\n\r\n" + body)
        async with asyncio.timeout(20):
            return await reader.read()

    async def close(self) -> None:
        """Close what the test opened, then the listener."""
        for writer in self._writers:
            writer.transport.abort()
        await self.listener.stop()


async def hello(_call: Call) -> web.Response:
    return web.Response(text="hello")


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Start listeners with limits of the test's choice."""
    ports: list[Port] = []
    authority = Authority(tmp_path, datetime.now(UTC))
    certificate, key = authority.server_files(["localhost"], datetime.now(UTC))

    async def begin(limits: ListenerLimits) -> Port:
        app = web.Application(middlewares=[problems], client_max_size=0)
        Edge(FakeAuthenticator(), FakeIdempotencyStore()).register(
            app, [Route("GET", "/hello", hello, Public("a test"), "hello")]
        )
        pem = authority.pem.decode()
        listener, listening = Listener(app, server_context(certificate, key, pem), limits), bind("127.0.0.1", 0)
        port = Port(listener, listening.getsockname()[1], client_context(pem))
        await listener.start(listening)
        ports.append(port)
        return port

    yield begin
    for port in ports:
        await port.close()


async def closes(reader: asyncio.StreamReader) -> bool:
    """Wait for the other side to close; whether it did so without a word."""
    try:
        async with asyncio.timeout(20):
            return await reader.read(1) == b""
    except ConnectionError:
        return True


async def test_a_request_in_time_is_answered(start: Start) -> None:
    port = await start(LIMITS)
    assert await port.ask(HELLO) == b"HTTP/1.1 200 OK\r\n"


async def test_a_connection_that_never_shakes_hands_is_closed(start: Start) -> None:
    port = await start(replace(LIMITS, handshake_seconds=0.1))
    reader, _ = await port.connect(tls=False)
    assert await closes(reader)


async def test_a_connection_that_says_nothing_after_the_handshake_is_closed(start: Start) -> None:
    port = await start(replace(LIMITS, head_seconds=0.1))
    reader, _ = await port.connect()
    assert await closes(reader)


async def test_a_head_that_never_ends_is_closed(start: Start) -> None:
    port = await start(replace(LIMITS, head_seconds=0.2))
    reader, writer = await port.connect()
    writer.write(HELLO + b"X-Slow: ")
    assert await closes(reader)


async def test_what_is_no_http_is_refused(start: Start) -> None:
    port = await start(LIMITS)
    assert b" 400 " in await port.ask(b"\x16\x03\x01 hello")


async def test_a_line_or_field_over_the_limit_is_refused(start: Start) -> None:
    port = await start(replace(LIMITS, max_head_line_bytes=1000, max_head_field_bytes=2000))
    assert b" 400 " in await port.ask(b"GET /" + b"x" * 2000 + b" HTTP/1.1\r\nHost: localhost\r\n")
    assert b" 400 " in await port.ask(HELLO + b"X-Long: " + b"x" * 4000 + b"\r\n")


async def test_what_cannot_be_read_is_answered_with_a_problem_and_repeated_nowhere(
    start: Start, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    port = await start(replace(LIMITS, max_head_line_bytes=1000, max_head_field_bytes=2000))
    answer = await port.whole(HELLO + b"Authorization: Bearer " + b"sesame" * 1000 + b"\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert (found := json.loads(body))["code"] == "bad_request"
    assert f"X-Request-Id: {found['request_id']}".encode() in head
    printed = capsys.readouterr()
    assert "sesame" not in answer.decode() + caplog.text + printed.out + printed.err
    assert "Traceback" not in caplog.text + printed.out + printed.err


@pytest.mark.parametrize("head", [HELLO, b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n", b"nonsense\r\n"])
async def test_no_answer_names_a_version_of_what_runs(start: Start, head: bytes) -> None:
    answer = await (await start(LIMITS)).whole(head)
    assert b"\r\nServer: Wicketgate\r\n" in answer
    assert b"aiohttp" not in answer


async def test_two_readings_of_one_request_are_refused(start: Start) -> None:
    port = await start(LIMITS)
    both = HELLO.replace(b"GET", b"POST") + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"
    assert b" 400 " in await port.ask(both, b"0\r\n\r\n")
    twice = HELLO.replace(b"GET", b"POST") + b"Content-Length: 4\r\nContent-Length: 5\r\n"
    assert b" 400 " in await port.ask(twice, b"12345")


async def test_connections_over_the_limit_of_an_address_are_closed_and_freed_when_others_leave(start: Start) -> None:
    port = await start(replace(LIMITS, max_connections_per_address=2))
    (kept, first), _ = await port.connect(), await port.connect()
    third, _ = await port.connect()
    assert await closes(third)
    assert port.listener.connections.refused == 1
    first.write(HELLO + b"Connection: close\r\n\r\n")
    async with asyncio.timeout(20):
        await kept.read()
    assert await port.ask(HELLO) == b"HTTP/1.1 200 OK\r\n"


async def test_nothing_new_is_accepted_while_stopping(start: Start) -> None:
    port = await start(LIMITS)
    port.listener.stop_accepting()
    with pytest.raises(ConnectionError):
        await port.connect()


async def test_a_taken_port_is_an_error_at_once(start: Start) -> None:
    port = await start(LIMITS)
    with pytest.raises(OSError, match="in use"):
        bind("127.0.0.1", port.port)


def test_connections_are_counted_in_all_and_per_address() -> None:
    count = ConnectionCount(replace(LIMITS, max_connections=3, max_connections_per_address=2))
    assert [count.admit(address) for address in ("a", "a", "a", "b", "c")] == [True, True, False, True, False]
    count.release("a")
    assert (count.admit("c"), count.total, count.refused) == (True, 3, 2)
    for address in ("a", "b", "c"):
        count.release(address)
    assert (count.total, len(count._per_address)) == (0, 0), "addresses that left cost nothing"
