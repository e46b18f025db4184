"""The audit log over HTTP."""

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from broker.audit.log import SYSTEM, AuditEvent, AuditLog
from broker.audit.routes import routes
from broker.audit.service import AuditReader
from broker.db.engine import Database
from broker.db.idempotency import DatabaseIdempotencyStore
from broker.http.edge import Edge, problems
from broker.http.errors import UnauthenticatedError
from broker.http.principal import AgentPrincipal, Permission, Principal, Role
from tests.unit.broker.fakes import START, FakeClock

Client = TestClient[web.Request, web.Application]


class FakeAuthenticator:
    """Lets in whoever says that they are an auditor."""

    async def authenticate_user(self, request: web.Request) -> Principal:
        if request.headers.get("Authorization") != "Bearer auditor":
            raise UnauthenticatedError
        roles, permissions = frozenset({Role.AUDITOR}), frozenset({Permission.AUDIT_READ})
        return Principal("usr_a", "auditor", "", "org_a", "lgn_a", roles, permissions, "", frozenset(), START)

    async def authenticate_agent(self, request: web.Request) -> AgentPrincipal:
        raise UnauthenticatedError


@pytest.fixture
async def client(database: Database, audit: AuditLog, clock: FakeClock) -> AsyncIterator[Client]:
    app = web.Application(middlewares=[problems])
    reader = AuditReader(database, audit, clock, {})
    Edge(FakeAuthenticator(), DatabaseIdempotencyStore(database, clock)).register(app, routes(reader))
    async with database.transaction() as tx:
        await audit.append(tx, AuditEvent("site.created", SYSTEM, "ste_a", {"name": "north"}))
    async with TestClient(TestServer(app), headers={"Authorization": "Bearer auditor"}) as client:
        yield client


async def test_events_are_paged(client: Client) -> None:
    first = await (await client.get("/api/v1/audit?limit=1")).json()
    second = await (await client.get(f"/api/v1/audit?limit=1&cursor={first['next_cursor']}")).json()
    assert [item["action"] for item in first["items"] + second["items"]] == ["audit.read", "site.created"]
    assert second["next_cursor"] is None


async def test_events_are_filtered_by_time_and_action(client: Client) -> None:
    since = START.isoformat().replace("+00:00", "Z")
    page = await (await client.get("/api/v1/audit", params={"since": since, "action": "site."})).json()
    assert [item["details"] for item in page["items"]] == [{"name": "north"}]


async def test_the_chain_is_verified(client: Client) -> None:
    answer = await (await client.post("/api/v1/audit/verify")).json()
    assert (answer["intact"], answer["links"], answer["uncovered"]) == (True, 1, 1)


async def test_the_export_is_json_lines(client: Client) -> None:
    async with client.get("/api/v1/audit/export") as answer:
        lines = [json.loads(line) for line in (await answer.text()).splitlines()]
    assert [line["type"] for line in lines] == ["header", "link", "link"]


async def test_a_cursor_of_another_list_is_refused(client: Client) -> None:
    for cursor in ("WyJ4Il0", "x", "W10", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDBd", "W1tdXQ"):
        assert (await client.get(f"/api/v1/audit?cursor={cursor}")).status == 422
