"""Sites: the plants, and who may know of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.db.paging import in_order
from broker.http.errors import ConflictError, NameTakenError, NotFoundError
from broker.http.paging import PageQuery
from broker.http.principal import Permission, Principal
from broker.inventory.changes import change_lines
from broker.inventory.errors import EditConflictError
from broker.inventory.facts import SiteFacts
from broker.inventory.models import NewSite, SiteChange
from broker.inventory.ports import ServiceUsage
from broker.inventory.reader import locked_agents, named_site, site_facts, standing_lock
from broker.inventory.sight import Sight
from broker.inventory.tables import (
    AgentCertificateRow,
    AgentRow,
    AssetRow,
    BannerAcceptanceRow,
    JoinTokenRow,
    SiteRow,
)
from broker.inventory.words import AgentState
from tunnel.clock import Clock
from tunnel.ids import new_id


@dataclass(frozen=True, slots=True)
class VersionedSite:
    """A site and the version that an editor read."""

    facts: SiteFacts
    version: int


class Sites:
    """The plants."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, audit: AuditLog, sight: Sight, usage: ServiceUsage
    ) -> None:
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._sight = sight
        self._usage = usage

    async def create(self, principal: Principal, new: NewSite) -> VersionedSite:
        """Add a plant."""
        async with self._db.transaction() as tx:
            row = await self.create_in(tx, new)
            await self._audit.append(tx, AuditEvent("site.created", actor_of(principal), row.id, _details(row)))
            self.announce(tx, row.id)
            return VersionedSite(site_facts(row, None), row.version)

    async def create_in(self, tx: Transaction, new: NewSite) -> SiteRow:
        """Add the row in the caller's transaction; the caller audits."""
        if (await tx.scalars(select(SiteRow.id).where(SiteRow.name == new.name))).first() is not None:
            raise NameTakenError(f"There is a site {new.name!r} already.", hint="Choose another name.")
        row = SiteRow(
            id=new_id("sit"), name=new.name, display_name=new.display_name or new.name, timezone=new.timezone,
            banner=new.banner, version=1, created_at=self._clock.now(),
        )  # fmt: skip
        tx.add(row)
        await tx.flush()
        return row

    async def change(self, principal: Principal, site: str, change: SiteChange) -> VersionedSite:
        """Change a plant's display name, time zone or banner; its name stays, since policies speak of it."""
        async with self._db.transaction() as tx:
            row = (await tx.scalars(named_site(site).with_for_update())).one_or_none()
            if row is None:
                raise NotFoundError
            if change.version not in {None, row.version}:
                raise EditConflictError(
                    "The site changed since it was read.", hint="Read it again.", fields={"version": row.version}
                )
            lines = self.change_in(row, change)
            if lines:
                details = {"name": row.name, "changes": lines}
                await self._audit.append(tx, AuditEvent("site.changed", actor_of(principal), row.id, details))
                self.announce(tx, row.id)
            return await self._versioned(tx, row)

    def change_in(self, row: SiteRow, change: SiteChange) -> list[str]:
        """Change the row in the caller's transaction; return what changed, for the audit log."""
        given = {name: value for name, value in change.model_dump(exclude={"version"}).items() if value is not None}
        if "display_name" in given:
            given["display_name"] = given["display_name"] or row.name
        before = {name: getattr(row, name) for name in given}
        for name, value in given.items():
            setattr(row, name, value)
        lines = change_lines(before, given)
        row.version += bool(lines)
        return lines

    async def delete(self, principal: Principal, site: str) -> None:
        """Remove a plant that has nothing any more; revoked agents and unused join tokens go with it, audited."""
        try:
            async with self._db.transaction() as tx:
                row = (await tx.scalars(named_site(site).with_for_update())).one_or_none()
                if row is None:
                    raise NotFoundError
                await self._must_be_free(tx, row.id)
                details = {**_details(row), **await _forget(tx, row.id, self._clock.now())}
                await self._audit.append(tx, AuditEvent("site.deleted", actor_of(principal), row.id, details))
                self.announce(tx, row.id)
        except IntegrityError as error:
            raise ConflictError("Something was added to the site just now.", hint="Look at it again.") from error

    async def _must_be_free(self, tx: Transaction, site_id: str) -> None:
        await _must_be_empty(tx, site_id)
        if locks := await self._usage.locks_on(tx, site_id):
            raise ConflictError(
                f"The site is locked ({locks} locks).", hint="Lift its locks first.", fields={"locks": locks}
            )

    async def get(self, principal: Principal, site: str) -> VersionedSite:
        """Return a plant that this person may know of, by name or id."""
        async with self._db.reading() as view:
            row = (await view.scalars(named_site(site))).one_or_none()
            if row is None or not await self._sight.sees_site(view, principal, row.id):
                raise NotFoundError
            return await self._versioned(view, row)

    async def page(self, principal: Principal, page: PageQuery) -> tuple[list[VersionedSite], str | None]:
        """List the plants that this person may know of, by name."""
        query = select(SiteRow)
        async with self._db.reading() as view:
            if not principal.may(Permission.INVENTORY_READ):
                query = query.where(SiteRow.id.in_(await self._sight.sites(view, principal)))
            rows, cursor = await in_order(view, query, SiteRow.name, page)
            return [await self._versioned(view, row) for row in rows], cursor

    async def _versioned(self, view: AsyncSession, row: SiteRow) -> VersionedSite:
        agents = await view.scalars(locked_agents().where(AgentRow.site_id == row.id))
        return VersionedSite(site_facts(row, standing_lock(agents, self._clock.now())), row.version)

    def announce(self, tx: Transaction, site_id: str) -> None:
        """Publish ``site.changed`` after the commit."""
        tx.on_commit(lambda: self._bus.publish(Event("site.changed", {"site": site_id})))


async def _must_be_empty(tx: Transaction, site_id: str) -> None:
    assets = await tx.scalar(select(func.count()).select_from(AssetRow).where(AssetRow.site_id == site_id))
    living = AgentRow.site_id == site_id, AgentRow.state != AgentState.REVOKED.value
    agents = await tx.scalar(select(func.count()).select_from(AgentRow).where(*living))
    if assets or agents:
        raise ConflictError(
            f"The site still has {assets} assets and {agents} agents.",
            hint="Remove its assets and revoke its agents first.",
            fields={"assets": assets, "agents": agents},
        )


async def _forget(tx: Transaction, site_id: str, now: datetime) -> dict[str, object]:
    """Delete an empty site with what is left of it; return for the audit log what that was."""
    found = await tx.execute(select(AgentRow.id, AgentRow.name).filter_by(site_id=site_id).order_by(AgentRow.name))
    agents = [f"{agent} {name}" for agent, name in found]
    unused = JoinTokenRow.site_id == site_id, JoinTokenRow.used_at.is_(None), JoinTokenRow.expires_at > now
    tokens = await tx.scalar(select(func.count()).select_from(JoinTokenRow).where(*unused))
    accepted = BannerAcceptanceRow.site_id == site_id
    acceptances = await tx.scalar(select(func.count()).select_from(BannerAcceptanceRow).where(accepted))
    of_site = select(AgentRow.id).where(AgentRow.site_id == site_id)
    await tx.execute(delete(JoinTokenRow).where(JoinTokenRow.site_id == site_id))
    await tx.execute(delete(AgentCertificateRow).where(AgentCertificateRow.agent_id.in_(of_site)))
    await tx.execute(delete(AgentRow).where(AgentRow.site_id == site_id))
    await tx.execute(delete(BannerAcceptanceRow).where(accepted))
    await tx.execute(delete(SiteRow).where(SiteRow.id == site_id))
    return {"agents": agents, "join_tokens": tokens, "acceptances": acceptances}


def _details(row: SiteRow) -> dict[str, object]:
    return {"name": row.name, "display_name": row.display_name, "timezone": row.timezone}
