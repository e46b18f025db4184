"""What other packages get to know."""

from sqlalchemy import literal, select

from broker.inventory.models import AssetChange
from policies.facts import Target
from tests.unit.broker.inventory.conftest import Plant
from tests.unit.broker.inventory.fakes import ADMIN

TWO = [
    {"name": "modbus", "protocol": "modbus", "host": "10.0.0.5", "port": 502},
    {"name": "web", "protocol": "tcp", "host": "plc-1.plant", "port": 80},
]


async def test_an_asset_is_found_by_its_path_and_by_its_id(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset()
    async with plant.database.reading() as view:
        assert await plant.reader.asset_by_name_or_id(view, "north/plc-1") == asset
        assert await plant.reader.asset_by_name_or_id(view, asset.id) == asset
        assert await plant.reader.asset_by_name_or_id(view, "south/plc-1") is None
        assert await plant.reader.asset_by_name_or_id(view, "plc-1") is None


async def test_a_service_need_not_be_named_when_there_is_only_one(plant: Plant) -> None:
    await plant.site()
    one, two = await plant.asset("plc-1"), await plant.asset("plc-2", services=TWO)
    assert plant.reader.service_of(one, "") == one.services[0]
    assert plant.reader.service_of(two, "") is None
    assert plant.reader.service_of(two, two.services[1].id) == two.services[1]


async def test_policies_are_asked_about_names_labels_zone_and_criticality(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset(services=TWO, labels={"type": "plc"}, zone="cell-1", criticality="safety")
    target = asset.target(asset.services[1])
    assert target == Target(
        site="north", asset="plc-1", service="web", protocol="tcp", guarded=False,
        labels={"type": "plc"}, zone="cell-1", criticality="safety",
    )  # fmt: skip


async def test_the_facts_of_an_asset_carry_its_limits(plant: Plant) -> None:
    await plant.site()
    limits = {"max_streams": 2, "max_rate": 5.0, "idle_seconds": 900, "device_timeout_seconds": 25}
    asset = await plant.asset(services=[{**TWO[0], "limits": limits}])
    async with plant.database.reading() as view:
        found = await plant.reader.asset_and_service(view, asset.id, "modbus")
    assert found is not None
    assert (found[1].limits.max_streams, found[1].limits.device_timeout_seconds) == (2, 25.0)


async def test_a_service_is_there_until_it_is_moved_or_removed(plant: Plant) -> None:
    await plant.site()
    service = (await plant.asset()).services[0].id

    async def there() -> bool:
        async with plant.database.reading() as view:
            return await view.scalar(select(plant.reader.is_there(literal(service)))) or False

    assert await there()
    moved = {"name": "modbus", "protocol": "modbus", "host": "10.0.0.6", "port": 502}
    await plant.assets.change(ADMIN, "north/plc-1", AssetChange.model_validate({"services": [moved]}))
    assert not await there()
