"""What rests on a service, for who is about to change it."""

from datetime import timedelta

from broker.access.locks import LockKind
from broker.access.ports import LiveUse
from broker.inventory.facts import Uses
from tests.unit.broker.access.plant import MODBUS, SITE, Plant
from tests.unit.broker.fakes import START


async def uses(plant: Plant, *ended: str, narrowed: tuple[str, ...] = ()) -> Uses:
    async with plant.database.reading() as view:
        return await plant.parts.uses.of(view, ended=ended, narrowed=narrowed)


async def test_grants_and_requests_of_a_service_count_while_they_are_good(plant: Plant) -> None:
    await plant.ask()
    await plant.granted()
    assert await uses(plant, MODBUS.id) == Uses(sessions=0, grants=1, requests=1)
    assert await uses(plant, "svc_other") == Uses()
    plant.clock.advance(timedelta(days=30))
    assert await uses(plant, MODBUS.id) == Uses()


async def test_a_revoked_grant_and_a_decided_request_do_not_count(plant: Plant) -> None:
    grant = await plant.granted()
    await plant.parts.grants.revoke(plant.principal("operator"), grant.id, "enough")
    assert await uses(plant, MODBUS.id) == Uses()


async def test_of_a_service_that_lets_less_through_only_sessions_count(plant: Plant) -> None:
    await plant.granted()
    plant.usage.live = [LiveUse("ses_1", "vendor", "modbus", START)]
    assert await uses(plant, narrowed=(MODBUS.id,)) == Uses(sessions=1)


async def test_locks_of_a_site_count_while_they_hold(plant: Plant) -> None:
    operator = plant.principal("operator")

    async def locks() -> int:
        async with plant.database.reading() as view:
            return await plant.parts.uses.locks_on(view, SITE.id)

    lock = await plant.parts.locks.set(operator, kind=LockKind.SITE, target="north", reason="leak", until=None)
    await plant.parts.locks.set(operator, kind=LockKind.ASSET, target="north/plc-1", reason="leak", until=None)
    assert await locks() == 1
    await plant.parts.locks.lift(operator, lock.id)
    assert await locks() == 0
