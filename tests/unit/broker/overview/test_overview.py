"""What the first page shows: right numbers, and nothing that one's roles may not know."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from broker.access.states import RequestState
from broker.access.tables import RequestRow
from broker.audit.log import AuditLog
from broker.audit.service import AuditReader
from broker.audit.tables import AuditCheckpointRow, AuditLinkRow
from broker.cluster.bus import Bus
from broker.http.principal import Permission
from broker.identity.tables import UserRow
from broker.inventory.tables import AgentRow, SiteRow
from broker.overview.service import AgentCounts, ChainCheck, Overview, View
from broker.sessions.questions import QuestionBook
from tests.unit.broker.access.plant import EMERGENCY, Plant
from tests.unit.broker.fakes import START
from tests.unit.broker.sessions.rows import ENDED, session_row


class FakePresences:
    """Agents that are connected."""

    def __init__(self) -> None:
        self.connected = {"agt_on", "agt_quarantined"}

    def presence(self, agent_id: str) -> object | None:
        """Say so."""
        return agent_id if agent_id in self.connected else None


async def look(plant: Plant, name: str) -> View:
    return await overview_of(plant).of(plant.principal(name))


def overview_of(plant: Plant) -> Overview:
    bus = Bus()
    questions = QuestionBook(plant.database, plant.clock, bus, AuditLog(plant.clock, bus), node="nod_test")
    return Overview(plant.database, plant.clock, plant.parts.requests, questions, FakePresences())


def agent(name: str, **more: object) -> AgentRow:
    fields = {
        "id": f"agt_{name}", "site_id": "sit_north", "name": name, "state": "active", "state_reason": "",
        "state_at": START, "software": "test", "enrolled_at": START, "locked": False, **more,
    }  # fmt: skip
    return AgentRow(**fields)


@pytest.fixture
async def busy(plant: Plant) -> Plant:
    """A plant in which something of everything is going on."""
    for name in ("vendor", "staff"):
        await plant.sign_in(name)
    site = SiteRow(id="sit_north", name="north", display_name="North", timezone="UTC", banner="", version=1,
                   created_at=START)  # fmt: skip
    async with plant.database.transaction() as tx:
        tx.add(site)
        await tx.flush()
        tx.add_all([
            session_row("usr_vendor", START),
            session_row("usr_staff", START, organization_kind="internal"),
            session_row("usr_vendor", START, **ENDED),
            agent("on"), agent("off", locked=True), agent("unlocked", locked=True, lock_until=START),
            agent("quarantined", state="quarantined"), agent("gone", state="revoked", locked=True),
            AuditCheckpointRow(sequence=1, at=START, hash=bytes(32), key_id="k", signature=bytes(64)),
        ])  # fmt: skip
        await tx.execute(update(UserRow).where(UserRow.id == "usr_vendor").values(ends_at=START + timedelta(days=3)))
        await tx.execute(update(UserRow).where(UserRow.id == "usr_staff").values(ends_at=START + timedelta(days=30)))
    return plant


async def test_an_operator_sees_what_waits_for_them_and_what_lives(busy: Plant) -> None:
    await busy.ask()
    seen = await look(busy, "operator")
    assert (seen.waiting, seen.my_requests, seen.live_sessions, seen.vendor_sessions) == (1, 0, 2, 1)
    assert seen.agents == AgentCounts(online=1, offline=2, quarantined=1, locked=1)
    assert [(user.username, user.ends_at) for user in seen.expiring_users or ()] == [
        ("vendor", START + timedelta(days=3))
    ]


async def test_what_one_has_answered_waits_for_one_no_more(busy: Plant) -> None:
    await busy.approve(await busy.ask(), "operator")
    assert ((await look(busy, "operator")).waiting, (await look(busy, "officer")).waiting) == (0, 1)


async def test_a_vendor_sees_their_own_and_is_not_told_the_rest(busy: Plant) -> None:
    request = await busy.ask()
    await busy.ask(tiers=frozenset())
    async with busy.database.transaction() as tx:
        decided = update(RequestRow).where(RequestRow.id == request.row.id)
        await tx.execute(decided.values(state=RequestState.DENIED.value))
    seen = await look(busy, "vendor")
    assert seen == View(1, 1, None, None, None, None, None, None, None, None)


async def test_reviews_and_the_audit_log_are_counted_for_who_reads_them(busy: Plant) -> None:
    await busy.apply(EMERGENCY)
    await busy.ask(emergency=True, duration=timedelta(minutes=5))
    seen = await look(busy, "admin")
    assert seen.open_reviews == 1
    assert seen.audit is not None
    assert seen.audit.links > 1
    assert seen.audit.last_checkpoint_at == START


async def test_the_last_verification_of_the_audit_log_is_told_as_it_ended(plant: Plant) -> None:
    assert await last_check(plant) is None
    reader = AuditReader(plant.database, AuditLog(plant.clock, Bus()), plant.clock, {})
    await reader.verify(plant.principal("admin"))
    assert await last_check(plant) == ChainCheck(plant.clock.now(), intact=True)
    plant.clock.advance(60)
    async with plant.database.transaction() as tx:
        await tx.execute(update(AuditLinkRow).where(AuditLinkRow.sequence == 1).values(actor_name="somebody else"))
    await reader.verify(plant.principal("admin"))
    assert await last_check(plant) == ChainCheck(plant.clock.now(), intact=False)


async def last_check(plant: Plant) -> ChainCheck | None:
    seen = await look(plant, "admin")
    assert seen.audit is not None
    return seen.audit.last_check


async def test_each_number_hangs_on_its_own_permission(busy: Plant) -> None:
    needed = {
        "waiting": Permission.REQUESTS_DECIDE, "live_sessions": Permission.SESSIONS_READ_ALL,
        "vendor_sessions": Permission.SESSIONS_READ_ALL, "agents": Permission.INVENTORY_READ,
        "expiring_users": Permission.PEOPLE_READ, "open_reviews": Permission.REQUESTS_READ_ALL,
        "audit": Permission.AUDIT_READ,
    }  # fmt: skip
    overview = overview_of(busy)
    for permission in set(needed.values()):
        somebody = replace(busy.principal("staff"), permissions=frozenset({permission}))
        seen = await overview.of(somebody)
        assert (seen.questions is not None) == (permission is Permission.REQUESTS_DECIDE)
        told = {name for name in needed if getattr(seen, name) is not None}
        assert told == {name for name, wanted in needed.items() if wanted is permission}
