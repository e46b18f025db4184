"""What access is told of sessions: read from the rows, of every node."""

from datetime import timedelta

import pytest

from broker.access.ports import PastUse
from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.sessions.usage import SessionUsage
from tests.unit.broker.access.plant import Plant
from tests.unit.broker.fakes import START, FakeClock
from tests.unit.broker.sessions.rows import ENDED, session_row


@pytest.fixture
async def people(database: Database, clock: FakeClock, bus: Bus, audit: AuditLog) -> Database:
    """A database that knows two users."""
    plant = Plant(database, clock, bus, audit)
    for name in ("vendor", "staff"):
        await plant.sign_in(name)
    return database


async def keep(database: Database, *rows: object) -> None:
    async with database.transaction() as tx:
        tx.add_all(rows)


async def test_who_is_at_a_device_now_is_told_the_oldest_first(people: Database) -> None:
    await keep(
        people,
        session_row("usr_vendor", START),
        session_row("usr_staff", START - timedelta(hours=1), previous="open", state="held"),
        session_row("usr_vendor", START, **ENDED),
        session_row("usr_vendor", START, asset_id="ast_drive"),
    )
    async with people.reading() as view:
        found = await SessionUsage().live_on(view, "ast_plc")
    assert [(use.user_name, use.opened_at) for use in found] == [
        ("staff", START - timedelta(hours=1)), ("vendor", START)
    ]  # fmt: skip


async def test_what_somebody_did_before_is_counted_with_the_last_time(people: Database) -> None:
    await keep(people, session_row("usr_vendor", START, **ENDED), session_row("usr_vendor", START + timedelta(hours=2)))
    async with people.reading() as view:
        assert await SessionUsage().past_of(view, "usr_vendor") == PastUse(2, START + timedelta(hours=2))
        assert await SessionUsage().past_of(view, "usr_staff") == PastUse(0, None)


async def test_the_sessions_through_services_are_counted_while_they_live(people: Database) -> None:
    await keep(
        people,
        session_row("usr_vendor", START),
        session_row("usr_vendor", START, service_id="svc_other"),
        session_row("usr_vendor", START, **ENDED),
    )
    async with people.reading() as view:
        usage, there = SessionUsage(), session_row("usr_vendor", START).service_id
        assert await usage.count_through(view, {there}) == 1
        assert await usage.count_through(view, {there, "svc_other"}) == 2
        assert await usage.count_through(view, ()) == 0
