"""A small API of its own on the real edge: routes that show one behaviour each, and people to call them as."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import BaseModel, ConfigDict, Field

from broker.http.edge import Edge, problems
from broker.http.errors import UnauthenticatedError
from broker.http.idempotency import StoredAnswer
from broker.http.principal import AgentPrincipal, Permission, Principal, Role
from broker.http.routes import Route

Client = TestClient[web.Request, web.Application]
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Order(BaseModel):
    """A body."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=20)
    count: int = 1


class Receipt(BaseModel):
    """An answer."""

    number: int


class FakeAuthenticator:
    """Signs in whoever names permissions in a header; nobody without it."""

    async def authenticate_user(self, request: web.Request) -> Principal:
        """Return a user with the permissions of the header."""
        named = request.headers.get("X-Permissions")
        if named is None:
            raise UnauthenticatedError("This needs a valid access token.")
        permissions = frozenset(Permission(name) for name in named.split(",") if name)
        user = request.headers.get("X-User", "usr_1")
        return Principal(
            user, "operator", "Operator", "org_1", "lgn_1", frozenset({Role.OPERATOR}), permissions,
            "192.0.2.1", frozenset({"password", "totp"}), NOW,
        )  # fmt: skip

    async def authenticate_agent(self, request: web.Request) -> AgentPrincipal:
        """Nobody here is an agent."""
        raise UnauthenticatedError("This address is for agents.")


class FakeIdempotencyStore:
    """Keeps answers in memory."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], StoredAnswer] = {}
        self.settled = asyncio.Event()

    async def begin(self, caller: str, key: str, body_digest: bytes) -> StoredAnswer | None:
        """Claim the key, or return what is there."""
        found = self.answers.get((caller, key))
        if found is None:
            self.answers[caller, key] = StoredAnswer(body_digest, 0, b"")
        return found

    async def finish(self, caller: str, key: str, status: int, body: bytes) -> None:
        """Keep the answer."""
        self.answers[caller, key] = StoredAnswer(self.answers[caller, key].body_digest, status, body)
        self.settled.set()

    async def abandon(self, caller: str, key: str) -> None:
        """Forget the claim."""
        del self.answers[caller, key]
        self.settled.set()


@asynccontextmanager
async def serving(
    routes: Iterable[Route], store: FakeIdempotencyStore | None = None, *, auto_decompress: bool = True
) -> AsyncIterator[Client]:
    """Serve the routes over plain HTTP on loopback."""
    app = web.Application(middlewares=[problems], client_max_size=0)
    Edge(FakeAuthenticator(), store or FakeIdempotencyStore()).register(app, routes)
    async with TestClient(TestServer(app), auto_decompress=auto_decompress) as client:
        yield client
