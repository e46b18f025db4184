"""Organizations: the plant's own, and vendors. Disabling one shuts all its people out."""

from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import Actor, AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.http.errors import NameTakenError, NotFoundError
from broker.http.principal import Principal
from broker.identity import names
from broker.identity.errors import RuleError
from broker.identity.logins import Logins
from broker.identity.tables import OrganizationRow, UserRow
from policies.facts import OrganizationKind
from tunnel.clock import Clock
from tunnel.ids import new_id


@dataclass(frozen=True, slots=True)
class OrganizationChange:
    """What to change; ``None`` leaves as it is."""

    display_name: str | None = None
    disabled: bool | None = None


class Organizations:
    """Creates and changes organizations. The kind never changes: people's rights hang on it."""

    def __init__(self, database: Database, logins: Logins, audit: AuditLog, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._logins = logins
        self._audit = audit
        self._bus = bus
        self._clock = clock

    async def create(
        self, principal: Principal, name: str, display_name: str, kind: OrganizationKind
    ) -> OrganizationRow:
        """Create an organization."""
        row = OrganizationRow(
            id=new_id("org"),
            name=names.slug(name, "an organization"),
            display_name=display_name or name,
            kind=kind.value,
            created_at=self._clock.now(),
        )
        try:
            async with self._database.transaction() as tx:
                tx.add(row)
                await tx.flush()
                details = {"name": row.name, "kind": row.kind}
                await self._audit.append(tx, AuditEvent("organization.created", actor_of(principal), row.id, details))
                tx.on_commit(lambda: self._bus.publish(Event("organization.created", {"organization": row.id})))
        except IntegrityError as error:
            raise NameTakenError(f"There is an organization {row.name!r} already.") from error
        return row

    async def change(self, principal: Principal, reference: str, change: OrganizationChange) -> OrganizationRow:
        """Rename, disable or enable an organization (id or name); disabling ends its people's logins."""
        if change.disabled and reference in await self._references(principal.organization_id):
            raise RuleError("Nobody disables the organization that they belong to.")
        async with self._database.transaction() as tx:
            row = await find_organization(tx, reference, lock=True)
            row.display_name = change.display_name or row.display_name
            if change.disabled is not None:
                row.disabled_at = self._clock.now() if change.disabled else None
            if change.disabled:
                await self._shut_out(tx, row, actor_of(principal))
            state = "disabled" if row.disabled_at else "enabled"
            details = {"state": state, "display_name": row.display_name}
            await self._audit.append(tx, AuditEvent("organization.changed", actor_of(principal), row.id, details))
            tx.on_commit(lambda: self._bus.publish(Event("organization.changed", {"organization": row.id})))
        return row

    async def every(self) -> list[OrganizationRow]:
        """Return all organizations by name."""
        async with self._database.reading() as view:
            return list(await view.scalars(select(OrganizationRow).order_by(OrganizationRow.name).limit(500)))

    async def _references(self, organization_id: str) -> set[str]:
        async with self._database.reading() as view:
            row = await view.get(OrganizationRow, organization_id)
        return {row.id, row.name} if row is not None else set()

    async def _shut_out(self, tx: Transaction, row: OrganizationRow, actor: Actor) -> None:
        people = select(UserRow.id).where(UserRow.organization_id == row.id).order_by(UserRow.id)
        for user_id in list(await tx.scalars(people)):
            await self._logins.end_all(tx, user_id, "organization_disabled", actor)
            tx.on_commit(partial(self._bus.publish, Event("user.disabled", {"user": user_id})))


async def find_organization(view: AsyncSession, reference: str, *, lock: bool = False) -> OrganizationRow:
    """Return the organization of this id or name, or raise ``NotFoundError``."""
    column = OrganizationRow.id if "_" in reference else OrganizationRow.name
    wanted = select(OrganizationRow).where(column == reference)
    row = await view.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFoundError
    return row
