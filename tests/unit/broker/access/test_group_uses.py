"""What needs a group, for who is about to remove it."""

from datetime import timedelta

import pytest

from broker.access.reviews import ReviewOutcome
from broker.identity.ports import GroupNeeds
from tests.unit.broker.access.plant import EMERGENCY, Plant
from tests.unit.broker.access.test_previewing import DENY


async def needs(plant: Plant, group: str) -> GroupNeeds:
    async with plant.database.reading() as view:
        return await plant.parts.group_uses.of(view, group)


@pytest.mark.parametrize(
    ("group", "policies"),
    [
        ("acme", ("acme-plc", "emergency")),
        ("ot-operations", ("acme-plc",)),
        ("it-security", ("acme-plc", "emergency")),
        ("nobody-names-it", ()),
    ],
)
async def test_a_policy_needs_those_it_means_and_those_it_asks(
    plant: Plant, group: str, policies: tuple[str, ...]
) -> None:
    await plant.apply(EMERGENCY)
    assert await needs(plant, group) == GroupNeeds(policies)


async def test_a_policy_that_refuses_needs_whom_it_means(plant: Plant) -> None:
    await plant.apply(DENY.replace("[acme]", "[night-shift]"))
    assert await needs(plant, "night-shift") == GroupNeeds(("not-at-ten",))


async def test_a_policy_out_of_force_needs_nobody_but_what_waits_does(plant: Plant) -> None:
    await plant.ask()
    await plant.parts.store.delete(plant.principal("admin"), "acme-plc")
    assert await needs(plant, "ot-operations") == GroupNeeds(requests=1)
    plant.clock.advance(timedelta(days=30))
    assert not await needs(plant, "ot-operations")


async def test_an_open_review_needs_its_group_until_it_is_closed(plant: Plant) -> None:
    await plant.apply(EMERGENCY)
    request = (await plant.ask(emergency=True, duration=None)).row.id
    for policy in ("emergency", "acme-plc"):
        await plant.parts.store.delete(plant.principal("admin"), policy)
    assert await needs(plant, "it-security") == GroupNeeds(reviews=1)
    await plant.parts.reviews.close(plant.principal("officer"), request, ReviewOutcome.JUSTIFIED, "it burned")
    assert not await needs(plant, "it-security")
