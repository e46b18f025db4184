"""An agent that speaks the control protocol over real TLS, and the broker's port for it to speak to."""

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp
from aiohttp import web
from cryptography import x509

from broker.http.edge import Edge, problems
from broker.http.errors import UnauthenticatedError
from broker.http.listener import Listener, ListenerLimits
from broker.http.principal import AgentPrincipal, Principal
from broker.inventory.control import ControlDesk, LinkTerms
from broker.inventory.links import LinkRegistry
from broker.inventory.standing import AgentStanding
from broker.pki.authority import Authority, read_agent_identity
from broker.pki.keys import private_bytes
from tests.unit.broker.inventory.fakes import csr_of, new_key
from tunnel.messages import (
    CONTROL_PATH,
    FROM_BROKER,
    EnrolmentResponse,
    FromAgent,
    FromBroker,
    Goodbye,
    Hello,
    SiteLock,
    Welcome,
)
from tunnel.tls import client_context, peer_certificate, server_context

OPEN = SiteLock(locked=False)
SOON = 20.0


class FakeAuthenticator:
    """Knows agents by their certificate, and one user."""

    def __init__(self, standing: AgentStanding, user: Principal | None = None) -> None:
        self._standing = standing
        self.user = user

    async def authenticate_user(self, request: web.Request) -> Principal:
        if self.user is None:
            raise UnauthenticatedError
        return self.user

    async def authenticate_agent(self, request: web.Request) -> AgentPrincipal:
        assert request.transport is not None
        der = peer_certificate(request.transport)
        if der is None:
            raise UnauthenticatedError
        identity = read_agent_identity(x509.load_der_x509_certificate(der))
        if not await self._standing.agent_is_live(identity.agent_id, identity.serial):
            raise UnauthenticatedError
        return AgentPrincipal(identity.agent_id, identity.site_id, identity.serial, request.remote or "")


class FakeIdempotency:
    """Keeps nothing."""

    async def begin(self, caller: str, key: str, body_digest: bytes) -> None:
        return None

    async def finish(self, caller: str, key: str, status: int, body: bytes) -> None:
        return None

    async def abandon(self, caller: str, key: str) -> None:
        return None


@asynccontextmanager
async def serving(routes: list[object], authenticator: FakeAuthenticator, authority: Authority) -> AsyncIterator[str]:
    """Serve routes on the broker's own listener, loopback, any free port; yields the URL."""
    app = web.Application(middlewares=[problems])
    Edge(authenticator, FakeIdempotency()).register(app, routes)  # type: ignore[arg-type]
    certificate, key = authority.server_files(["127.0.0.1"], authority.certificate.not_valid_before_utc)
    listener = Listener(app, server_context(certificate, key, authority.pem.decode()), ListenerLimits())
    listening = socket.create_server(("127.0.0.1", 0))
    await listener.start(listening)
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        await listener.stop()


@dataclass
class AgentKeys:
    """What an enrolled agent keeps on its disk."""

    tls: ssl.SSLContext
    response: EnrolmentResponse


class Enroller:
    """Enrols agents without the network, and keeps their keys in files."""

    def __init__(self, enrol: object, folder: Path) -> None:
        self._enrol = enrol
        self._folder = folder

    async def keys(self, name: str = "agent-1") -> AgentKeys:
        """Enrol an agent and return its keys."""
        key = new_key()
        response: EnrolmentResponse = await self._enrol(csr_of(key), name)  # type: ignore[operator]
        certificate_file, key_file = self._folder / f"{name}.crt", self._folder / f"{name}.key"
        certificate_file.write_text(response.certificate)
        key_file.write_bytes(private_bytes(key))
        return AgentKeys(client_context(response.ca, certificate=certificate_file, key=key_file), response)


class FakeAgent:
    """One process of an agent: opens control links, says what the test wants, hears what the broker says."""

    def __init__(self, url: str, keys: AgentKeys, instance: str = "instance-of-agent") -> None:
        self.url = url
        self.keys = keys
        self.id = keys.response.agent
        self.instance = instance
        self._session = aiohttp.ClientSession()
        self.socket: aiohttp.ClientWebSocketResponse | None = None

    async def connect(self, *, answers_pings: bool = True) -> None:
        """Open the WebSocket; a connection that does not answer pings stands for one whose network is gone."""
        self.socket = await self._session.ws_connect(
            self.url + CONTROL_PATH, ssl=self.keys.tls, autoping=answers_pings, autoclose=answers_pings
        )

    async def say_hello(self, now: datetime, lock: SiteLock = OPEN) -> None:
        """Say the first words."""
        await self.say(Hello(software="fake", clock=now, lock=lock, ceiling_digest="sha256:0", instance=self.instance))

    async def arrive(self, now: datetime, lock: SiteLock = OPEN, *, answers_pings: bool = True) -> Welcome:
        """Connect, say hello and be welcomed."""
        await self.connect(answers_pings=answers_pings)
        await self.say_hello(now, lock)
        welcome = await self.hear()
        assert isinstance(welcome, Welcome), welcome
        return welcome

    async def say(self, message: FromAgent) -> None:
        """Send one message."""
        assert self.socket is not None
        await self.socket.send_str(message.model_dump_json())

    async def hear(self) -> FromBroker | None:
        """Return the next message, ``None`` at the end of the link."""
        assert self.socket is not None
        message = await self.socket.receive(SOON)
        return FROM_BROKER.validate_json(message.data) if message.type is aiohttp.WSMsgType.TEXT else None

    async def hear_goodbye(self) -> Goodbye:
        """Return the broker's good-bye; the link must end right after it."""
        goodbye = await self.hear()
        assert isinstance(goodbye, Goodbye), goodbye
        assert await self.hear() is None
        return goodbye

    async def leave(self) -> None:
        """End the process."""
        await self._session.close()


def control_desk(
    links: LinkRegistry, standing: AgentStanding, events: object, keys: object, bus: object, clock: object,
    heartbeat_seconds: float = 60.0,
) -> ControlDesk:  # fmt: skip
    """The desk as the broker makes it."""
    terms = LinkTerms("node-1", heartbeat_seconds)
    return ControlDesk(links, standing, events, keys, bus, clock, terms)  # type: ignore[arg-type]
