"""The red button: the cut comes first, and the way back stays blocked however long the database is away."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any, cast

import pytest

from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database, Transaction
from broker.sessions.ending import Ending
from broker.sessions.keeping import SessionKeeper
from broker.sessions.killing import RedButton
from broker.sessions.live import LiveSession
from broker.sessions.registry import LiveSessions
from broker.sessions.states import EndCode
from tests.unit.broker.access.plant import Plant
from tests.unit.broker.fakes import START, FakeClock
from tests.unit.broker.sessions.conftest import Bench, facts
from tests.unit.broker.sessions.rows import session_row
from tunnel.tasks import Supervisor


class FakeKeeper:
    """Cuts, and has nothing to write."""

    def cut(self, session: LiveSession, ending: Ending) -> None:
        session.end(ending.code, ending.detail)


class FlakyDatabase:
    """The database, once it is back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_away = True

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        if self.is_away:
            raise OSError("the database is away")
        return self._database.transaction()

    def reading(self) -> Any:
        return self._database.reading()


class Desk:
    """A red button, one live session, and a database that comes and goes."""

    def __init__(
        self, database: Database, plant: Plant, audit: AuditLog, tasks: Supervisor, session: LiveSession
    ) -> None:
        self.database, self.live, self.session = FlakyDatabase(database), LiveSessions(), session
        self.live.add(session)
        self.operator = plant.principal("operator")
        keeper = cast("SessionKeeper", FakeKeeper())
        self.button = RedButton(cast("Database", self.database), plant.clock, Bus(), audit, self.live, keeper, tasks)


@pytest.fixture
async def desk(
    database: Database, clock: FakeClock, bus: Bus, audit: AuditLog, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> Any:
    monkeypatch.setattr("broker.sessions.killing.RETRY_SECONDS", (0.001, 0.01))
    monkeypatch.setattr("broker.sessions.killing.SETTLE_SECONDS", 0.05)
    plant = Plant(database, clock, bus, audit)
    await plant.sign_in("vendor")
    async with database.transaction() as tx:
        tx.add(session_row("usr_vendor", START, id=facts().id))
    session = bench.session()
    async with Supervisor(lambda _name, _error: None) as tasks:
        yield Desk(database, plant, audit, tasks, session)


async def blocked_ids(desk: Desk) -> list[str]:
    return [block.id for block in await desk.button.blocks()]


async def test_a_kill_cuts_and_blocks_even_while_the_database_is_away(desk: Desk) -> None:
    user, asset = desk.session.facts.user_id, desk.session.facts.target.asset
    block = await desk.button.kill(desk.operator, desk.session.facts.id, "enough")
    assert (desk.session.end_code, desk.session.end_detail) == (EndCode.KILLED, "enough")
    assert await blocked_ids(desk) == []
    assert desk.live.is_blocked(user, asset)
    desk.database.is_away = False
    async with asyncio.timeout(10):
        while desk.live.is_blocked(user, asset):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
    assert await blocked_ids(desk) == [block.id]


async def test_a_kill_is_written_when_it_returns(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.sessions.killing.SETTLE_SECONDS", 10)
    desk.database.is_away = False
    block = await desk.button.kill(desk.operator, desk.session.facts.id, "enough")
    assert await blocked_ids(desk) == [block.id]
    assert not desk.live.is_blocked(desk.session.facts.user_id, desk.session.facts.target.asset)
