"""Fakes of the inventory's ports, people with permissions, and an agent's keys."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.ext.asyncio import AsyncSession

from broker.http.principal import Permission, Principal, Role
from broker.inventory.facts import AssetFacts, Uses
from tunnel.ids import AgentId
from tunnel.messages import DialRefused, StreamClosed

LONG_AGO = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


def person(name: str, *permissions: Permission) -> Principal:
    """Somebody signed in, with these permissions."""
    return Principal(
        user_id=f"usr_{name}", name=name, display_name=name, organization_id="org_plant", login_id="lgn_1",
        roles=frozenset({Role.ADMIN}), permissions=frozenset(permissions), address="192.0.2.7",
        methods=frozenset({"password", "totp"}), authenticated_at=LONG_AGO, mfa_at=LONG_AGO,
    )  # fmt: skip


ADMIN = person("admin", Permission.INVENTORY_READ, Permission.INVENTORY_MANAGE)
VENDOR = person("vendor", Permission.REQUESTS_CREATE)


class FakeVisibility:
    """Shows the assets with these names."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    async def visible(self, principal: Principal, candidates: Sequence[AssetFacts]) -> frozenset[str]:
        return frozenset(asset.id for asset in candidates if asset.path in self.names)


class FakeServiceUsage:
    """One session, two grants and three requests rest on each service."""

    def __init__(self) -> None:
        self.asked: list[tuple[frozenset[str], frozenset[str]]] = []
        self.locks = 0

    async def of(self, view: AsyncSession, *, ended: Collection[str], narrowed: Collection[str]) -> Uses:
        del view
        self.asked.append((frozenset(ended), frozenset(narrowed)))
        return Uses(sessions=len(ended) + len(narrowed), grants=2 * len(ended), requests=3 * len(ended))

    async def locks_on(self, view: AsyncSession, site_id: str) -> int:
        del view, site_id
        return self.locks


class FakeStreamEvents:
    """Remembers what agents said about streams."""

    def __init__(self) -> None:
        self.heard: list[tuple[AgentId, DialRefused | StreamClosed]] = []

    def on_stream_message(self, agent_id: AgentId, message: DialRefused | StreamClosed) -> None:
        self.heard.append((agent_id, message))


class FakeGrantKeys:
    """One public key."""

    def jwks(self) -> dict[str, object]:
        return {"keys": [{"kty": "EC", "kid": "test"}]}


class FakeProtocols:
    """Two guarded protocols, of which one has routes, and an opaque one."""

    def guarded_protocols(self) -> frozenset[str]:
        return frozenset({"modbus", "enip"})

    def opaque_protocols(self) -> frozenset[str]:
        return frozenset({"tcp"})


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key as an agent makes it."""
    return ec.generate_private_key(ec.SECP256R1())


def csr_of(key: ec.EllipticCurvePrivateKey) -> str:
    """The signing request for a key."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
