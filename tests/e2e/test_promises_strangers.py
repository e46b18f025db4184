"""Promises 9 and 10: a stranger learns nothing, and costs little."""

import asyncio
import os
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from deploy.demo.api import Api
from deploy.demo.programs import Program, python_program
from tests.e2e.plant import Plant, patience

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


# --- 9: same answer for unknown user, wrong password, wrong code; not found and not yours look alike

WRONG_PASSWORD, WRONG_CODE = "this is not the password", "000000"


@dataclass(frozen=True)
class Answer:
    """All that a stranger sees of an answer, but for what differs from one request to the next."""

    status: int
    headers: frozenset[tuple[str, str]]
    body: str


async def ask(plant: Plant, method: str, path: str, body: object = None, token: str = "") -> Answer:
    own = {"Authorization": f"Bearer {token}"} if token else {}
    tls = ssl.create_default_context(cafile=str(plant.ca))
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{plant.url}/api/v1{path}", json=body, headers=own, ssl=tls) as response,
    ):
        text, request_id = await response.text(), response.headers.get("X-Request-Id", "")
        headers = {(name.lower(), value) for name, value in response.headers.items() if name.lower() != "date"}
        alike = frozenset((name, value.replace(request_id, "ID")) for name, value in headers)
        return Answer(response.status, alike, text.replace(request_id, "ID"))


async def ways_to_fail(plant: Plant) -> dict[str, dict[str, str]]:
    """Credentials that must not work, for reasons that nobody outside may tell apart."""
    engineer, disabled = plant.people["engineer"], "disabled-operator"
    if disabled not in plant.people:
        await plant.add_person(disabled, roles=["operator"], groups=[])
        await plant.apis["admin"].post(f"/users/{disabled}/disable", reason="left")
    gone = plant.people[disabled]
    return {
        "unknown user": {"username": "nobody", "password": WRONG_PASSWORD, "otp": WRONG_CODE},
        "wrong password": {"username": "engineer", "password": WRONG_PASSWORD, "otp": WRONG_CODE},
        "wrong code": {"username": "engineer", "password": engineer.password, "otp": WRONG_CODE},
        "no code": {"username": "engineer", "password": engineer.password},
        "disabled": {"username": disabled, "password": gone.password, "otp": await gone.app.code()},
    }


async def test_every_way_to_fail_at_the_door_gets_one_answer(plant: Plant) -> None:
    answers = {why: await ask(plant, "POST", "/auth/login", body) for why, body in (await ways_to_fail(plant)).items()}
    assert set(answers.values()) == {answers["wrong password"]}, answers
    assert answers["wrong password"].status == 401
    assert "login_failed" in answers["wrong password"].body


async def test_an_unknown_user_costs_the_broker_as_much_as_a_wrong_password(plant: Plant) -> None:
    ways = await ways_to_fail(plant)
    spent = {}
    for why in ("unknown user", "wrong password"):
        before = processor_seconds(plant.broker.pid)
        for _ in range(3):
            await ask(plant, "POST", "/auth/login", ways[why])
        spent[why] = processor_seconds(plant.broker.pid) - before
    assert spent["unknown user"] > spent["wrong password"] / 2
    assert spent["wrong password"] > spent["unknown user"] / 2


def processor_seconds(pid: int) -> float:
    """What a process has computed so far, in all its threads; waiting does not count, however busy the machine is."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def theirs(plant: Plant, kind: str) -> str:
    """The id of something that exists and is not the engineer's to know of."""
    operator, admin = plant.apis["operator-1"], plant.apis["admin"]
    if kind == "sessions":
        async with plant.session("waterworks/pump-plc", user="operator-1") as session:
            return str(session["id"])
    if kind == "requests":
        wish = {"asset": "waterworks/pump-plc", "service": "modbus", "reason": "a look", "duration": 600}
        return str((await operator.post("/requests", **wish))["id"])
    if kind == "grants":
        await theirs(plant, "requests")
        return str((await operator.get("/grants", mine="true"))["items"][0]["id"])
    asset = await admin.post("/assets", site="waterworks", name=f"hidden-{os.urandom(4).hex()}")
    return str(asset["id"])


UNREACHABLE = [
    ("GET", "sessions", "", None),
    ("POST", "sessions", "/end", None),
    ("GET", "requests", "", None),
    ("POST", "requests", "/withdraw", None),
    ("GET", "grants", "", None),
    ("POST", "grants", "/revoke", {"reason": "mine now"}),
    ("GET", "assets", "", None),
]


@pytest.mark.parametrize(("method", "kind", "step", "body"), UNREACHABLE)
async def test_what_is_somebody_elses_looks_like_what_does_not_exist(
    plant: Plant, method: str, kind: str, step: str, body: object
) -> None:
    token, real = plant.apis["engineer"].token, await theirs(plant, kind)
    invented = real[:-6] + "222222"
    found = await ask(plant, method, f"/{kind}/{real}{step}", body, token)
    missed = await ask(plant, method, f"/{kind}/{invented}{step}", body, token)
    assert found == missed
    assert found.status == 404


async def test_a_hidden_device_cannot_be_told_from_none_by_asking_for_a_session(plant: Plant) -> None:
    token, real = plant.apis["engineer"].token, await theirs(plant, "assets")
    hidden = await ask(plant, "POST", "/sessions", {"asset": real}, token)
    assert hidden == await ask(plant, "POST", "/sessions", {"asset": real[:-6] + "222222"}, token)
    assert hidden.status == 404


# --- 10: limits before login: handshake time, header and body size, connections per address

LIMITS = {
    "WICKET_BROKER_LIMITS__HANDSHAKE_SECONDS": "1",
    "WICKET_BROKER_LIMITS__HEAD_SECONDS": "1",
    "WICKET_BROKER_LIMITS__MAX_CONNECTIONS_PER_ADDRESS": "6",
}


@dataclass(frozen=True)
class Door:
    """A broker of its own with small limits: all that a stranger meets."""

    port: int
    ca: Path

    @property
    def tls(self) -> ssl.SSLContext:
        """What trusts this broker."""
        return ssl.create_default_context(cafile=str(self.ca))

    @asynccontextmanager
    async def connected(self, *, tls: bool = True) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        host = "localhost" if tls else None
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=self.tls if tls else None, server_hostname=host
        )
        try:
            yield reader, writer
        finally:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()

    async def said(self, request: bytes) -> bytes:
        """Send bytes; return everything up to the end of the connection."""
        async with self.connected() as (reader, writer), patience():
            with suppress(OSError):
                writer.write(request)
                await writer.drain()
            return await until_closed(reader)

    async def is_alive(self) -> bool:
        """Whether an honest request gets its answer."""
        return (await self.said(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).startswith(
            b"HTTP/1.1 200"
        )


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    """Everything up to the end, however the connection ends."""
    heard = b""
    with suppress(OSError, asyncio.IncompleteReadError):
        while data := await reader.read(65536):
            heard += data
    return heard


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def door() -> AsyncIterator[Door]:
    with tempfile.TemporaryDirectory(prefix="wicketgate-door-") as name:
        folder = Path(name)
        environment = {"WICKET_BROKER_STORAGE__DATA": str(folder), "WICKET_BROKER_SERVER__PORT": "0", **LIMITS}
        command = [python_program("wicket-broker"), "serve"]
        broker = await Program.start("broker", command, folder / "broker.log", environment=environment)
        try:
            line = await broker.wait_for("Wicketgate broker on")
            yield Door(int(line.rpartition(":")[2]), folder / "keys" / "ca.crt")
        finally:
            await broker.stop()


async def silence_before_tls(door: Door) -> None:
    async with door.connected(tls=False) as (reader, _):
        await until_closed(reader)


async def silence_after_tls(door: Door) -> None:
    async with door.connected() as (reader, _):
        await until_closed(reader)


async def half_a_hello(door: Door) -> None:
    async with door.connected(tls=False) as (reader, writer):
        writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        await until_closed(reader)


async def a_head_that_never_ends(door: Door) -> None:
    async with door.connected() as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        ended = asyncio.ensure_future(until_closed(reader))
        with suppress(OSError):
            while not ended.done():
                writer.write(b"X: y\r\n")
                await asyncio.wait([ended], timeout=0.1)
        await ended


@pytest.mark.parametrize("idle", [silence_before_tls, silence_after_tls, half_a_hello, a_head_that_never_ends])
async def test_who_says_nothing_is_put_out(door: Door, idle: Callable[[Door], Awaitable[None]]) -> None:
    async with patience(20):
        await idle(door)
    assert await door.is_alive()


HEAD = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
CHUNK = b"ffff\r\n" + b" " * 65535 + b"\r\n"
TOO_LARGE: dict[str, tuple[bytes, tuple[bytes, ...]]] = {
    "a long target": (b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", (b"400", b"414")),
    "a long header": (HEAD + b"X: " + b"a" * 40_000 + b"\r\n\r\n", (b"400", b"431")),
    "many headers": (HEAD + b"".join(b"X%d: y\r\n" % n for n in range(20_000)) + b"\r\n", (b"400", b"431")),
    "a declared body": (HEAD + b"Content-Length: 100000000\r\n\r\n", (b"413",)),
    "an undeclared body": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK * 40, (b"413",)),
}  # fmt: skip


@pytest.mark.parametrize("what", TOO_LARGE)
async def test_what_is_too_large_is_refused_before_it_is_read(door: Door, what: str) -> None:
    request, expected = TOO_LARGE[what]
    answer = await door.said(request)
    assert answer[9:12] in expected, answer[:300]
    assert await door.is_alive()


async def test_one_address_has_only_so_many_connections(door: Door) -> None:
    limit = int(LIMITS["WICKET_BROKER_LIMITS__MAX_CONNECTIONS_PER_ADDRESS"])
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    async with patience(), open_many(door, limit) as connections:
        for reader, writer in connections:
            writer.write(request)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        async with door.connected() as (reader, writer):
            with suppress(OSError):
                writer.write(request)
            assert await until_closed(reader) == b""
    async with patience():
        while not await door.is_alive():  # noqa: ASYNC110 - the broker has yet to see that they are gone
            await asyncio.sleep(0.05)


@asynccontextmanager
async def open_many(door: Door, count: int) -> AsyncIterator[list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]:
    """So many connections at once."""
    if count == 0:
        yield []
        return
    async with door.connected() as first, open_many(door, count - 1) as others:
        yield [first, *others]


async def test_guessing_from_one_address_is_slowed_down(door: Door) -> None:
    answers: list[dict[str, Any]] = []
    async with Api(f"https://localhost:{door.port}", door.ca) as stranger:
        for number in range(32):
            body = {"username": f"user-{number}", "password": "a guess", "otp": "123456"}
            status, answer = await stranger.raw("POST", "/auth/login", body)
            answers.append({"status": status, **answer})
            if status == 429:
                break
    assert answers[-1]["code"] == "too_many_requests"
    assert answers[-1]["retry_after"] > 0
    assert {answer["code"] for answer in answers[:-1]} == {"login_failed"}
