"""Assets and services: made, changed, removed, found, and seen by whom."""

import pytest

from broker.http.errors import NameTakenError, NotFoundError
from broker.http.paging import PageQuery
from broker.inventory.errors import BadInventoryError, EditConflictError
from broker.inventory.models import AssetChange
from broker.inventory.rendering import asset_out
from tests.unit.broker.conftest import Published
from tests.unit.broker.inventory.conftest import Plant
from tests.unit.broker.inventory.fakes import ADMIN, VENDOR

SERVICE = {"name": "modbus", "protocol": "modbus", "host": "10.0.0.5", "port": 502}


async def test_an_asset_is_made_audited_and_published(plant: Plant, published: Published) -> None:
    await plant.site()
    asset = await plant.asset(labels={"type": "plc"}, zone="cell-1", criticality="high")
    assert (asset.path, asset.services[0].guarded, asset.criticality) == ("north/plc-1", True, "high")
    [event] = await plant.audited("asset.created")
    assert event.details["labels"] == ["type=plc"]
    assert "[redacted]" not in str(event.details)
    assert published.of("asset.changed") == [{"asset": asset.id, "site": asset.site_id}]


async def test_two_assets_of_a_site_cannot_share_a_name(plant: Plant) -> None:
    await plant.site()
    await plant.asset()
    with pytest.raises(NameTakenError):
        await plant.asset()


async def test_two_sites_may_each_have_an_asset_of_one_name(plant: Plant) -> None:
    await plant.site("north")
    await plant.site("south")
    assert (await plant.asset(site="north")).id != (await plant.asset(site="south")).id


async def test_an_unknown_protocol_is_refused_and_the_known_ones_named(plant: Plant) -> None:
    await plant.site()
    with pytest.raises(BadInventoryError, match="telepathy") as caught:
        await plant.asset(services=[{**SERVICE, "protocol": "telepathy"}])
    assert "modbus" in caught.value.hint


async def test_a_service_cannot_reach_beyond_its_assets_fence(plant: Plant) -> None:
    await plant.site()
    with pytest.raises(BadInventoryError, match="units"):
        await plant.asset(units=[1, 2], services=[{**SERVICE, "units": [2, 3]}])


async def test_the_fence_of_a_service_is_that_of_both(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset(units=[1, 2], services=[{**SERVICE, "units": [2]}, {**SERVICE, "name": "other"}])
    assert [service.units for service in asset.services] == [{2}, {1, 2}]


async def test_a_route_fence_is_kept_in_order_of_text_and_audited(plant: Plant) -> None:
    await plant.site()
    logix = {"name": "logix", "protocol": "enip", "host": "10.0.0.6", "port": 44818, "routes": ["1/2", "1/0"]}
    asset = await plant.asset(services=[SERVICE, logix])
    assert {service.name: service.routes for service in asset.services} == {"logix": {"1/0", "1/2"}, "modbus": None}
    (event,) = await plant.audited("asset.created")
    assert "routes 1/0,1/2" in str(event.details)
    assert next(s.routes for s in asset_out(asset).services if s.name == "logix") == ["1/0", "1/2"]
    opened = await plant.assets.change(
        ADMIN, asset.id, AssetChange.model_validate({"services": [{**logix, "routes": None}]})
    )
    assert opened.services[0].routes is None


async def test_replacing_services_keeps_the_ids_of_those_that_stay(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset()
    change = AssetChange.model_validate({"services": [{**SERVICE, "port": 503}, {**SERVICE, "name": "other"}]})
    changed = await plant.assets.change(ADMIN, asset.id, change)
    assert [(s.name, s.port) for s in changed.services] == [("modbus", 503), ("other", 502)]
    assert changed.services[0].id == asset.services[0].id


async def test_a_service_left_out_is_gone(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset()
    changed = await plant.assets.change(ADMIN, asset.path, AssetChange(services=[]))
    assert changed.services == ()
    assert (await plant.assets.get(ADMIN, asset.id)).services == ()


async def test_a_change_says_in_the_audit_log_what_it_changed(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset(zone="cell-1")
    await plant.assets.change(ADMIN, asset.id, AssetChange(zone="cell-2"))
    [event] = await plant.audited("asset.changed")
    assert event.details["changes"] == ["zone: cell-1 -> cell-2"]


async def test_a_fence_can_be_taken_away(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset(units=[1])
    changed = await plant.assets.change(ADMIN, asset.id, AssetChange(units=None))
    assert changed.units is None


async def test_a_change_of_an_older_version_is_refused_and_changes_nothing(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset()
    await plant.assets.change(ADMIN, asset.id, AssetChange(zone="cell-1", version=1))
    with pytest.raises(EditConflictError):
        await plant.assets.change(ADMIN, asset.id, AssetChange(zone="cell-2", version=1))
    assert (await plant.assets.get(ADMIN, asset.id)).zone == "cell-1"


async def test_renaming_onto_another_asset_is_refused(plant: Plant) -> None:
    await plant.site()
    await plant.asset("plc-1")
    other = await plant.asset("plc-2")
    with pytest.raises(NameTakenError):
        await plant.assets.change(ADMIN, other.id, AssetChange(name="plc-1"))


async def test_a_removed_asset_is_gone_and_its_name_free(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset()
    await plant.assets.delete(ADMIN, asset.id)
    with pytest.raises(NotFoundError):
        await plant.assets.get(ADMIN, asset.id)
    assert [event.target for event in await plant.audited("asset.deleted")] == [asset.id]
    assert (await plant.asset()).id != asset.id


async def test_a_vendor_sees_only_what_a_policy_offers(plant: Plant) -> None:
    await plant.site()
    for number in range(5):
        await plant.asset(f"plc-{number}")
    plant.visibility.names = {"north/plc-1", "north/plc-4"}
    found, cursor = await plant.assets.page(VENDOR, PageQuery(limit=1))
    rest, end = await plant.assets.page(VENDOR, PageQuery(limit=1, cursor=cursor))
    assert [asset.name for asset in [*found, *rest]] == ["plc-1", "plc-4"]
    assert end is None


async def test_an_asset_that_is_not_the_vendors_looks_like_one_that_is_not_there(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset()
    with pytest.raises(NotFoundError):
        await plant.assets.get(VENDOR, asset.id)
    with pytest.raises(NotFoundError):
        await plant.assets.get(VENDOR, "ast_nothing")


async def test_assets_are_found_by_label_site_and_text(plant: Plant) -> None:
    await plant.site("north")
    await plant.site("south")
    await plant.asset("plc-1", labels={"type": "plc", "line": "a"})
    await plant.asset("hmi-1", labels={"type": "hmi"}, display_name="100% panel")
    await plant.asset("plc-9", site="south", labels={"type": "plc"})

    async def names(**search: object) -> list[str]:
        return [asset.name for asset in (await plant.assets.page(ADMIN, PageQuery(), **search))[0]]  # type: ignore[arg-type]

    assert await names(labels=[("type", "plc")]) == ["plc-1", "plc-9"]
    assert await names(labels=[("type", "plc"), ("line", "a")]) == ["plc-1"]
    assert await names(site="south") == ["plc-9"]
    assert await names(text="100%") == ["hmi-1"]
    assert await names(text="PLC") == ["plc-1", "plc-9"]


async def test_long_lists_come_in_pages_without_gap_or_double(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.inventory.assets.BATCH", 2)
    await plant.site()
    for number in range(7):
        await plant.asset(f"plc-{number}")
    names, cursor = [], None
    while True:
        found, cursor = await plant.assets.page(ADMIN, PageQuery(limit=3, cursor=cursor))
        names += [asset.name for asset in found]
        if cursor is None:
            break
    assert names == [f"plc-{number}" for number in range(7)]
