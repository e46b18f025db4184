"""The whole of identity wired together, at a cost that suits tests, and people to try it with."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.http.principal import Principal, Role
from broker.identity.enrolments import EnrolmentRequired
from broker.identity.logins import Device, Tokens
from broker.identity.passwords import Argon2Cost
from broker.identity.ports import GroupNeeds
from broker.identity.service import Ground, Identity, IdentitySettings
from broker.identity.sign_in import Proof
from broker.identity.tables import UserRow
from broker.identity.users import NewUser
from broker.vault.sealing import MasterKey, Sealer
from policies.facts import OrganizationKind
from tests.unit.broker.fakes import FakeClock

CHEAP = Argon2Cost(memory_kib=8, passes=1, lanes=1)
PASSWORD = "copper lantern 47 walks"
HERE = Device("192.0.2.10", "test")
KEY = ec.generate_private_key(ec.SECP256R1())


class FakeGroupUses:
    """What a test says that a group is needed for."""

    def __init__(self) -> None:
        self.needs: dict[str, GroupNeeds] = {}

    async def of(self, view: AsyncSession, group: str) -> GroupNeeds:
        del view
        return self.needs.get(group, GroupNeeds())


@dataclass
class Somebody:
    """A person with what they know and hold."""

    id: str
    name: str
    password: str = field(repr=False, default=PASSWORD)
    secret: str = field(repr=False, default="")
    recovery_codes: list[str] = field(default_factory=list)
    tokens: Tokens | None = None


class People(Identity):
    """Identity's services on one database, and shortcuts through them."""

    def __init__(self, database: Database, clock: FakeClock, bus: Bus, audit: AuditLog) -> None:
        self.database, self.clock, self.group_uses = database, clock, FakeGroupUses()
        ground = Ground(database, audit, bus, clock, Sealer([MasterKey(b"k" * 32)]))
        super().__init__(ground, KEY, "https://broker.test", IdentitySettings(argon2=CHEAP))

    async def admin(self, name: str = "admin", *, is_emergency: bool = False) -> Somebody:
        """Create an admin and sign in."""
        user_id = await self.setup.create_admin(name, PASSWORD, is_emergency=is_emergency)
        return await self.enrol(Somebody(user_id, name))

    async def vendor(self, admin: Somebody, name: str = "vendor", *, days: int = 30) -> Somebody:
        """Create a vendor's engineer, sponsored by the admin, who signs in."""
        acting = await self.principal(admin)
        if not any(row.name == "acme" for row in await self.organizations.every()):
            await self.organizations.create(acting, "acme", "Acme", OrganizationKind.VENDOR)
        ends_at = self.clock.now() + timedelta(days=days)
        new = NewUser(name, name, "acme", frozenset({Role.VENDOR}), sponsor=admin.name, ends_at=ends_at)
        created = await self.users.create(acting, new)
        return await self.enrol(Somebody(created.user_id, name, created.initial_password))

    async def operator(self, admin: Somebody, name: str = "operator") -> Somebody:
        """Create one of the plant's operators, who signs in."""
        created = await self.users.create(
            await self.principal(admin), NewUser(name, name, "plant", frozenset({Role.OPERATOR}))
        )
        return await self.enrol(Somebody(created.user_id, name, created.initial_password))

    async def enrol(self, who: Somebody) -> Somebody:
        """Go through the first sign-in."""
        outcome = await self.sign_in.sign_in(Proof(who.name, who.password, HERE))
        assert isinstance(outcome, EnrolmentRequired)
        proposed = await self.enrolments.propose(outcome.enrolment_token)
        who.secret = proposed.secret
        enrolled = await self.enrolments.confirm(outcome.enrolment_token, self.code(who), HERE)
        who.tokens, who.recovery_codes = enrolled.held, enrolled.recovery_codes
        return who

    def code(self, who: Somebody) -> str:
        """The code that the person's app shows now."""
        return str(pyotp.TOTP(who.secret).at(self.clock.now()))

    def next_code(self, who: Somebody) -> str:
        """Wait for the app's next code."""
        self.clock.advance(30)
        return self.code(who)

    async def enter(self, who: Somebody, *, device: Device = HERE, **changes: str | None) -> Tokens:
        """Sign in with the next code; ``changes`` replace parts of the proof."""
        parts: dict[str, str | None] = {"otp": self.next_code(who), **changes}
        proof = Proof(who.name, parts.pop("password", None) or who.password, device, **parts)
        outcome = await self.sign_in.sign_in(proof)
        assert isinstance(outcome, Tokens)
        return outcome

    async def principal(self, who: Somebody, tokens: Tokens | None = None) -> Principal:
        """The principal that these tokens (or the first ones) stand for."""
        holding = tokens or who.tokens
        assert holding is not None
        claims = self.tokens.verify_access(holding.access_token)
        principal = await self.principals.of(claims.user_id, claims.login_id)
        assert principal is not None
        return replace(principal, address=HERE.address)

    async def row(self, who: Somebody) -> UserRow:
        """The person's row as it is now."""
        async with self.database.reading() as view:
            return (await view.scalars(select(UserRow).where(UserRow.id == who.id))).one()
