"""Over real TLS: the verified leaf says which agent it is, and nothing else does."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from broker.http.edge import problems
from broker.pki.authority import Authority
from broker.pki.keys import private_bytes
from tests.unit.broker.identity.people import People
from tunnel.tls import client_context, server_context

NOW = datetime.now(UTC)  # OpenSSL has no other clock
LIVE: set[str] = set()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "pki", NOW)


@pytest.fixture
async def url(people: People, authority: Authority) -> AsyncIterator[str]:
    """An HTTPS server that answers with the agent it saw."""
    people.clock._now = NOW

    async def is_live(agent: str, serial: str) -> bool:
        return f"{agent} {serial}" in LIVE

    authenticator = people.authenticator(is_live)

    async def who(request: web.Request) -> web.Response:
        agent = await authenticator.authenticate_agent(request)
        return web.Response(text=f"{agent.agent_id} {agent.site_id}")

    app = web.Application(middlewares=[problems])
    app.router.add_get("/", who)
    runner = web.AppRunner(app)
    await runner.setup()
    certificate, key = authority.server_files(["localhost"], NOW)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_context(certificate, key, authority.pem.decode()))
    await site.start()
    yield f"https://localhost:{runner.addresses[0][1]}/"
    await runner.cleanup()
    LIVE.clear()


def agent_files(folder: Path, signer: Authority) -> tuple[Path, Path]:
    """A key and the certificate that an authority gave it; it counts as live."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "whatever")])
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    pem = csr.public_bytes(serialization.Encoding.PEM).decode()
    chain, identity = signer.issue_agent(pem, "agt_one", "ste_north", NOW)
    LIVE.add(f"agt_one {identity.serial}")
    (folder / "agent.crt").write_text(chain)
    (folder / "agent.key").write_bytes(private_bytes(key))
    return folder / "agent.crt", folder / "agent.key"


async def ask(url: str, tls: ssl.SSLContext, **headers: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url, ssl=tls, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_a_live_certificate_is_the_agent(url: str, authority: Authority, tmp_path: Path) -> None:
    certificate, key = agent_files(tmp_path, authority)
    tls = client_context(authority.pem.decode(), certificate=certificate, key=key)
    assert await ask(url, tls) == (200, "agt_one ste_north")


async def test_a_revoked_certificate_is_nobody(url: str, authority: Authority, tmp_path: Path) -> None:
    certificate, key = agent_files(tmp_path, authority)
    LIVE.clear()
    status, _ = await ask(url, client_context(authority.pem.decode(), certificate=certificate, key=key))
    assert status == 401


async def test_an_expired_certificate_is_nobody_on_a_connection_that_stayed_open(
    people: People, url: str, authority: Authority, tmp_path: Path
) -> None:
    certificate, key = agent_files(tmp_path, authority)
    people.clock.advance(timedelta(days=8))
    status, _ = await ask(url, client_context(authority.pem.decode(), certificate=certificate, key=key))
    assert status == 401


async def test_without_a_certificate_no_header_helps(url: str, authority: Authority) -> None:
    status, _ = await ask(
        url, client_context(authority.pem.decode()), **{"X-Client-Cert": "agt_one", "X-Agent": "agt_one"}
    )
    assert status == 401


async def test_the_servers_own_certificate_is_no_agents(url: str, authority: Authority) -> None:
    certificate, key = authority.server_files(["localhost"], NOW)
    tls = client_context(authority.pem.decode(), certificate=certificate, key=key)
    try:
        status, _ = await ask(url, tls)
    except aiohttp.ClientError:
        return  # refused in the handshake already: not a client's certificate
    assert status == 401


async def test_another_authoritys_certificate_gets_no_connection(
    url: str, authority: Authority, tmp_path: Path
) -> None:
    certificate, key = agent_files(tmp_path, Authority(tmp_path / "other", NOW))
    with pytest.raises(aiohttp.ClientError):
        await ask(url, client_context(authority.pem.decode(), certificate=certificate, key=key))
