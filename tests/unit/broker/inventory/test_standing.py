"""The plant's own lock, as its agents report it."""

from datetime import timedelta

from broker.inventory.facts import SiteLockFacts
from broker.inventory.standing import Arrival
from tests.unit.broker.conftest import Published
from tests.unit.broker.inventory.conftest import Plant, principal_of
from tests.unit.broker.inventory.fakes import ADMIN
from tunnel.ids import AgentId
from tunnel.messages import EnrolmentResponse, Hello, SiteLock

LOCK = SiteLock(locked=True, reason="turbine overhaul")
OPEN = SiteLock(locked=False)


async def site_lock(plant: Plant, site: str) -> SiteLockFacts | None:
    async with plant.database.reading() as view:
        return await plant.reader.site_lock(view, site)


async def test_a_lock_on_site_stands_and_is_audited_and_published(plant: Plant, published: Published) -> None:
    site = await plant.site()
    agent = AgentId((await plant.enrolled()).agent)
    await plant.standing.lock_changed(agent, LOCK, "198.51.100.9")
    assert await site_lock(plant, site) == SiteLockFacts(agent, "turbine overhaul", None)
    [event] = await plant.audited("site.locked")
    assert (event.actor, event.target, event.details["reason"]) == (agent, site, "turbine overhaul")
    assert published.of("site.locked") == [{"site": site, "agent": agent}]


async def test_a_lock_with_an_end_lifts_itself(plant: Plant) -> None:
    site = await plant.site()
    agent = AgentId((await plant.enrolled()).agent)
    until = plant.clock.now() + timedelta(hours=2)
    await plant.standing.lock_changed(agent, SiteLock(locked=True, until=until), "")
    plant.clock.advance(timedelta(hours=2) - timedelta(seconds=1))
    assert await site_lock(plant, site) is not None
    plant.clock.advance(1)
    assert await site_lock(plant, site) is None


async def test_a_site_stays_locked_until_its_last_agent_is_unlocked(plant: Plant, published: Published) -> None:
    site = await plant.site()
    first, second = [AgentId((await plant.enrolled(name)).agent) for name in ("a", "b")]
    for agent in (first, second):
        await plant.standing.lock_changed(agent, LOCK, "")
    await plant.standing.lock_changed(first, OPEN, "")
    assert await site_lock(plant, site) is not None
    assert published.of("site.unlocked") == []
    await plant.standing.lock_changed(second, OPEN, "")
    assert await site_lock(plant, site) is None
    assert len(published.of("site.unlocked")) == 1


async def test_the_lock_of_a_revoked_agent_does_not_stand_for_ever(plant: Plant) -> None:
    site = await plant.site()
    agent = (await plant.enrolled()).agent
    await plant.standing.lock_changed(AgentId(agent), LOCK, "")
    await plant.agents.revoke(ADMIN, agent, "scrapped")
    assert await site_lock(plant, site) is None


def arrival(plant: Plant, enrolled: EnrolmentResponse, lock: SiteLock = OPEN) -> Arrival:
    now = plant.clock.now()
    hello = Hello(software="2.0", clock=now, lock=lock, ceiling_digest="sha256:1", instance="i" * 16)
    return Arrival(AgentId(enrolled.agent), principal_of(enrolled).serial, "198.51.100.9", hello, 1.5)


async def test_an_arriving_agent_brings_its_lock_clock_and_software(plant: Plant) -> None:
    site = await plant.site()
    enrolled = await plant.enrolled()
    expires_at = await plant.standing.connected(arrival(plant, enrolled, LOCK))
    assert expires_at == plant.clock.now() + timedelta(days=7)
    assert await site_lock(plant, site) is not None
    row = (await plant.agents.get(enrolled.agent)).row
    assert (row.software, row.clock_offset_seconds, row.ceiling_digest) == ("2.0", 1.5, "sha256:1")


async def test_an_agent_that_was_revoked_meanwhile_does_not_arrive(plant: Plant) -> None:
    await plant.site()
    enrolled = await plant.enrolled()
    await plant.agents.revoke(ADMIN, enrolled.agent, "stolen")
    assert await plant.standing.connected(arrival(plant, enrolled)) is None


async def test_an_unchanged_lock_is_not_told_twice(plant: Plant) -> None:
    await plant.site()
    agent = AgentId((await plant.enrolled()).agent)
    for _ in range(2):
        await plant.standing.lock_changed(agent, LOCK, "")
    assert len(await plant.audited("site.locked")) == 1
