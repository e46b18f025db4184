"""Import and export of the whole inventory: all of a text or nothing of it."""

import asyncio
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import Actor, AuditEvent, AuditLog, actor_of
from broker.db.engine import Database, Transaction
from broker.http.errors import InvalidInputError
from broker.http.principal import Principal
from broker.inventory.assets import Assets, asset_details
from broker.inventory.document import BadTextError, InventoryText, SiteEntry, read_inventory, write_inventory
from broker.inventory.facts import Uses
from broker.inventory.models import AssetChange, AssetSpec, ImportChange, ImportProblem, SiteChange
from broker.inventory.ports import ServiceUsage
from broker.inventory.reader import site_facts
from broker.inventory.services import spec_of_asset
from broker.inventory.sites import Sites
from broker.inventory.tables import AssetRow, SiteRow
from policies.yaml_text import YamlDocument


@dataclass(slots=True)
class ImportResult:
    """Paths of the sites and assets that an import made, altered or found as they should be; or what is wrong.

    ``changes`` says what is different in those that it altered, ``uses`` what rested on services that it ended.
    """

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    changes: list[ImportChange] = field(default_factory=list)
    uses: Uses = field(default_factory=Uses)


class _DryRun(Exception):  # noqa: N818 - not an error: rolls the rehearsal back
    pass


@dataclass(slots=True)
class _Work:
    """One import under way: the audit log is appended to last, since it holds the chain's lock."""

    tx: Transaction
    actor: Actor
    result: ImportResult
    events: list[AuditEvent] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    narrowed: set[str] = field(default_factory=set)

    def made(self, kind: str, row: SiteRow | AssetRow, path: str, details: dict[str, object]) -> None:
        """Keep that a site or asset is new."""
        self.result.created.append(path)
        self.events.append(AuditEvent(f"{kind}.created", self.actor, row.id, details))

    def altered(self, kind: str, row: SiteRow | AssetRow, path: str, lines: list[str], **details: object) -> None:
        """Keep what is different in a site or asset."""
        self.result.changed.append(path)
        self.result.changes.append(ImportChange(path=path, lines=lines))
        event = AuditEvent(f"{kind}.changed", self.actor, row.id, {"name": row.name, "changes": lines, **details})
        self.events.append(event)


class Transfer:
    """Takes and gives the inventory as YAML."""

    def __init__(self, database: Database, audit: AuditLog, sites: Sites, assets: Assets, usage: ServiceUsage) -> None:
        self._db = database
        self._audit = audit
        self._sites = sites
        self._assets = assets
        self._usage = usage
        self._one_at_a_time = asyncio.Lock()

    async def import_text(self, principal: Principal, text: str, *, dry_run: bool) -> ImportResult:
        """Make the sites and assets that the text names just as it says; others stay. With problems nothing changes."""
        async with self._one_at_a_time:
            try:
                # A long text takes seconds to read; the event loop has links to serve meanwhile.
                content, document = await asyncio.to_thread(read_inventory, text)
            except BadTextError as error:
                return ImportResult(problems=error.problems)
            problems = self._problems(content, document)
            if problems:
                return ImportResult(problems=problems)
            return await self._apply(actor_of(principal), content, dry_run=dry_run)

    async def export_text(self) -> str:
        """Write the whole inventory."""
        async with self._db.reading() as view:
            sites = list(await view.scalars(select(SiteRow)))
            assets = await _assets_of(view, [site.id for site in sites])
        pairs = [
            (site_facts(site, None), [spec_of_asset(row) for row in assets if row.site_id == site.id]) for site in sites
        ]
        return await asyncio.to_thread(write_inventory, pairs)

    def _problems(self, content: InventoryText, document: YamlDocument) -> list[ImportProblem]:
        problems = []
        for site_number, site in enumerate(content.sites):
            for number, asset in enumerate(site.assets):
                for found in self._assets.misfits(asset.units, asset.services):
                    line, _ = document.place_of(("sites", site_number, "assets", number, *found.place))
                    path = f"{site.name}/{asset.name}: services.{found.service}"
                    problems.append(ImportProblem(line=line, path=path, message=found.message, hint=found.hint))
        return problems

    async def _apply(self, actor: Actor, content: InventoryText, *, dry_run: bool) -> ImportResult:
        result = ImportResult()
        try:
            async with self._db.transaction() as tx:
                work = _Work(tx, actor, result)
                for entry in sorted(content.sites, key=lambda site: site.name):
                    await self._take_site(work, entry)
                await self._finish(work, dry_run=dry_run)
        except _DryRun:
            pass
        return result

    async def _take_site(self, work: _Work, entry: SiteEntry) -> None:
        row = (await work.tx.scalars(select(SiteRow).filter_by(name=entry.name).with_for_update())).one_or_none()
        if row is None:
            row = await self._sites.create_in(work.tx, entry)
            work.made("site", row, row.name, {"name": row.name, "timezone": row.timezone})
            self._sites.announce(work.tx, row.id)
        else:
            self._change_site(work, row, entry)
        present = {asset.name: asset for asset in await _assets_of(work.tx, [row.id])}
        for spec in entry.assets:
            await self._take_asset(work, row, present.get(spec.name), spec)

    def _change_site(self, work: _Work, row: SiteRow, entry: SiteEntry) -> None:
        change = SiteChange(display_name=entry.display_name or entry.name, timezone=entry.timezone, banner=entry.banner)
        lines = self._sites.change_in(row, change)
        if lines:
            work.altered("site", row, row.name, lines)
            self._sites.announce(work.tx, row.id)
        else:
            work.result.unchanged.append(row.name)

    async def _take_asset(self, work: _Work, site: SiteRow, row: AssetRow | None, spec: AssetSpec) -> None:
        path = f"{site.name}/{spec.name}"
        if row is None:
            row = await self._assets.create_in(work.tx, site, spec)
            work.made("asset", row, path, asset_details(row))
        elif not await self._change_asset(work, row, path, spec):
            work.result.unchanged.append(path)
            return
        self._assets.announce(work.tx, row.id, site.id)

    async def _change_asset(self, work: _Work, row: AssetRow, path: str, spec: AssetSpec) -> bool:
        changed = await self._assets.change_in(work.tx, row, _as_change(spec))
        if not changed.lines:
            return False
        work.ended.update(changed.ended)
        work.narrowed.update(changed.narrowed)
        died = await self._assets.died_in(work.tx, changed.ended, changed.narrowed)
        work.altered("asset", row, path, changed.lines, site=row.site_id, **died)
        return True

    async def _finish(self, work: _Work, *, dry_run: bool) -> None:
        work.result.uses = await self._usage.of(work.tx, ended=work.ended, narrowed=work.narrowed)
        if dry_run:
            raise _DryRun
        for event in work.events:
            await self._audit.append(work.tx, event)
        result = work.result
        counts = {"created": len(result.created), "changed": len(result.changed), "unchanged": len(result.unchanged)}
        await self._audit.append(work.tx, AuditEvent("inventory.imported", work.actor, "", counts))


def labels_of(texts: list[str]) -> list[tuple[str, str]]:
    """Read ``key=value`` filters; raise ``InvalidInputError`` for anything else."""
    pairs = [text.partition("=") for text in texts]
    if not all(key and equals and value for key, equals, value in pairs):
        raise InvalidInputError("A label filter is written like type=plc.")
    return [(key, value) for key, _, value in pairs]


async def _assets_of(view: AsyncSession, sites: list[str]) -> list[AssetRow]:
    return list(await view.scalars(select(AssetRow).where(AssetRow.site_id.in_(sites))))


def _as_change(spec: AssetSpec) -> AssetChange:
    return AssetChange(
        display_name=spec.display_name or spec.name, labels=spec.labels, zone=spec.zone,
        criticality=spec.criticality, units=spec.units, services=spec.services,
    )  # fmt: skip
