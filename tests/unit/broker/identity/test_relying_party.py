"""Passkeys belong to a name of the broker's; its own port or its public address tells its pages from a neighbour's."""

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from broker.identity.errors import PasskeysUnavailableError
from broker.identity.relying_party import RelyingParties, RelyingParty

NAMES = ["Gate.example.com", "localhost", "127.0.0.1", "::1"]


async def party_of(host: str, public_url: str | None = None) -> RelyingParty | None:
    """What a request to a server on loopback is taken for; ``{port}`` in ``host`` is the server's own."""
    parties, found = RelyingParties(NAMES, public_url), []

    async def look(request: web.Request) -> web.Response:
        try:
            found.append(parties.of(request))
        except PasskeysUnavailableError:
            found.append(None)
        return web.Response()

    app = web.Application()
    app.router.add_get("/", look)
    async with TestClient(TestServer(app)) as client:
        await client.get("/", headers={"Host": host.format(port=client.port)})
        party = found[0]
        return party and RelyingParty(party.id, party.origin.replace(str(client.port), "PORT"))


async def test_a_name_of_the_brokers_with_its_own_port_is_one() -> None:
    assert await party_of("localhost:{port}") == RelyingParty("localhost", "http://localhost:PORT")
    assert await party_of("GATE.example.com:{port}") == RelyingParty("gate.example.com", "http://gate.example.com:PORT")


async def test_an_address_or_somebody_elses_name_is_none() -> None:
    for host in (
        "127.0.0.1:{port}",
        "[::1]:{port}",
        "example.com:{port}",
        "evil.gate.example.com:{port}",
        "localhost.:{port}",
    ):
        assert await party_of(host) is None, host


async def test_another_port_of_the_same_host_is_somebody_else() -> None:
    for host in ("localhost", "localhost:80", "localhost:1", "gate.example.com"):
        assert await party_of(host) is None, host


async def test_the_public_address_may_have_another_port() -> None:
    """As behind a balancer, or a firewall that maps 443 to 8443."""
    assert await party_of("gate.example.com", "http://gate.example.com/") is not None
    assert await party_of("gate.example.com:444", "http://gate.example.com:444") is not None
    assert await party_of("gate.example.com:444", "http://gate.example.com") is None
    assert await party_of("gate.example.com", "https://gate.example.com") is None


async def test_what_is_no_address_is_none() -> None:
    for host in ("", "-", "a b", "localhost:port", "user@localhost:{port}", "localhost:{port}/x"):
        assert await party_of(host) is None, host
