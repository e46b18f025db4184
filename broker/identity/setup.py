"""The first admin: by a one-time token printed at the first start, or by command. There is no default password."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import SYSTEM, Actor, AuditEvent, AuditLog
from broker.db.engine import Database, Transaction
from broker.http.errors import NameTakenError
from broker.http.principal import Role
from broker.identity import names, opaque
from broker.identity.attempts import Attempts
from broker.identity.enrolments import EnrolmentRequired, Enrolments
from broker.identity.errors import SetupFailedError
from broker.identity.passwords import Passwords, check_strength
from broker.identity.tables import OrganizationRow, SetupTokenRow, UserRoleRow, UserRow
from broker.identity.users import add_user
from policies.facts import OrganizationKind
from tunnel.clock import Clock
from tunnel.ids import new_id

TOKEN_LIFETIME = timedelta(hours=1)
PLANT = "plant"


class Setup:
    """Makes the first admin, once."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        enrolments: Enrolments,
        attempts: Attempts,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._enrolments = enrolments
        self._attempts = attempts
        self._audit = audit
        self._clock = clock

    async def is_needed(self) -> bool:
        """Tell whether there is no admin yet."""
        async with self._database.reading() as view:
            return not await _has_admin(view)

    async def issue_token(self) -> str | None:
        """Make a set-up token, valid for an hour and once, in place of any earlier; ``None`` once there is an admin."""
        token = opaque.new_token(opaque.SETUP)
        async with self._database.transaction() as tx:
            if await _has_admin(tx):
                return None
            await tx.execute(delete(SetupTokenRow))
            expires_at = self._clock.now() + TOKEN_LIFETIME
            tx.add(SetupTokenRow(token_hash=opaque.token_hash(token), expires_at=expires_at))
            await tx.flush()
            await self._audit.append(tx, AuditEvent("setup.token_issued", SYSTEM))
        return token

    async def complete(self, token: str, name: str, password: str, address: str) -> EnrolmentRequired:
        """Use the token up for the first admin, who sets up a second factor next."""
        await self._attempts.begin(address, None)
        async with self._database.reading() as view:
            known = await view.get(SetupTokenRow, opaque.token_hash(token))
        if known is None:
            raise SetupFailedError
        name, hashed = await self._prepare(name, password)
        async with self._database.transaction() as tx:
            mine = SetupTokenRow.token_hash == opaque.token_hash(token)
            used = delete(SetupTokenRow).where(mine, SetupTokenRow.expires_at > self._clock.now())
            found = (await tx.scalars(used.returning(SetupTokenRow.token_hash))).one_or_none()
            if found is None or await _has_admin(tx):
                raise SetupFailedError
            row = await self._add_admin(tx, name, hashed, is_emergency=False)
            await self._attempts.succeeded(tx, address, name)
            await self._audit.append(tx, AuditEvent("setup.completed", Actor(row.id, row.name, address), row.id))
            return await self._enrolments.begin(tx, row.id)

    async def create_admin(self, name: str, password: str, *, is_emergency: bool = False) -> str:
        """Create an admin from the broker's own command line and return the id."""
        name, hashed = await self._prepare(name, password)
        try:
            async with self._database.transaction() as tx:
                row = await self._add_admin(tx, name, hashed, is_emergency=is_emergency)
                details = {"username": name, "roles": [Role.ADMIN], "is_emergency": is_emergency}
                await self._audit.append(tx, AuditEvent("user.created", SYSTEM, row.id, details))
        except IntegrityError as error:
            raise NameTakenError(f"There is a user {name!r} already.") from error
        return row.id

    async def _prepare(self, name: str, password: str) -> tuple[str, str]:
        name = names.user_name(name)
        check_strength(password, name)
        return name, await self._passwords.hash(password)

    async def _add_admin(self, tx: Transaction, name: str, hashed: str, *, is_emergency: bool) -> UserRow:
        row = UserRow(
            id=new_id("usr"),
            name=name,
            display_name=name,
            organization_id=await self._plant(tx),
            is_emergency=is_emergency,
            password_hash=hashed,
            created_at=self._clock.now(),
        )
        await add_user(tx, row, frozenset({Role.ADMIN}))
        return row

    async def _plant(self, tx: Transaction) -> str:
        """Return the id of the plant's first own organization, made when there is none."""
        internal = OrganizationRow.kind == OrganizationKind.INTERNAL.value
        oldest = select(OrganizationRow).where(internal).order_by(OrganizationRow.created_at, OrganizationRow.id)
        found = await tx.scalar(oldest.limit(1))
        if found is not None:
            return found.id
        row = OrganizationRow(
            id=new_id("org"),
            name=PLANT,
            display_name="Plant",
            kind=OrganizationKind.INTERNAL.value,
            created_at=self._clock.now(),
        )
        tx.add(row)
        await tx.flush()
        return row.id


async def _has_admin(view: AsyncSession) -> bool:
    admins = select(UserRoleRow.user_id).where(UserRoleRow.role == Role.ADMIN.value).limit(1)
    return await view.scalar(admins) is not None
