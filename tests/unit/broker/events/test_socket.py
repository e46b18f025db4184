"""The socket over real connections: greeting, resuming, slow readers, bad messages, the end of a login."""

import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from broker.cluster.bus import Bus, Event
from broker.events import socket as module
from broker.events import watchlist
from broker.events.history import History
from broker.events.hub import MAX_SOCKETS_PER_LOGIN, EventHub
from broker.events.seeing import Viewer
from broker.http.errors import BrokerError, NotFoundError, UnavailableError
from broker.http.principal import Principal, Role
from broker.identity.roles import permissions_of
from broker.sessions.gate import Action
from broker.sessions.live import LiveSession
from broker.sessions.watchers import Watcher
from tests.unit.broker.events.test_seeing import World, person
from tests.unit.broker.sessions.conftest import Bench

PATIENCE_SECONDS = 20.0
KEPT = 50


class FakeSessions:
    """One live session that everybody may watch who reads all; counts who does."""

    def __init__(self, session: LiveSession) -> None:
        self.session = session
        self.watches = 0

    async def watch(self, principal: Principal, session_id: str, *, is_presence: bool) -> tuple[LiveSession, Watcher]:
        if session_id != self.session.facts.id or not self.allows(principal, self.session, Action.WATCH):
            raise NotFoundError
        self.watches += 1
        return self.session, self.session.watch(is_presence=is_presence)

    def allows(self, principal: Principal, _session: LiveSession, _action: Action) -> bool:
        return Role.OPERATOR in principal.roles


class Stand:
    """A hub behind a real port; ``logins`` are those that stand."""

    def __init__(self, bench: Bench) -> None:
        self.bus, self.history, self.sessions = Bus(), History(kept=KEPT), FakeSessions(bench.session())
        self.me = person("me", Role.OPERATOR)
        self.logins: dict[str, Principal] = {self.me.login_id: self.me}
        self.error: BrokerError | None = None
        self.hub = EventHub(
            self.bus, self.history, self.sessions,  # type: ignore[arg-type]
            viewer=lambda principal: Viewer(principal, World().places_of), who_is=self._who_is,
        )  # fmt: skip

    async def _who_is(self, _user: str, login: str) -> Principal | None:
        if self.error is not None:
            raise self.error
        return self.logins.get(login)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        return await self.hub.serve(request, self.me, query.get("epoch", ""), int(query.get("after", "0")))

    def publish(self, count: int = 1, size: int = 8) -> None:
        for _ in range(count):
            self.bus.publish(Event("policy.applied", {"policy": "p" * size}))


@pytest.fixture
async def stand(bench: Bench) -> AsyncIterator[Stand]:
    stand = Stand(bench)
    app = web.Application()
    app.router.add_get("/events", stand.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stand.port = runner.addresses[0][1]  # type: ignore[attr-defined]
    yield stand
    await stand.hub.close()
    await runner.cleanup()


class Client:
    """A page that reads."""

    def __init__(self, stand: Stand, **query: str | int) -> None:
        self._url, self._query = f"http://127.0.0.1:{stand.port}/events", query  # type: ignore[attr-defined]

    async def __aenter__(self) -> "Client":
        self._session = aiohttp.ClientSession()
        try:
            self.socket = await self._session.ws_connect(self._url, params=self._query)
        except BaseException:
            await self._session.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()
        await self._session.close()

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            frame: dict[str, Any] = await self.socket.receive_json()
        return frame

    async def until(self, kind: str) -> dict[str, Any]:
        while (frame := await self.next())["kind"] != kind:
            pass
        return frame

    async def is_closed(self) -> bool:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return (await self.socket.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


async def emptied(stand: Stand) -> None:
    """Wait until every socket is gone."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        for socket in stand.hub._all():
            await socket.gone.wait()


async def test_the_first_word_says_where_the_numbers_stand(stand: Stand) -> None:
    stand.publish(3)
    async with Client(stand) as page:
        assert await page.next() == {"kind": "hello", "epoch": stand.history.epoch, "seq": 3}
        stand.publish()
        changed = {"kind": "changed", "seq": 4, "topic": "policy.applied", "ids": {"policy": "pppppppp"}}
        assert await page.next() == changed


async def test_who_comes_back_is_told_what_they_missed_once_and_in_order(stand: Stand) -> None:
    stand.publish(7)
    async with Client(stand, epoch=stand.history.epoch, after=4) as page:
        assert (await page.next())["kind"] == "hello"
        stand.publish()
        assert [(await page.next())["seq"] for _ in range(4)] == [5, 6, 7, 8]


async def test_another_epoch_means_that_everything_is_read_anew(stand: Stand) -> None:
    stand.publish(3)
    async with Client(stand, epoch="epo_of_yesterday", after=2) as page:
        await page.next()
        assert await page.next() == {"kind": "reset", "seq": 3}
        stand.publish()
        assert (await page.next())["seq"] == 4


@pytest.mark.parametrize("after", [9, 10**6])
async def test_numbers_that_the_history_does_not_hold_mean_the_same(stand: Stand, after: int) -> None:
    stand.publish(KEPT + 10)
    async with Client(stand, epoch=stand.history.epoch, after=after) as page:
        await page.next()
        assert await page.next() == {"kind": "reset", "seq": KEPT + 10}


async def test_a_page_that_does_not_read_is_not_waited_for_and_told_that_it_missed_something(stand: Stand) -> None:
    connection = sockets.socket()
    connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, ("127.0.0.1", stand.port))  # type: ignore[attr-defined]
    reader, writer = await asyncio.open_connection(sock=connection, limit=4096)
    writer.write(
        b"GET /events HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        await reader.readuntil(b"\r\n\r\n")
        # More than all buffers of both sides hold; nobody reads meanwhile, and nobody waits.
        for _ in range(400):
            stand.publish(10, size=4096)
            await asyncio.sleep(0)
        frames = read_frames(reader)
        told = [json.loads(await anext(frames))["kind"]]
        while told[-1] != "reset":
            told.append(json.loads(await anext(frames))["kind"])
    assert told.count("changed") < 4000
    writer.transport.abort()


async def read_frames(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The payloads of the broker's text frames (RFC 6455, 5.2)."""
    while True:
        head = await reader.readexactly(2)
        size = head[1] & 0x7F
        if size >= 126:
            size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
        payload = await reader.readexactly(size)
        if head[0] & 0x0F == 1:
            yield payload


async def test_a_page_that_takes_nothing_for_long_is_cut_off(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEND_SECONDS", 0.1)
    async with Client(stand) as page:
        await page.next()
        assert page.socket._response.connection is not None
        transport = page.socket._response.connection.transport
        assert transport is not None
        transport.pause_reading()  # type: ignore[attr-defined]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(stand.hub):
                stand.publish(10, size=65536)
                await asyncio.sleep(0.01)
        transport.resume_reading()  # type: ignore[attr-defined]


async def test_a_page_that_answers_no_ping_is_taken_for_gone(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.HEARTBEAT_SECONDS * 1.5 <= 15  # what docs/policy.md says of who watches
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.2)
    url = f"http://127.0.0.1:{stand.port}/events"  # type: ignore[attr-defined]
    async with aiohttp.ClientSession() as session, session.ws_connect(url, autoping=False) as page:
        assert (await page.receive_json())["kind"] == "hello"
        await emptied(stand)
    assert len(stand.hub) == 0


async def test_when_the_login_ends_the_socket_says_so_and_ends(stand: Stand) -> None:
    async with Client(stand) as page:
        await page.next()
        stand.bus.publish(Event("login.ended", {"login": stand.me.login_id, "user": stand.me.user_id}))
        assert await page.until("bye") == {"kind": "bye", "code": "login_ended"}
        assert await page.is_closed()


async def test_the_end_of_another_login_of_the_same_person_ends_nothing(stand: Stand) -> None:
    async with Client(stand) as page:
        await page.next()
        stand.bus.publish(Event("login.ended", {"login": "lgn_other", "user": stand.me.user_id}))
        stand.publish()
        assert (await page.until("changed"))["kind"] == "changed"


async def test_a_login_that_ended_by_itself_ends_the_socket(stand: Stand) -> None:
    async with Client(stand) as page:
        await page.next()
        stand.logins.clear()
        assert (await page.until("bye"))["code"] == "login_ended"
        assert await page.is_closed()


async def test_a_page_that_does_not_read_cannot_stay_when_its_login_ends(stand: Stand) -> None:
    async with Client(stand) as page:
        await page.next()
        assert page.socket._response.connection is not None
        transport = page.socket._response.connection.transport
        assert transport is not None
        transport.pause_reading()  # type: ignore[attr-defined]
        for _ in range(400):
            stand.publish(10, size=4096)
            await asyncio.sleep(0)
        stand.bus.publish(Event("login.ended", {"login": stand.me.login_id, "user": stand.me.user_id}))
        await emptied(stand)
        transport.resume_reading()  # type: ignore[attr-defined]


async def test_who_cannot_be_judged_may_not_go_on(stand: Stand) -> None:
    async with Client(stand) as page:
        await page.next()
        stand.error = UnavailableError("the database is away")
        assert (await page.until("bye"))["code"] == "unavailable"
        assert await page.is_closed()


async def test_whose_rights_changed_reads_everything_anew_and_watches_no_more_than_they_may(stand: Stand) -> None:
    async with Client(stand) as page:
        await page.socket.send_json({"watch": "ses_aaaa"})
        assert (await page.until("session"))["event"]["kind"] == "opened"
        less = frozenset({Role.VENDOR})
        stand.logins[stand.me.login_id] = replace(stand.me, roles=less, permissions=permissions_of(less))
        assert await page.until("refused") == {"kind": "refused", "session": "ses_aaaa", "code": "not_found"}
        assert (await page.next())["kind"] == "reset"
        assert not stand.sessions.session._watchers
        stand.publish()
        stand.bus.publish(Event("user.changed", {"user": stand.me.user_id}))
        assert (await page.next())["topic"] == "user.changed"


async def test_a_session_that_one_may_not_watch_is_refused_like_one_that_does_not_exist(stand: Stand) -> None:
    async with Client(stand) as page:
        await page.socket.send_json({"watch": "ses_nil"})
        assert await page.until("refused") == {"kind": "refused", "session": "ses_nil", "code": "not_found"}


async def test_watching_twice_is_watching_once_from_another_number(stand: Stand) -> None:
    from tests.unit.broker.events.test_watching import say

    say(stand.sessions.session, 3)
    async with Client(stand) as page:
        await page.socket.send_json({"watch": "ses_aaaa", "after": 2})
        assert [item["number"] for item in (await page.until("operations"))["items"]] == [3]
        await page.socket.send_json({"watch": "ses_aaaa", "after": 1})
        assert [item["number"] for item in (await page.until("operations"))["items"]] == [2, 3]
    assert stand.sessions.watches == 1


async def test_what_is_watched_no_more_is_silent_and_nothing_is_left_of_it(stand: Stand) -> None:
    session = stand.sessions.session
    async with Client(stand) as page:
        await page.socket.send_json({"watch": "ses_aaaa"})
        await page.until("session")
        await page.socket.send_json({"unwatch": "ses_aaaa"})
        await page.socket.send_json({"watch": "ses_nil"})
        await page.until("refused")
        session.tell("warning", text="for nobody")
        stand.publish()
        assert (await page.next())["kind"] == "changed"
    assert not session._watchers


async def test_a_page_that_leaves_is_forgotten(stand: Stand) -> None:
    async with Client(stand) as page:
        await page.socket.send_json({"watch": "ses_aaaa"})
        await page.until("session")
        assert len(stand.hub) == 1
    await emptied(stand)
    assert not stand.sessions.session._watchers


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"watch": 1}', '{"watch": "ses_a", "after": -1}', '{"watch": "a", "x": 1}', "\x00"],
)
async def test_what_is_not_understood_ends_the_socket(stand: Stand, text: str) -> None:
    async with Client(stand) as page:
        await page.socket.send_str(text)
        assert (await page.until("bye"))["code"] == "bad_message"
        assert await page.is_closed()


async def test_a_message_that_is_too_long_ends_the_socket(stand: Stand) -> None:
    async with Client(stand) as page:
        await page.next()
        await page.socket.send_str(" " * 4096)
        assert await page.is_closed()


async def test_a_page_that_says_too_much_is_sent_away(stand: Stand) -> None:
    async with Client(stand) as page:
        for _ in range(module.MAX_COMMANDS + 1):
            await page.socket.send_json({"unwatch": "ses_nil"})
        assert (await page.until("bye"))["code"] == "too_many_requests"


async def test_a_socket_watches_so_many_sessions_and_no_more(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchlist, "MAX_WATCHED", 0)
    async with Client(stand) as page:
        await page.socket.send_json({"watch": "ses_aaaa"})
        assert (await page.until("refused"))["code"] == "limit_reached"


async def test_a_login_has_so_many_sockets_and_no_more(stand: Stand) -> None:
    pages = [await Client(stand).__aenter__() for _ in range(MAX_SOCKETS_PER_LOGIN)]
    for page in pages:
        await page.next()
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await Client(stand).__aenter__()
    for page in pages:
        await page.__aexit__()


async def test_a_broker_that_stops_says_good_bye(stand: Stand) -> None:
    async with Client(stand) as page:
        await page.next()
        closing = asyncio.ensure_future(stand.hub.close())
        assert (await page.until("bye"))["code"] == "broker_stopped"
        assert await page.is_closed()
        await closing
