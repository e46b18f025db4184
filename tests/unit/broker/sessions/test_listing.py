"""Which sessions a list shows to whom."""

import pytest

from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.sessions.service import SessionQuery, seen_by
from tests.unit.broker.access.plant import Plant
from tests.unit.broker.fakes import START, FakeClock
from tests.unit.broker.sessions.rows import session_row


@pytest.fixture
async def plant(database: Database, clock: FakeClock, bus: Bus, audit: AuditLog) -> Plant:
    """Two users, each with a session on a grant of their own."""
    plant = Plant(database, clock, bus, audit)
    for name in ("vendor", "staff"):
        await plant.sign_in(name)
    async with database.transaction() as tx:
        tx.add(session_row("usr_vendor", START, id="ses_vendor", grant_id="grt_vendor"))
        tx.add(session_row("usr_staff", START, id="ses_staff", grant_id="grt_staff"))
        tx.add(session_row("usr_staff", START, id="ses_south", grant_id="grt_staff", site_id="sit_south"))
    return plant


async def listed(plant: Plant, who: str, **wanted: str | bool) -> set[str]:
    async with plant.database.reading() as view:
        rows = await view.scalars(seen_by(plant.principal(who), SessionQuery(**wanted)))  # type: ignore[arg-type]
        return {row.id for row in rows}


async def test_somebody_elses_grant_shows_nothing_to_who_may_not_read_all_sessions(plant: Plant) -> None:
    assert await listed(plant, "vendor", grant="grt_vendor") == {"ses_vendor"}
    assert await listed(plant, "vendor", grant="grt_staff") == set()
    assert await listed(plant, "vendor", grant="grt_staff", user="usr_staff") == set()


async def test_a_grant_narrows_further_beside_mine_user_and_site(plant: Plant) -> None:
    assert await listed(plant, "operator", grant="grt_staff") == {"ses_staff", "ses_south"}
    assert await listed(plant, "operator", grant="grt_staff", site="sit_south") == {"ses_south"}
    assert await listed(plant, "operator", grant="grt_staff", user="usr_vendor") == set()
    assert await listed(plant, "operator", grant="grt_staff", mine=True) == set()
