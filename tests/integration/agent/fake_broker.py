"""A small broker that speaks tunnel/messages.py over real TLS, for the agent's tests."""

import asyncio
import base64
import json
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import WSMsgType, web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pydantic import BaseModel

from tests.unit.agent.grant_tokens import ISSUER, SITE, Signer
from tunnel.ends import FramedEnd, PlainEnd, ReadBuffer
from tunnel.errors import PeerGoneError
from tunnel.messages import (
    CONTROL_PATH,
    ENROLMENT_PATH,
    FROM_AGENT,
    RENEWAL_PATH,
    EnrolmentRequest,
    EnrolmentResponse,
    Hello,
    JoinToken,
    RenewalRequest,
    Welcome,
)
from tunnel.relay import Relay, RelayEnd
from tunnel.taking import accept_stream
from tunnel.tls import server_context

PATIENCE_SECONDS = 15
M = TypeVar("M", bound=BaseModel)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class FakePki:
    """A CA with one server certificate for 127.0.0.1 and localhost."""

    def __init__(self, folder: Path, *, valid_from: timedelta = timedelta(hours=-1)) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign(self.key.public_key(), "fake CA", is_ca=True)
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        self.fingerprint = self.certificate.fingerprint(hashes.SHA256()).hex()
        folder.mkdir(parents=True, exist_ok=True)
        self.server_key, self.server_chain = folder / "server.key", folder / "server.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = self._sign(key.public_key(), "broker", valid_from=valid_from)
        self.server_chain.write_text(leaf.public_bytes(serialization.Encoding.PEM).decode() + self.pem)
        self.server_key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    @property
    def now(self) -> datetime:
        """What certificates are dated by: one authority serves all tests of a worker, however long they take."""
        return datetime.now(UTC)

    def sign_request(self, csr: str, *, lifetime: timedelta = timedelta(days=7)) -> str:
        request = x509.load_pem_x509_csr(csr.encode())
        leaf = self._sign(request.public_key(), "agent", client=True, lifetime=lifetime)
        return leaf.public_bytes(serialization.Encoding.PEM).decode() + self.pem

    def tls(self) -> ssl.SSLContext:
        return server_context(self.server_chain, self.server_key, self.pem)

    def _sign(
        self,
        key: Any,
        name: str,
        *,
        is_ca: bool = False,
        client: bool = False,
        valid_from: timedelta = timedelta(hours=-1),
        lifetime: timedelta = timedelta(days=7),
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name("fake CA"))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now + valid_from)
            .not_valid_after(self.now + valid_from + lifetime)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if is_ca:
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            return builder.add_extension(usage, critical=True).sign(self.key, hashes.SHA256())
        purpose = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        return builder.add_extension(names, critical=False).sign(self.key, hashes.SHA256())


class FakeLink:
    """The broker's end of one control link."""

    def __init__(self, socket: web.WebSocketResponse, hello: Hello) -> None:
        self.hello = hello
        self.gone = asyncio.Event()
        self._socket = socket
        self._inbox: asyncio.Queue[BaseModel] = asyncio.Queue()

    async def say(self, message: BaseModel) -> None:
        await self._socket.send_str(message.model_dump_json())

    async def hear(self, kind: type[M]) -> M:
        """Return the next message of this kind; others are passed over."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                message = await self._inbox.get()
                if isinstance(message, kind):
                    return message

    def heard(self, message: BaseModel) -> None:
        self._inbox.put_nowait(message)

    async def drop(self) -> None:
        await self._socket.close()


class FakeUser:
    """The user's end of one stream, as plain asyncio streams."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.end: asyncio.Future[RelayEnd] = asyncio.get_running_loop().create_future()

    async def ask(self, data: bytes, answer_bytes: int) -> bytes:
        self.writer.write(data)
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.reader.readexactly(answer_bytes)

    async def leave(self) -> None:
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()

    async def ended(self) -> RelayEnd:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await asyncio.shield(self.end)


class FakeBroker:
    """Serves agents on loopback until closed; ``refusals`` are (status, code) for the next enrolments or streams."""

    def __init__(self, pki: FakePki, signer: Signer | None = None) -> None:
        self.pki = pki
        self.signer = signer or Signer()
        self.port = 0
        self.clock_offset = timedelta()
        self.heartbeat_seconds = 30.0
        self.lifetime = timedelta(days=7)
        self.refuse_enrolment: tuple[int, str] | None = None
        self.refuse_stream: tuple[int, str] | None = None
        self.refuse_link: int | None = None
        self.on_stream: Callable[[], Awaitable[None]] | None = None
        self.certificates: list[bytes | None] = []
        self.enrolments: list[EnrolmentRequest] = []
        self._links: asyncio.Queue[FakeLink] = asyncio.Queue()
        self._users: asyncio.Queue[FakeUser] = asyncio.Queue()
        self._opened: list[FakeUser] = []
        self._buffer = ReadBuffer()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Serve on the port of before, or on a free one."""
        app = web.Application()
        app.router.add_get(CONTROL_PATH, self._control)
        app.router.add_post(ENROLMENT_PATH, self._enrol)
        app.router.add_post(RENEWAL_PATH, self._renew)
        app.router.add_get("/agent/v1/streams/{stream}", self._stream)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=self.pki.tls(), reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        for user in self._opened:
            await user.leave()
        if self._runner is not None:
            await self._runner.cleanup()

    async def link(self) -> FakeLink:
        """Return the next agent that connects."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._links.get()

    async def user(self) -> FakeUser:
        """Return the user's end of the next stream that an agent opens back."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._users.get()

    def join_token(self, **changes: Any) -> str:
        facts = {"url": self.url, "ca_fingerprint": self.pki.fingerprint, "site": SITE, "secret": "s" * 43}
        token = JoinToken.model_validate(facts | changes)
        return "wgj1." + base64.urlsafe_b64encode(token.model_dump_json().encode()).decode().rstrip("=")

    async def _control(self, request: web.Request) -> web.StreamResponse:
        self._note_certificate(request)
        if self.refuse_link is not None:
            return web.Response(status=self.refuse_link)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = FROM_AGENT.validate_json((await socket.receive()).data)
        assert isinstance(hello, Hello)
        link = FakeLink(socket, hello)
        await link.say(
            Welcome(
                node="node-1",
                clock=datetime.now(UTC) + self.clock_offset,
                heartbeat_seconds=self.heartbeat_seconds,
                grant_keys=self.signer.jwk_set(),
            )
        )
        self._links.put_nowait(link)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                link.heard(FROM_AGENT.validate_json(message.data))
        link.gone.set()
        return socket

    async def _enrol(self, request: web.Request) -> web.Response:
        asked = EnrolmentRequest.model_validate(await request.json())
        self.enrolments.append(asked)
        if self.refuse_enrolment:
            return _problem(*self.refuse_enrolment)
        return self._identity(asked.csr)

    async def _renew(self, request: web.Request) -> web.Response:
        self._note_certificate(request)
        return self._identity(RenewalRequest.model_validate(await request.json()).csr)

    def _identity(self, csr: str) -> web.Response:
        answer = EnrolmentResponse(
            agent="agt_first",
            site=SITE,
            site_name="north",
            certificate=self.pki.sign_request(csr, lifetime=self.lifetime),
            ca=self.pki.pem,
            grant_keys=self.signer.jwk_set(),
            issuer=ISSUER,
        )
        return web.json_response(answer.model_dump(mode="json"))

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        self._note_certificate(request)
        if self.on_stream is not None:
            await self.on_stream()
        if self.refuse_stream:
            return _problem(*self.refuse_stream)
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        user = FakeUser(reader, writer)
        self._opened.append(user)
        _, left = await asyncio.get_running_loop().create_connection(lambda: PlainEnd(self._buffer), sock=theirs)
        right = FramedEnd(self._buffer)
        try:
            response = accept_stream(request, right)
        except PeerGoneError:
            left.discard()
            return web.Response(status=499)
        Relay(left, right, idle_seconds=None, on_end=user.end.set_result).start()
        self._users.put_nowait(user)
        return response

    def _note_certificate(self, request: web.Request) -> None:
        tls = request.transport.get_extra_info("ssl_object") if request.transport else None
        self.certificates.append(tls.getpeercert(binary_form=True) if tls else None)


def _problem(status: int, code: str) -> web.Response:
    body = {"title": "refused", "status": status, "code": code, "detail": f"the broker says {code}"}
    return web.Response(status=status, text=json.dumps(body), content_type="application/problem+json")
