"""A page in a browser, as the broker sees it: cookie, token, origin; and the API that it talks to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from broker.db.idempotency import DatabaseIdempotencyStore
from broker.http.browser import COOKIE, CSRF_HEADER
from broker.http.edge import Edge, problems
from broker.http.routes import AgentOnly, Call, Route, SignedIn
from broker.identity.routes import routes
from tests.unit.broker.identity.people import PASSWORD, People, Somebody

Client = TestClient[web.Request, web.Application]


async def nobody_is_live(_agent: str, _serial: str) -> bool:
    return False


async def socket(call: Call) -> web.StreamResponse:
    """A WebSocket that closes at once."""
    answer = web.WebSocketResponse()
    await answer.prepare(call.request)
    await answer.close()
    return answer


async def nothing(_call: Call) -> None:
    """Nothing to say."""


OTHERS = [
    Route("GET", "/api/v1/socket", socket, SignedIn(), "A WebSocket", upgrade=True),
    Route("GET", "/agent/v1/thing", nothing, AgentOnly(), "For agents", status=204),
    Route("POST", "/agent/v1/thing", nothing, AgentOnly(), "For agents", status=204),
]


@asynccontextmanager
async def serving(people: People) -> AsyncIterator[Client]:
    """Serve identity's routes, a WebSocket, and something for agents."""
    app = web.Application(middlewares=[problems])
    edge = Edge(people.authenticator(nobody_is_live), DatabaseIdempotencyStore(people.database, people.clock))
    edge.register(app, [*routes(people, people.group_uses), *OTHERS])
    async with TestClient(TestServer(app)) as client:
        yield client


@dataclass
class Reply:
    """Status, document and Set-Cookie of an answer."""

    status: int
    document: Any
    set_cookie: list[str]

    @property
    def code(self) -> str:
        """The problem's code."""
        return str(self.document.get("code", "")) if isinstance(self.document, dict) else ""

    @property
    def shape(self) -> object:
        """Everything but the id of the request."""
        return self.status, {k: v for k, v in self.document.items() if k != "request_id"}, self.set_cookie


@dataclass
class Page:
    """Sends what a browser would from one of our pages; a test may leave something out or send another's."""

    client: Client
    cookie: str | None = None
    csrf: str | None = None
    host: str = ""
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.host = self.host or f"localhost:{self.client.port}"

    @property
    def origin(self) -> str:
        """The page's origin."""
        return f"http://{self.host}"

    async def ask(self, method: str, path: str, body: object = None, **headers: str | None) -> Reply:
        """Call the API; a header that is ``None`` is left out."""
        usual = {
            "Host": self.host,
            "Origin": self.origin if method != "GET" else None,
            "Cookie": f"{COOKIE}={self.cookie}" if self.cookie else None,
            CSRF_HEADER: self.csrf if method != "GET" else None,
            **self.more,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        sent = {name: value for name, value in usual.items() if value is not None}
        path = path if path.startswith("/agent") else f"/api/v1{path}"
        async with self.client.request(method, path, json=body, headers=sent) as answer:
            document = await answer.json() if answer.content_type.endswith("json") else None
            return Reply(answer.status, document, answer.headers.getall("Set-Cookie", []))

    async def sign_in(self, people: People, who: Somebody) -> Reply:
        """Sign in with password and code, and keep what comes of it."""
        return self.keep(await self.ask("POST", "/auth/login", self.proof(people, who)))

    def proof(self, people: People, who: Somebody) -> dict[str, object]:
        """The body of a sign-in with a fresh code."""
        otp = people.next_code(who)
        return {"username": who.name, "password": who.password or PASSWORD, "otp": otp, "browser": True}

    def keep(self, reply: Reply) -> Reply:
        """Keep the cookie and the token of an answer, as a browser does."""
        assert reply.status < 300, reply
        (line,) = reply.set_cookie
        self.cookie, self.csrf = line.partition(";")[0].partition("=")[2], reply.document["csrf"]
        return reply
