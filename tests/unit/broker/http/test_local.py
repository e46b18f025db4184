"""Plain HTTP for this machine alone: which sockets, which names, and no agents."""

import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from broker.http.edge import Edge, problems
from broker.http.listener import bind
from broker.http.local import bind_loopback, for_this_machine, without_agents
from broker.http.routes import AgentOnly, Call, Public, Route
from tests.unit.broker.http.edges import Client, FakeAuthenticator, FakeIdempotencyStore


async def nothing(_call: Call) -> None:
    return None


ROUTES = [
    Route("GET", "/hello", nothing, Public("a test"), "hello"),
    Route("GET", "/api/v1/certificate", nothing, AgentOnly(), "an agent's, wherever it stands"),
    Route("POST", "/agent/v1/enrolment", nothing, Public("a test"), "enrol"),
]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """The application as the loopback listener serves it."""
    app = web.Application(middlewares=[problems, for_this_machine])
    Edge(FakeAuthenticator(), FakeIdempotencyStore()).register(app, without_agents(ROUTES))
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "LocalHost:1"])
async def test_it_answers_to_localhost_on_any_port_for_ports_are_forwarded(client: Client, host: str) -> None:
    assert (await client.get("/hello", headers={"Host": host})).status == 204


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "localhost.evil.example", "evil.example:8080", "127.0.0.1", "[::1]", "localhost.",
        "localhost:x", "localhost:8080@evil.example", "evil.example#localhost", "localhost, evil.example",
    ],
)  # fmt: skip
async def test_a_name_that_was_made_to_lead_here_is_refused(client: Client, host: str) -> None:
    answer = await client.get("/hello", headers={"Host": host})
    assert answer.status == 400


async def test_agents_are_not_there(client: Client) -> None:
    for method, path in (("GET", "/api/v1/certificate"), ("POST", "/agent/v1/enrolment")):
        assert (await client.request(method, path, headers={"Host": "localhost"})).status == 404


def test_the_port_is_the_same_on_both_loopback_addresses_and_on_no_other() -> None:
    sockets = bind_loopback(0)
    try:
        ports = {bound.getsockname()[1] for bound in sockets}
        assert len(ports) == 1
        assert {bound.getsockname()[0] for bound in sockets} <= {"127.0.0.1", "::1"}
    finally:
        for bound in sockets:
            bound.close()


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6 here")
def test_half_a_port_is_none_for_a_browser_takes_either_address() -> None:
    with bind("::1", 0) as other:
        other.listen()
        with pytest.raises(OSError, match="in use"):
            bind_loopback(other.getsockname()[1])
