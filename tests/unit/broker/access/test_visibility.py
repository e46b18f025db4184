"""Which assets people may know of."""

from tests.unit.broker.access.plant import OTHER, PLC, STANDING, Plant


async def test_people_know_of_what_some_policy_opens_to_them(plant: Plant) -> None:
    await plant.apply(STANDING)
    for name, expected in (
        ("vendor", {PLC.id}),
        ("stranger", set()),
        ("operator", {PLC.id, OTHER.id}),
    ):
        assert await plant.parts.visibility.visible(plant.principal(name), [PLC, OTHER]) == expected, name


async def test_a_disabled_account_knows_of_nothing(plant: Plant) -> None:
    vendor = plant.principal("vendor")
    plant.people.change("vendor", disabled=True)
    assert await plant.parts.visibility.visible(vendor, [PLC]) == frozenset()
