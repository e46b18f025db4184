"""Groups: named sets of people. A change of membership changes what people may do, at once."""

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.http.errors import ConflictError, NameTakenError, NotFoundError
from broker.http.principal import Principal
from broker.identity import names
from broker.identity.directory import Directory, Person
from broker.identity.ports import GroupUses
from broker.identity.tables import GroupRow, MembershipRow
from tunnel.clock import Clock
from tunnel.ids import new_id


class Groups:
    """Creates, changes and removes groups and who is in them; groups and users are given by id or name."""

    def __init__(self, database: Database, directory: Directory, audit: AuditLog, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._directory = directory
        self._audit = audit
        self._bus = bus
        self._clock = clock

    async def create(self, principal: Principal, name: str, display_name: str) -> GroupRow:
        """Create an empty group."""
        slug = names.slug(name, "a group")
        row = GroupRow(id=new_id("grp"), name=slug, display_name=display_name or slug, created_at=self._clock.now())
        try:
            async with self._database.transaction() as tx:
                tx.add(row)
                await tx.flush()
                event = AuditEvent("group.created", actor_of(principal), row.id, {"name": row.name})
                await self._audit.append(tx, event)
                tx.on_commit(lambda: self._bus.publish(Event("group.created", {"group": row.id})))
        except IntegrityError as error:
            raise NameTakenError(f"There is a group {slug!r} already.") from error
        return row

    async def change(self, principal: Principal, group: str, display_name: str) -> GroupRow:
        """Give a group another display name; its name stays, since policies and the audit log use it."""
        async with self._database.transaction() as tx:
            row = await self._locked(tx, group)
            if row.display_name != display_name:
                row.display_name = display_name
                details = {"name": row.name, "display_name": display_name}
                await self._audit.append(tx, AuditEvent("group.changed", actor_of(principal), row.id, details))
                self._announce(tx, Event("group.changed", {"group": row.id}))
        return row

    async def delete(self, principal: Principal, group: str, uses: GroupUses) -> None:
        """Remove a group and who is in it; one that a policy in force or an open decision needs is kept."""
        async with self._database.transaction() as tx:
            row = await self._locked(tx, group)
            needs = await uses.of(tx, row.name)
            if needs:
                hint = "Change those policies first." if needs.policies else "Have them decided first."
                raise ConflictError(needs.said(), hint=hint, fields={"policies": list(needs.policies)})
            members = list(await tx.scalars(select(MembershipRow.user_id).filter_by(group_id=row.id)))
            await tx.execute(delete(MembershipRow).where(MembershipRow.group_id == row.id))
            await tx.delete(row)
            details = {"name": row.name, "display_name": row.display_name, "users": sorted(members)}
            await self._audit.append(tx, AuditEvent("group.deleted", actor_of(principal), row.id, details))
            self._announce(tx, Event("group.changed", {"group": row.id}))
            for user in members:
                self._announce(tx, Event("group.changed", {"group": row.id, "user": user}))

    async def add_member(self, principal: Principal, group: str, user: str) -> None:
        """Put a user into a group; doing it twice changes nothing."""
        async with self._database.transaction() as tx:
            row, person = await self._found(tx, group, user)
            if await tx.get(MembershipRow, (row.id, person.id)) is None:
                tx.add(MembershipRow(group_id=row.id, user_id=person.id, created_at=self._clock.now()))
                await self._record(tx, principal, "group.member_added", row, person)

    async def remove_member(self, principal: Principal, group: str, user: str) -> None:
        """Take a user out of a group; whoever is not in it is not found."""
        async with self._database.transaction() as tx:
            row, person = await self._found(tx, group, user)
            membership = await tx.get(MembershipRow, (row.id, person.id))
            if membership is None:
                raise NotFoundError
            await tx.delete(membership)
            await self._record(tx, principal, "group.member_removed", row, person)

    async def _found(self, tx: Transaction, group: str, user: str) -> tuple[GroupRow, Person]:
        """Return both, the group locked, so that one change of it follows the other."""
        row = await self._locked(tx, group)
        person = await self._directory.find(tx, user)
        if person is None:
            raise NotFoundError
        return row, person

    async def _locked(self, tx: Transaction, group: str) -> GroupRow:
        column = GroupRow.id if "_" in group else GroupRow.name
        row = await tx.scalar(select(GroupRow).where(column == group).with_for_update())
        if row is None:
            raise NotFoundError
        return row

    async def _record(self, tx: Transaction, principal: Principal, action: str, row: GroupRow, person: Person) -> None:
        details = {"group": row.name, "user": person.id, "username": person.name}
        await self._audit.append(tx, AuditEvent(action, actor_of(principal), row.id, details))
        self._announce(tx, Event("group.changed", {"group": row.id, "user": person.id}))

    def _announce(self, tx: Transaction, event: Event) -> None:
        tx.on_commit(lambda: self._bus.publish(event))
