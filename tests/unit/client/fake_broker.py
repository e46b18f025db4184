"""A broker for the client's tests: TLS on loopback, in a thread of its own, with an answer for each address.

Sign-in, refresh with reuse detection, idempotency keys, watching and streams behave as the real broker's; every other
address answers what a test gives it.
"""

import asyncio
import json
import secrets
import ssl
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import WSMsgType, web

from tunnel.ends import FramedEnd, PlainEnd, ReadBuffer
from tunnel.relay import Relay
from tunnel.taking import accept_stream

SITE = {"id": "sit_a", "name": "north", "online": True, "lock": None, "banner": "", "timezone": "Europe/Berlin"}
ASSET = {
    "id": "ast_a", "path": "north/plc-1", "site": "sit_a", "site_name": "north", "name": "plc-1", "display_name": "PLC",
    "labels": {"type": "plc"}, "zone": "z1", "version": 3,
    "services": [{"name": "modbus", "protocol": "modbus"}, {"name": "ssh", "protocol": "tcp"}],
}  # fmt: skip
REQUEST = {
    "id": "req_a", "state": "pending", "user_name": "vendor-1", "asset": "ast_a", "asset_name": "north/plc-1",
    "service_name": "modbus", "tiers": ["read"], "rules": {"tiers": ["read"]},
    "rules_text": ["May read."], "duration": 3600, "starts_at": None,
    "reason": "pump", "ticket": "CHG-1", "emergency": False, "policy": "p", "hash": "ab" * 32, "approvals": [],
    "approvals_needed": [{"group": "ot-operations", "count": 1, "met": 0}], "grant": None, "decision_reason": "",
    "created_at": "2026-03-02T07:30:00+00:00",
}  # fmt: skip
SESSION = {
    "id": "ses_a", "state": "open", "user_name": "vendor-1", "asset_name": "north/plc-1", "service_name": "modbus",
    "protocol": "modbus", "tiers": ["read"], "ticket": "CHG-1", "recording": "rec_a", "end_code": None,
    "end_detail": "", "not_after": "2026-03-02T09:30:00+00:00",
}  # fmt: skip
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

Result = TypeVar("Result")
Answer = tuple[int, dict[str, Any]] | bytes


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    key: str


@dataclass
class Account:
    """A user; ``enrolled`` once the second factor is set up."""

    password: str = "correct horse"
    otp: str = "123456"
    enrolled: bool = True


@dataclass
class FakeBroker:
    """Start it with ``start`` and stop it with ``stop``; everything may be called from the test's thread."""

    certificate: Path
    key: Path
    accounts: dict[str, Account] = field(default_factory=lambda: {"vendor-1": Account()})
    calls: list[Call] = field(default_factory=list)
    url: str = ""
    access_seconds: float = 600
    stream_refusal: tuple[int, str, str] | None = None

    def __post_init__(self) -> None:
        self._answers: dict[tuple[str, str], list[Answer]] = {}
        self._done: dict[str, web.Response] = {}
        self._dropped: set[tuple[str, str]] = set()
        self._access: set[str] = set()
        self._refresh: dict[str, bool] = {}
        self._watchers: list[web.WebSocketResponse] = []
        self._relays: list[Relay] = []
        self._ended = ("", "")
        self._buffer = ReadBuffer()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.watched = threading.Event()
        self.reuse_detected = False

    # --- for tests

    def start(self) -> None:
        """Listen on any port."""
        self._thread.start()
        self._run(self._start())

    def stop(self) -> None:
        """Close everything."""
        self._run(self._runner.cleanup())
        self._echo.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def answer(self, method: str, path: str, *answers: dict[str, Any] | bytes, status: int = 200) -> None:
        """Give the answers of an address, one after the other; the last one stays."""
        self._answers[method, path] = [each if isinstance(each, bytes) else (status, each) for each in answers]

    def refuse(self, method: str, path: str, status: int, code: str, *then: dict[str, Any], **fields: Any) -> None:
        """Answer with a problem, and then with something else."""
        detail = {"code": code, "title": code, "detail": f"about {code}", "request_id": "req_1", **fields}
        self._answers[method, path] = [(status, detail), *((200, each) for each in then)]

    def lose_answer(self, method: str, path: str) -> None:
        """Do what is asked the next time, and close the connection instead of answering."""
        self._dropped.add((method, path))

    def end_session(self, code: str, reason: str) -> None:
        """End the session as the plant does."""
        self._run(self._end_session(code, reason))

    def drop_watchers(self) -> None:
        """Break off every watcher's connection without a word."""
        self._run(self._drop_watchers())

    def expire_tokens(self) -> None:
        """Take no access token any more that is out."""
        self._access.clear()

    def bodies(self, method: str, path: str) -> list[Any]:
        """Return what was sent to an address."""
        return [call.body for call in self.calls if (call.method, call.path) == (method, path)]

    # --- the broker

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _start(self) -> None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, self.key)
        app = web.Application()
        app.router.add_get("/api/v1/sessions/{session}/watch", self._watch)
        app.router.add_get("/api/v1/sessions/{session}/streams", self._stream)
        app.router.add_route("*", "/api/v1{tail:/.*}", self._any)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        self.url = f"https://127.0.0.1:{self._runner.addresses[0][1]}"
        self._echo = await asyncio.start_server(_echo, "127.0.0.1", 0)

    async def _any(self, request: web.Request) -> web.Response:
        path = request.match_info["tail"]
        body = json.loads(await request.read() or b"null")
        query = {name: request.query.getall(name) for name in request.query}
        key = request.headers.get("Idempotency-Key", "")
        self.calls.append(Call(request.method, path, query, body, key))
        response = self._done.get(key) or self._respond(request, path, body)
        if key:
            self._done[key] = response
        if (request.method, path) in self._dropped:
            self._dropped.discard((request.method, path))
            assert request.transport is not None
            request.transport.abort()
        return web.Response(body=response.body, status=response.status, content_type=response.content_type)

    def _respond(self, request: web.Request, path: str, body: Any) -> web.Response:
        public: dict[str, Callable[[Any], web.Response]] = {
            "/setup": self._set_up, "/auth/login": self._log_in, "/auth/enrol/totp": self._propose,
            "/auth/enrol/totp/confirm": self._confirm, "/auth/refresh": self._refreshed,
        }  # fmt: skip
        if path in public:
            return public[path](body)
        if not self._is_signed_in(request):
            return _problem(401, "token_invalid")
        if path == "/auth/step-up":
            return web.json_response(self._tokens()) if body["otp"] == "654321" else _problem(403, "otp_rejected")
        return self._given(request, path)

    def _given(self, request: web.Request, path: str) -> web.Response:
        answers = self._answers.get((request.method, path), [(404, {"code": "not_found", "detail": "nothing here"})])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, bytes):
            first = request.http_range.start or 0
            return web.Response(body=answer[first:], status=206 if first else 200)
        return web.json_response(answer[1], status=answer[0])

    def _set_up(self, body: Any) -> web.Response:
        self.accounts[body["username"]] = Account(body["password"], enrolled=False)
        return self._enrolment(body["username"])

    def _log_in(self, body: Any) -> web.Response:
        account = self.accounts.get(body["username"])
        if account is None or body["password"] != account.password:
            return _problem(401, "login_failed")
        if not account.enrolled:
            return self._enrolment(body["username"])
        if body.get("otp") != account.otp and body.get("recovery_code") != "one-two":
            return _problem(401, "login_failed")
        return web.json_response({"status": "signed_in", "tokens": self._tokens()})

    def _enrolment(self, user: str) -> web.Response:
        return web.json_response({"status": "totp_enrolment_required", "enrolment_token": f"enrol:{user}"})

    def _propose(self, _body: Any) -> web.Response:
        return web.json_response({"secret": SECRET, "otpauth_uri": f"otpauth://totp/x?secret={SECRET}"})

    def _confirm(self, body: Any) -> web.Response:
        self.accounts[body["enrolment_token"].removeprefix("enrol:")].enrolled = True
        return web.json_response({"status": "signed_in", "tokens": self._tokens(), "recovery_codes": ["one-two"]})

    def _refreshed(self, body: Any) -> web.Response:
        used = self._refresh.get(body["refresh_token"])
        if used is not False:
            self.reuse_detected = self.reuse_detected or used is True
            self._access.clear()
            self._refresh.clear()
            return _problem(401, "refresh_failed")
        self._refresh[body["refresh_token"]] = True
        return web.json_response(self._tokens())

    def _tokens(self) -> dict[str, Any]:
        access, refresh = secrets.token_hex(8), secrets.token_hex(8)
        self._access.add(access)
        self._refresh[refresh] = False
        return {"access_token": access, "refresh_token": refresh, "expires_in": self.access_seconds}

    def _is_signed_in(self, request: web.Request) -> bool:
        return request.headers.get("Authorization", "").removeprefix("Bearer ") in self._access

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        if not self._is_signed_in(request):
            return _problem(401, "token_invalid")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"kind": "opened", "until": SESSION["not_after"], "seconds_left": 3600.0})
        self._watchers.append(socket)
        self.watched.set()
        async for message in socket:
            assert message.type is not WSMsgType.BINARY
        return socket

    async def _end_session(self, code: str, reason: str) -> None:
        for relay in list(self._relays):
            relay.cut(code, reason)
        for socket in self._watchers:
            await socket.send_json({"kind": "ended", "code": code, "reason": reason})
            await socket.close()

    async def _drop_watchers(self) -> None:
        for socket in self._watchers:
            assert socket._req is not None and socket._req.transport is not None
            socket._req.transport.abort()
        self._watchers.clear()

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if not self._is_signed_in(request):
            return _problem(401, "token_invalid")
        if self.stream_refusal is not None:
            status, code, detail = self.stream_refusal
            return _problem(status, code, detail)
        host, port = self._echo.sockets[0].getsockname()[:2]
        _, device = await self._loop.create_connection(lambda: PlainEnd(self._buffer), host, port)
        user = FramedEnd(self._buffer)
        response = accept_stream(request, user)
        relay = Relay(user, device, idle_seconds=None, on_end=lambda _end: None)
        self._relays.append(relay)
        relay.start()
        return response


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


def _problem(status: int, code: str, detail: str = "") -> web.Response:
    body = {"code": code, "title": code, "detail": detail or f"about {code}", "request_id": "req_1"}
    return web.json_response(body, status=status, content_type="application/problem+json")
