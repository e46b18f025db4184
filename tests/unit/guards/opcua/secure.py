"""A tool that speaks Basic256Sha256 to the guard, with keys of the tests' own that are made once."""

import datetime
import functools
import struct
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from guards.effects import Direction, Effect
from guards.material import GuardMaterial
from guards.opcua import chunks, security
from guards.opcua.binary import blob, string
from guards.opcua.guard import OpcUaGuard
from guards.opcua.security import Identity
from tests.unit.guards.material import MATERIAL
from tests.unit.guards.opcua import traffic
from tests.unit.guards.opcua.traffic import NOW, NULL, TO_ASSET, TO_USER, array, number, request, response, text, u32

NONCE = bytes(range(32))
SIGN, ENCRYPT = 2, 3
BINARY = "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary"
APPLICATION = text("urn:device") + NULL + b"\0" + u32(0) + NULL + NULL + array(text("opc.tcp://10.0.0.5:4840"))


@functools.cache
def identity(name: str, bits: int = 2048) -> Identity:
    """Return a certificate with its key, made once."""
    certificate, key = certified(name, bits)
    found = security.load_identity(certificate, key)
    assert found is not None
    return found


@functools.cache
def certified(name: str, bits: int) -> tuple[bytes, bytes]:
    """Return a certificate and its private key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    alternatives = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(f"urn:{name}")])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1, moment, moment + datetime.timedelta(9999))
    certificate = builder.add_extension(alternatives, critical=False).sign(key, hashes.SHA256())
    encoding = serialization.Encoding.DER
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(encoding), private


def material(bits: int = 2048) -> GuardMaterial:
    certificate, key = certified("ours", bits)
    return replace(MATERIAL, certificate=certificate, private_key=key)


def secured(*tiers: str, bits: int = 2048, **fields: object) -> OpcUaGuard:
    return traffic.guard(*tiers, material=material(bits), **fields)


def endpoint(*tokens: bytes, mode: int = 1, policy: str = traffic.NONE_URI) -> bytes:
    """An EndpointDescription of the device."""
    head = text("opc.tcp://10.0.0.5:4840") + APPLICATION + NULL + u32(mode) + text(policy)
    return head + array(*tokens) + text(BINARY) + b"\0"


def token_policy(name: str, kind: int, policy: str = "") -> bytes:
    return text(name) + u32(kind) + NULL + NULL + text(policy)


class SecureTool:
    """A tool and its device around one guard. The device has no security; ``said`` is all that went in."""

    def __init__(self, guard: OpcUaGuard, mode: int = ENCRYPT, *, bits: int = 2048, name: str = "tool") -> None:
        self.guard = guard
        self.mode = mode
        self.ours, self.theirs = identity("ours", bits), identity(name)
        self.numbers, self.device_numbers = 1, 1
        self.ask_id = 1
        self.asked: list[bytes] = []
        self.said: list[tuple[Direction, bytes]] = []
        self.keys: tuple[security.Keys, security.Keys] | None = None
        self.token = 0
        for way, data in traffic.BEGINNING[:2]:
            self.tell(way, data)

    def tell(self, way: Direction, data: bytes, now: float = NOW) -> list[Effect]:
        self.said.append((way, data))
        effects = self.guard.receive(way, data, now)
        self.asked += traffic.chunks_of(effects, TO_ASSET)
        return effects

    def opening(
        self, *, mode: int | None = None, nonce: bytes = NONCE, channel: int = 0, thumbprint: bytes | None = None,
        renews: bool = False,
    ) -> bytes:  # fmt: skip
        """An OPN, signed by the tool and encrypted for the guard."""
        shown = self.ours.peer.thumbprint if thumbprint is None else thumbprint
        behind = chunks.policy_head(security.POLICY, self.theirs.certificate, shown)
        fields = u32(0) + u32(int(renews)) + u32(self.mode if mode is None else mode) + blob(nonce) + u32(60_000)
        content = chunks.sequence(self.numbers, self.ask_id) + request(446, fields)
        self.numbers, self.ask_id = self.numbers + 1, self.ask_id + 1
        return security.seal_opening(
            self.theirs, self.ours.peer, lambda size: chunks.head(b"OPNF", size, channel) + behind, content, bytes
        )

    def open(self) -> None:
        """Open the channel; the device opens one without security."""
        assert traffic.cuts(self.tell(TO_ASSET, self.opening())) == []
        self.opened(traffic.OPENED)

    def opened(self, body: bytes, channel: int = traffic.CHANNEL) -> None:
        asked = self.asked[-1]
        (number_,) = struct.unpack_from("<I", asked, 12 + 4 + len(traffic.NONE_URI) + 8 + 4)
        (told,) = traffic.chunks_of(
            self.tell(TO_USER, traffic.opening(body, number_, self.device_numbers, channel)), TO_USER
        )
        self.device_numbers += 1
        policy = chunks.read_policy(told)
        assert policy is not None
        assert policy.certificate == self.ours.certificate
        content = security.unseal_opening(self.theirs, self.ours.peer, told, policy.end)
        assert content is not None
        self.token = struct.unpack_from("<I", content, len(content) - 36 - 4 - 8 - 4)[0]
        nonce = content[-32:]
        self.keys = security.derive(nonce, NONCE), security.derive(NONCE, nonce)

    def sealed(self, body: bytes, kind: bytes = b"MSGF", channel: int = traffic.CHANNEL) -> bytes:
        """A message of the tool."""
        assert self.keys is not None
        content = chunks.sequence(self.numbers, self.ask_id) + body
        self.numbers, self.ask_id = self.numbers + 1, self.ask_id + 1
        token = self.token

        def head(size: int) -> bytes:
            return chunks.head(kind, size, channel) + u32(token)

        return security.seal(self.keys[0], head, content, encrypts=self.mode == ENCRYPT)

    def ask(self, body: bytes) -> list[Effect]:
        return self.tell(TO_ASSET, self.sealed(body))

    def answer(self, body: bytes) -> list[Effect]:
        """Let the device answer the newest request."""
        newest = struct.unpack_from("<I", self.asked[-1], 20)[0]
        said = traffic.message(body, newest, self.device_numbers, token=traffic.TOKEN)
        self.device_numbers += 1
        return self.tell(TO_USER, said)

    def heard(self, effects: list[Effect]) -> list[bytes]:
        """Return what the tool reads in what it is told."""
        assert self.keys is not None
        found: list[bytes] = []
        for chunk in traffic.chunks_of(effects, TO_USER):
            content = security.unseal(self.keys[1], chunk, 16, encrypts=self.mode == ENCRYPT)
            assert content is not None
            found.append(content[8:])
        return found

    def sent(self) -> bytes:
        """Return the newest body that reached the device."""
        return self.asked[-1][24:]

    # --- sessions

    def create(self, *, certificate: bytes | None = None, nonce: bytes = NONCE) -> list[Effect]:
        """Ask for a session."""
        shown = self.theirs.certificate if certificate is None else certificate
        fields = traffic.APPLICATION + NULL + text(traffic.URL) + NULL + blob(nonce) + blob(shown) + bytes(8) + u32(0)
        return self.ask(request(461, fields))

    def created(self, *endpoints: bytes, nonce: bytes = b"", certificate: bytes = b"") -> bytes:
        """Let the device make the session; return what the tool is told of it."""
        about = number(43, 1) + traffic.SESSION + bytes(8) + blob(nonce) + blob(certificate) + array(*endpoints)
        (told,) = self.heard(self.answer(response(464, about + array() + NULL + NULL + u32(0))))
        return told

    def activate(
        self, token: bytes, *, signed: bytes | None = None, algorithm: str = security.SIGNATURE_ALGORITHM
    ) -> list[Effect]:
        """Prove who one is; ``signed`` is what the proof is made over."""
        over = self.ours.certificate + bytes(32) if signed is None else signed
        proof = string(algorithm) + blob(self.theirs.sign(over))
        return self.ask(
            request(467, proof + array() + array(text("en")) + token + NULL + NULL, session=traffic.SESSION)
        )


def secure_steps() -> list[tuple[Direction, bytes]]:
    """A short conversation under security."""
    tool = SecureTool(secured("read", "operate"))
    tool.open()
    tool.create()
    tool.created(endpoint())
    tool.ask(traffic.READ)
    tool.answer(traffic.answer_read(traffic.double(1.0)))
    tool.ask(traffic.WRITE)
    return tool.said


SECURE_STEPS = secure_steps()
