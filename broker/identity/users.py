"""Accounts as admins manage them. Whatever takes a right away ends logins in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.cluster.topics import Topic
from broker.db.engine import Database, Transaction
from broker.http.errors import NameTakenError, NotFoundError
from broker.http.principal import Principal, Role
from broker.identity import names
from broker.identity.account_rules import AccountShape, check_account
from broker.identity.directory import Directory
from broker.identity.errors import RuleError
from broker.identity.logins import Logins
from broker.identity.organizations import find_organization
from broker.identity.passwords import Passwords, one_time_password
from broker.identity.second_factor import SecondFactor
from broker.identity.tables import EnrolmentRow, OrganizationRow, UserRoleRow, UserRow
from policies.facts import OrganizationKind
from tunnel.clock import Clock
from tunnel.ids import new_id

ONE_TIME_PASSWORD_LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to create; ``organization`` and ``sponsor`` are ids or names."""

    name: str
    display_name: str
    organization: str
    roles: frozenset[Role]
    email: str | None = None
    sponsor: str | None = None
    ends_at: datetime | None = None
    is_emergency: bool = False


@dataclass(frozen=True, slots=True)
class UserChange:
    """What to change: only the fields named in ``given`` count, so that ``ends_at`` can also be taken away."""

    given: frozenset[str]
    display_name: str = ""
    email: str | None = None
    roles: frozenset[Role] = frozenset()
    sponsor: str | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """A new account and the password to hand over, shown this once."""

    user_id: str
    initial_password: str = field(repr=False)


class Users:
    """Creates, changes, disables and resets accounts; ``user`` is an id or a name throughout."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        passwords: Passwords,
        second_factor: SecondFactor,
        logins: Logins,
        audit: AuditLog,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._database = database
        self._directory = directory
        self._passwords = passwords
        self._second_factor = second_factor
        self._logins = logins
        self._audit = audit
        self._bus = bus
        self._clock = clock

    async def create(self, principal: Principal, new: NewUser) -> Created:
        """Create an account with a one-time password; its first sign-in sets up the second factor."""
        name, password, now = names.user_name(new.name), one_time_password(), self._clock.now()
        hashed = await self._passwords.hash(password)
        try:
            async with self._database.transaction() as tx:
                organization = await find_organization(tx, new.organization)
                row = UserRow(
                    id=new_id("usr"),
                    name=name,
                    display_name=new.display_name or name,
                    email=new.email,
                    organization_id=organization.id,
                    sponsor_id=await self._sponsor(tx, new.sponsor),
                    ends_at=new.ends_at,
                    is_emergency=new.is_emergency,
                    password_hash=hashed,
                    password_expires_at=now + ONE_TIME_PASSWORD_LIFETIME,
                    created_at=now,
                )
                check_account(_shape(row, organization, new.roles), now)
                await add_user(tx, row, new.roles)
                await self._record(tx, principal, "user.created", row, _facts(row, organization, new.roles))
                self._publish(tx, "user.created", row.id)
        except IntegrityError as error:
            raise NameTakenError(f"There is a user {name!r} already.") from error
        return Created(row.id, password)

    async def change(self, principal: Principal, user: str, change: UserChange) -> str:
        """Change an account and return its id; roles and end date count from the next request on."""
        async with self._database.transaction() as tx:
            row = await self._locked(tx, user)
            organization = await tx.get_one(OrganizationRow, row.organization_id)
            roles = change.roles if "roles" in change.given else await self._directory.roles_of(tx, row.id)
            await self._apply(tx, row, change)
            check_account(_shape(row, organization, roles), self._clock.now())
            if "roles" in change.given:
                await self._set_roles(tx, row, roles)
            await self._record(tx, principal, "user.changed", row, _facts(row, organization, roles))
            self._publish(tx, "user.changed", row.id)
            return row.id

    async def disable(self, principal: Principal, user: str, reason: str) -> str:
        """Shut an account out, now: its logins end, and with them its sessions."""
        async with self._database.transaction() as tx:
            row = await self._locked(tx, user)
            if row.id == principal.user_id:
                raise RuleError("Nobody disables their own account.")
            if row.disabled_at is None:
                row.disabled_at = self._clock.now()
            row.disabled_reason = reason
            await self._keep_an_admin(tx)
            await self._logins.end_all(tx, row.id, "user_disabled", actor_of(principal))
            await self._record(tx, principal, "user.disabled", row, {"reason": reason})
            self._publish(tx, "user.disabled", row.id)
            return row.id

    async def enable(self, principal: Principal, user: str) -> str:
        """Let a disabled account in again."""

        def admit(row: UserRow) -> None:
            row.disabled_at, row.disabled_reason = None, ""

        return await self._simple(principal, user, "user.enabled", admit)

    async def reset_mfa(self, principal: Principal, user: str) -> str:
        """Forget an account's second factor and passkeys: its logins end, and the next sign-in enrols anew."""
        async with self._database.transaction() as tx:
            row = await self._locked(tx, user)
            passkeys = await self._second_factor.remove(tx, row)
            await self._logins.end_all(tx, row.id, "mfa_reset", actor_of(principal))
            await self._record(tx, principal, "user.mfa_reset", row, {"passkeys": passkeys})
            self._publish(tx, "user.changed", row.id)
            return row.id

    async def reset_password(self, principal: Principal, user: str) -> str:
        """Replace an account's password by a one-time password and return it; its logins end."""
        password = one_time_password()
        hashed = await self._passwords.hash(password)
        async with self._database.transaction() as tx:
            row = await self._locked(tx, user)
            row.password_hash, row.password_expires_at = hashed, self._clock.now() + ONE_TIME_PASSWORD_LIFETIME
            await tx.execute(delete(EnrolmentRow).where(EnrolmentRow.user_id == row.id))
            await self._logins.end_all(tx, row.id, "password_reset", actor_of(principal))
            await self._record(tx, principal, "user.password_reset", row, {})
            self._publish(tx, "user.changed", row.id)
        return password

    async def _simple(self, principal: Principal, user: str, action: str, change: Callable[[UserRow], None]) -> str:
        async with self._database.transaction() as tx:
            row = await self._locked(tx, user)
            change(row)
            await self._record(tx, principal, action, row, {})
            self._publish(tx, "user.changed", row.id)
            return row.id

    async def _apply(self, tx: Transaction, row: UserRow, change: UserChange) -> None:
        if "sponsor" in change.given:
            row.sponsor_id = await self._sponsor(tx, change.sponsor)
        if "ends_at" in change.given:
            row.ends_at = change.ends_at
        if "email" in change.given:
            row.email = change.email
        if "display_name" in change.given:
            row.display_name = change.display_name or row.name

    async def _set_roles(self, tx: Transaction, row: UserRow, roles: frozenset[Role]) -> None:
        await self._lock_admins(tx)
        await tx.execute(delete(UserRoleRow).where(UserRoleRow.user_id == row.id))
        tx.add_all([UserRoleRow(user_id=row.id, role=role.value) for role in roles])
        await self._keep_an_admin(tx)

    async def _lock_admins(self, tx: Transaction) -> list[str]:
        admins = select(UserRoleRow.user_id).where(UserRoleRow.role == Role.ADMIN.value).order_by(UserRoleRow.user_id)
        return list(await tx.scalars(admins.with_for_update()))

    async def _keep_an_admin(self, tx: Transaction) -> None:
        """Refuse what would leave nobody who can manage the broker; locks, so that two at once do not do it either."""
        await tx.flush()
        ids = await self._lock_admins(tx)
        usable = (UserRow.disabled_at.is_(None), or_(UserRow.ends_at.is_(None), UserRow.ends_at > self._clock.now()))
        if await tx.scalar(select(UserRow.id).where(UserRow.id.in_(ids), *usable).limit(1)) is None:
            raise RuleError("This would leave the broker without an admin.", hint="Make somebody else an admin first.")

    async def _locked(self, tx: Transaction, user: str) -> UserRow:
        person = await self._directory.find(tx, user)
        if person is None:
            raise NotFoundError
        return await tx.get_one(UserRow, person.id, with_for_update=True, populate_existing=True)

    async def _sponsor(self, tx: Transaction, reference: str | None) -> str | None:
        if reference is None:
            return None
        person = await self._directory.find(tx, reference)
        internal = person is not None and person.organization_kind is OrganizationKind.INTERNAL
        if person is None or not internal or not person.is_active(self._clock.now()):
            raise RuleError("The sponsor must be an active user of the plant's own organization.")
        return person.id

    async def _record(
        self, tx: Transaction, principal: Principal, action: str, row: UserRow, details: dict[str, object]
    ) -> None:
        event = AuditEvent(action, actor_of(principal), row.id, {"username": row.name, **details})
        await self._audit.append(tx, event)

    def _publish(self, tx: Transaction, topic: Topic, user_id: str) -> None:
        tx.on_commit(lambda: self._bus.publish(Event(topic, {"user": user_id})))


async def add_user(tx: Transaction, row: UserRow, roles: frozenset[Role]) -> None:
    """Add an account and its roles."""
    tx.add(row)
    await tx.flush()
    tx.add_all([UserRoleRow(user_id=row.id, role=role.value) for role in sorted(roles)])
    await tx.flush()


def _shape(row: UserRow, organization: OrganizationRow, roles: frozenset[Role]) -> AccountShape:
    kind = OrganizationKind(organization.kind)
    return AccountShape(kind, roles, row.sponsor_id is not None, row.ends_at, row.is_emergency)


def _facts(row: UserRow, organization: OrganizationRow, roles: frozenset[Role]) -> dict[str, object]:
    return {
        "organization": organization.name,
        "roles": sorted(roles),
        "sponsor": row.sponsor_id,
        "ends_at": row.ends_at.isoformat() if row.ends_at else None,
        "is_emergency": row.is_emergency,
    }
