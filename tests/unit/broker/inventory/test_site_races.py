"""A site is removed while something is added to it: whoever comes second waits, and hears what became of it.

On PostgreSQL each stands in a transaction of its own and waits for the other's row locks; on SQLite they queue.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import AuditEvent, AuditLog
from broker.db.base import Base
from broker.db.engine import Database, Transaction
from broker.http.errors import ConflictError, NotFoundError
from broker.inventory.errors import JoinTokenInvalidError
from broker.inventory.tables import AgentRow, AssetRow, JoinTokenRow, SiteRow
from tests.unit.broker.inventory.conftest import Plant
from tests.unit.broker.inventory.fakes import ADMIN

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE :holder = ANY(pg_blocking_pids(pid))")
PATIENCE_SECONDS = 60


class Pause:
    """A place at which a transaction stands with its locks until another one waits for them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reached, self._go = asyncio.Event(), asyncio.Event()
        self._holder = 0

    async def here(self, view: AsyncSession) -> None:
        if not self._database.is_sqlite:
            self._holder = await view.scalar(text("SELECT pg_backend_pid()")) or 0
        self._reached.set()
        await self._go.wait()

    async def both(self, first: Awaitable[object], second: Callable[[], Awaitable[object]]) -> list[Any]:
        """Run the first up to here, then the second until it waits; let both end and return what they returned."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            begun = asyncio.ensure_future(first)
            await self._reached.wait()
            waiting = asyncio.ensure_future(second())
            while not self._database.is_sqlite and not await self._somebody_waits():
                assert not waiting.done(), "nothing held it back"
                await asyncio.sleep(0.01)
            self._go.set()
            return await asyncio.gather(begun, waiting, return_exceptions=True)

    async def _somebody_waits(self) -> bool:
        async with self._database.reading() as view:
            return bool(await view.scalar(WAITING, {"holder": self._holder}))


@pytest.fixture
def pause(plant: Plant) -> Pause:
    return Pause(plant.database)


@pytest.fixture
def removal_pauses(plant: Plant, pause: Pause, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a site's removal stop when it has locked the site and found it empty."""

    async def no_locks(view: AsyncSession, site_id: str) -> int:
        del site_id
        await pause.here(view)
        return 0

    monkeypatch.setattr(plant.usage, "locks_on", no_locks)


@pytest.fixture
def addition_pauses(audit: AuditLog, pause: Pause, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what adds to a site stop when it has written its rows."""
    append = audit.append

    async def paused(tx: Transaction, event: AuditEvent) -> int:
        if event.action in {"asset.created", "agent.enrolled", "join_token.issued"}:
            await pause.here(tx)
        return await append(tx, event)

    monkeypatch.setattr(audit, "append", paused)


async def count(plant: Plant, table: type[Base]) -> int:
    async with plant.database.reading() as view:
        return await view.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.usefixtures("addition_pauses")
async def test_a_site_stays_where_an_asset_was_just_added(plant: Plant, pause: Pause) -> None:
    site = await plant.site()
    asset, refused = await pause.both(plant.asset(), lambda: plant.sites.delete(ADMIN, site))
    assert isinstance(refused, ConflictError)
    assert refused.fields == {"assets": 1, "agents": 0}
    assert (await plant.assets.get(ADMIN, asset.id)).site_id == site


@pytest.mark.usefixtures("removal_pauses")
async def test_no_asset_is_added_to_a_site_that_is_just_removed(plant: Plant, pause: Pause) -> None:
    site = await plant.site()
    removed, refused = await pause.both(plant.sites.delete(ADMIN, site), plant.asset)
    assert removed is None
    assert isinstance(refused, NotFoundError)
    assert (await count(plant, SiteRow), await count(plant, AssetRow)) == (0, 0)


async def test_a_site_stays_where_an_agent_was_just_enrolled(
    plant: Plant, pause: Pause, request: pytest.FixtureRequest
) -> None:
    site, secret = await plant.site(), await plant.join_secret()
    request.getfixturevalue("addition_pauses")
    enrolled, refused = await pause.both(
        plant.enrolment.enrol(plant.asked(secret), "198.51.100.9"), lambda: plant.sites.delete(ADMIN, site)
    )
    assert isinstance(refused, ConflictError)
    assert refused.fields == {"assets": 0, "agents": 1}
    assert enrolled.site == site


@pytest.mark.usefixtures("removal_pauses")
async def test_no_agent_is_enrolled_at_a_site_that_is_just_removed(plant: Plant, pause: Pause) -> None:
    site, secret = await plant.site(), await plant.join_secret()
    removed, refused = await pause.both(
        plant.sites.delete(ADMIN, site), lambda: plant.enrolment.enrol(plant.asked(secret), "198.51.100.9")
    )
    assert removed is None
    assert isinstance(refused, JoinTokenInvalidError)
    assert (await count(plant, SiteRow), await count(plant, AgentRow), await count(plant, JoinTokenRow)) == (0, 0, 0)


async def test_a_site_is_removed_only_after_what_holds_it_ended(plant: Plant, pause: Pause) -> None:
    site = await plant.site()

    async def held() -> bool:
        async with plant.database.transaction() as tx:
            is_there = await plant.reader.hold_site(tx, site)
            await pause.here(tx)
            return is_there

    assert await pause.both(held(), lambda: plant.sites.delete(ADMIN, site)) == [True, None]


@pytest.mark.usefixtures("removal_pauses")
async def test_nothing_holds_a_site_that_is_just_removed(plant: Plant, pause: Pause) -> None:
    site = await plant.site()

    async def held() -> bool:
        async with plant.database.transaction() as tx:
            return await plant.reader.hold_site(tx, site)

    assert await pause.both(plant.sites.delete(ADMIN, site), held) == [None, False]


@pytest.mark.usefixtures("addition_pauses")
async def test_a_join_token_that_was_just_given_out_goes_with_its_site(plant: Plant, pause: Pause) -> None:
    site = await plant.site()
    secret, removed = await pause.both(plant.join_secret(), lambda: plant.sites.delete(ADMIN, site))
    assert removed is None
    assert await count(plant, JoinTokenRow) == 0
    with pytest.raises(JoinTokenInvalidError):
        await plant.enrolment.enrol(plant.asked(secret), "198.51.100.9")


@pytest.mark.usefixtures("removal_pauses")
async def test_no_join_token_is_given_out_for_a_site_that_is_just_removed(plant: Plant, pause: Pause) -> None:
    site = await plant.site()
    removed, refused = await pause.both(plant.sites.delete(ADMIN, site), plant.join_secret)
    assert removed is None
    assert isinstance(refused, NotFoundError)
    assert await count(plant, JoinTokenRow) == 0
