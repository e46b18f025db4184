"""Assets and services: made, changed, removed, found, and seen by whom."""

from typing import Any

import pytest
from sqlalchemy import update

from broker.http.errors import NameTakenError, NotFoundError
from broker.http.paging import PageQuery
from broker.inventory.errors import BadInventoryError, EditConflictError
from broker.inventory.models import AssetChange
from broker.inventory.rendering import asset_out
from broker.inventory.searching import AssetSearch, SitesByReach
from broker.inventory.tables import ServiceRow
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
    assert "services.0.protocol" in str(caught.value.fields["errors"])


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


async def test_an_identity_is_shown_audited_word_by_word_and_taken_back(plant: Plant) -> None:
    await plant.site()
    told = {"vendor": 1, "device_type": 14, "product_code": 54, "major": 20, "minor": 11, "serial_number": 7}
    logix = {"name": "logix", "protocol": "enip", "host": "10.0.0.6", "port": 44818}
    identified = {**logix, "identity": {"enip": {**told, "product_name": "L61"}}}
    asset = await plant.asset(services=[identified])
    shown = asset_out(asset).services[0].identity
    assert shown is not None
    assert shown.enip is not None
    assert (shown.enip.product_name, shown.enip.serial_number, shown.bacnet) == ("L61", 7, None)
    (event,) = await plant.audited("asset.created")
    assert "identity vendor=1 device_type=14 product_code=54" in str(event.details)
    unchanged = AssetChange.model_validate({"services": [{**logix, "identity": shown.model_dump()}]})
    assert (await plant.assets.change(ADMIN, asset.id, unchanged)).version == asset.version
    changed = await plant.assets.change(ADMIN, asset.id, AssetChange.model_validate({"services": [logix]}))
    assert (changed.services[0].identity, changed.version) == (None, asset.version + 1)


async def test_replacing_services_keeps_the_ids_of_those_that_stay(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset()
    change = AssetChange.model_validate({"services": [{**SERVICE, "units": [1]}, {**SERVICE, "name": "other"}]})
    changed = await plant.assets.change(ADMIN, asset.id, change)
    assert [(s.name, s.own_units) for s in changed.services] == [("modbus", {1}), ("other", None)]
    assert changed.services[0].id == asset.services[0].id


@pytest.mark.parametrize("moved", [{"host": "10.0.0.6"}, {"port": 503}, {"protocol": "tcp"}])
async def test_a_service_that_reaches_something_else_is_another_thing(plant: Plant, moved: dict[str, object]) -> None:
    await plant.site()
    asset = await plant.asset()
    change = AssetChange.model_validate({"services": [{**SERVICE, **moved}]})
    changed = await plant.assets.change(ADMIN, asset.id, change)
    assert [service.name for service in changed.services] == ["modbus"]
    assert changed.services[0].id != asset.services[0].id
    assert (await plant.assets.get(ADMIN, asset.id)).services == changed.services


async def test_a_preview_says_what_would_end_and_changes_nothing(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset(services=[SERVICE, {**SERVICE, "name": "other"}, {**SERVICE, "name": "third"}])
    ids = {service.name: service.id for service in asset.services}
    services = [{**SERVICE, "host": "10.0.0.6"}, {**SERVICE, "name": "third", "units": [1]}]
    change = AssetChange.model_validate({"zone": "cell-2", "services": services})
    found = await plant.previews.of(ADMIN, asset.id, change)
    assert (found.ended, found.narrowed) == (["modbus", "other"], ["third"])
    assert plant.usage.asked == [(frozenset({ids["modbus"], ids["other"]}), frozenset({ids["third"]}))]
    assert (found.uses.sessions, found.uses.grants, found.uses.requests) == (3, 4, 6)
    assert found.changes[-1] == "zone: (none) -> cell-2"
    assert any(line.startswith("service modbus: modbus 10.0.0.5 502") for line in found.changes)
    assert await plant.assets.get(ADMIN, asset.id) == asset


@pytest.mark.parametrize(
    "change",
    [
        {"display_name": ""},
        {"name": "pump-2", "display_name": "", "labels": {"type": "plc"}},
        {"units": None, "criticality": "safety"},
        {"zone": None, "units": [1, 2], "services": []},
    ],
)
async def test_a_preview_tells_what_the_audit_log_will(plant: Plant, change: dict[str, object]) -> None:
    await plant.site()
    asset = await plant.asset(display_name="Pump", units=[1], zone="cell-1")
    wanted = AssetChange.model_validate(change)
    told = await plant.previews.of(ADMIN, asset.id, wanted)
    await plant.assets.change(ADMIN, asset.id, wanted)
    [event] = await plant.audited("asset.changed")
    assert event.details["changes"] == told.changes != []


async def test_a_preview_refuses_what_the_change_would(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset(units=[1])
    change = AssetChange.model_validate({"services": [{**SERVICE, "units": [2]}]})
    with pytest.raises(BadInventoryError, match="units"):
        await plant.previews.of(ADMIN, asset.id, change)
    with pytest.raises(NotFoundError):
        await plant.previews.of(VENDOR, asset.id, AssetChange(zone="cell-2"))


@pytest.mark.parametrize(
    ("before", "after", "is_narrowed"),
    [
        ({}, {"routes": ["1/0"]}, True),
        ({"routes": ["1/0"]}, {"routes": ["1/0", "1/2"]}, False),
        ({"routes": ["1/0"]}, {}, False),
        ({"routes": ["1/0", "1/2"]}, {"routes": ["1/2"]}, True),
        ({}, {"limits": {"max_rate": 5}}, True),
        ({"limits": {"max_rate": 5}}, {"limits": {"max_rate": 9}}, False),
    ],
)
async def test_a_service_that_lets_less_through_is_told(
    plant: Plant, before: dict[str, object], after: dict[str, object], is_narrowed: bool
) -> None:
    await plant.site()
    logix = {"name": "logix", "protocol": "enip", "host": "10.0.0.6", "port": 44818}
    asset = await plant.asset(services=[{**logix, **before}])
    change = AssetChange.model_validate({"services": [{**logix, **after}]})
    found = await plant.previews.of(ADMIN, asset.id, change)
    assert (found.ended, found.narrowed) == ([], ["logix"] if is_narrowed else [])


async def test_a_narrower_fence_of_the_asset_narrows_its_services(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset()
    assert (await plant.previews.of(ADMIN, asset.id, AssetChange(units=frozenset({1})))).narrowed == ["modbus"]


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
    found, cursor = await plant.assets.page(VENDOR, PageQuery(limit=1), AssetSearch())
    rest, end = await plant.assets.page(VENDOR, PageQuery(limit=1, cursor=cursor), AssetSearch())
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

    async def names(**search: Any) -> list[str]:
        return [asset.name for asset in (await plant.assets.page(ADMIN, PageQuery(), AssetSearch(**search)))[0]]

    assert await names(labels=[("type", "plc")]) == ["plc-1", "plc-9"]
    assert await names(labels=[("type", "plc"), ("line", "a")]) == ["plc-1"]
    assert await names(site="south") == ["plc-9"]
    assert await names(text="100%") == ["hmi-1"]
    assert await names(text="PLC") == ["plc-1", "plc-9"]


async def test_assets_are_found_by_their_whole_zone_and_by_the_reach_of_their_site(plant: Plant) -> None:
    north = await plant.site("north")
    await plant.site("south")
    await plant.asset("plc-1", zone="cell-1")
    await plant.asset("plc-2", zone="cell-10")
    await plant.asset("plc-3")
    await plant.asset("plc-9", site="south", zone="cell-1")

    async def names(**search: Any) -> list[str]:
        return [asset.name for asset in (await plant.assets.page(ADMIN, PageQuery(), AssetSearch(**search)))[0]]

    assert await names(zone="cell-1") == ["plc-1", "plc-9"]
    assert await names(zone="") == ["plc-3"]
    assert await names(reach=SitesByReach({north}, wanted=True)) == ["plc-1", "plc-2", "plc-3"]
    assert await names(reach=SitesByReach({north}, wanted=False)) == ["plc-9"]
    assert await names(reach=SitesByReach((), wanted=True)) == []
    assert await names(zone="cell-1", reach=SitesByReach({north}, wanted=True)) == ["plc-1"]


async def test_an_asset_behind_a_first_page_of_unreachable_ones_is_on_the_first_page_of_the_reachable(
    plant: Plant,
) -> None:
    await plant.site("north")
    south = await plant.site("south")
    for number in range(3):
        await plant.asset(f"plc-{number}")
    await plant.asset("plc-9", site="south")
    reachable = AssetSearch(reach=SitesByReach({south}, wanted=True))
    found, cursor = await plant.assets.page(ADMIN, PageQuery(limit=2), reachable)
    assert ([asset.name for asset in found], cursor) == (["plc-9"], None)


async def test_long_lists_come_in_pages_without_gap_or_double(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.inventory.assets.BATCH", 2)
    await plant.site()
    for number in range(7):
        await plant.asset(f"plc-{number}")
    names, cursor = [], None
    while True:
        found, cursor = await plant.assets.page(ADMIN, PageQuery(limit=3, cursor=cursor), AssetSearch())
        names += [asset.name for asset in found]
        if cursor is None:
            break
    assert names == [f"plc-{number}" for number in range(7)]


async def test_the_audit_log_tells_which_services_a_change_ended_and_what_rested_on_them(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset()
    change = AssetChange.model_validate({"services": [{**SERVICE, "port": 503}]})
    await plant.assets.change(ADMIN, asset.id, change)
    [event] = await plant.audited("asset.changed")
    assert (event.details["ended"], event.details["narrowed"]) == ([asset.services[0].id], [])
    assert event.details["uses"] == {"sessions": 1, "grants": 2, "requests": 3}


async def test_the_audit_log_tells_which_services_went_with_an_asset(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset()
    await plant.assets.delete(ADMIN, asset.id)
    [event] = await plant.audited("asset.deleted")
    assert event.details["ended"] == [asset.services[0].id]
    assert event.details["uses"] == {"sessions": 1, "grants": 2, "requests": 3}


async def test_a_change_that_ends_nothing_tells_of_no_services(plant: Plant) -> None:
    await plant.site()
    asset = await plant.asset()
    await plant.assets.change(ADMIN, asset.id, AssetChange(zone="cell-2"))
    [event] = await plant.audited("asset.changed")
    assert "ended" not in event.details
    assert "uses" not in event.details


GIVEN = {
    "vendor": 1, "device_type": 14, "product_code": 55, "major": 33, "minor": 11, "serial_number": 1,
    "product_name": "controller",
}  # fmt: skip
ENIP = {**SERVICE, "name": "enip", "protocol": "enip", "port": 44818, "identity": {"enip": GIVEN}}


@pytest.mark.parametrize(
    "kept",
    [
        {"enip": {**GIVEN, "product_name": "x" * 40, "vendor": 70_000}},
        {"enip": {"vendor": 1}},
        {"enip": {**GIVEN, "colour": "grey"}},
        {"forgotten": {"a": 1}},
        {"enip": 7},
    ],
)
async def test_an_identity_that_older_rules_let_in_can_be_mended_and_removed(
    plant: Plant, kept: dict[str, object]
) -> None:
    async def age() -> None:
        async with plant.database.transaction() as tx:
            await tx.execute(update(ServiceRow).values(identity=kept))

    await plant.site()
    asset = await plant.asset(services=[ENIP])
    await age()
    [listed], _ = await plant.assets.page(ADMIN, PageQuery(), AssetSearch())
    assert (listed.services[0].identity, listed.services[0].is_identity_bad) == (None, True)
    assert asset_out(listed).services[0].identity is None
    assert "enip" in await plant.transfer.export_text()
    await plant.assets.change(ADMIN, asset.id, AssetChange(zone="cell-2"))
    assert (await plant.assets.get(ADMIN, asset.id)).services[0].is_identity_bad
    previewed = await plant.previews.of(ADMIN, asset.id, AssetChange.model_validate({"services": [ENIP]}))
    mended = await plant.assets.change(ADMIN, asset.id, AssetChange.model_validate({"services": [ENIP]}))
    assert (mended.version, mended.services[0].is_identity_bad) == (3, False)
    assert mended.services[0].identity is not None
    [_, told] = await plant.audited("asset.changed")
    assert told.details["changes"] == previewed.changes
    assert "product_name=controller" in str(previewed.changes)
    await age()
    await plant.assets.delete(ADMIN, asset.id)
    assert await plant.assets.page(ADMIN, PageQuery(), AssetSearch()) == ([], None)


@pytest.mark.parametrize("stored", [{"host": "not a host!"}, {"units": [70_000]}, {"routes": ["1"]}])
async def test_what_older_rules_let_in_can_be_mended_and_removed(plant: Plant, stored: dict[str, object]) -> None:
    await plant.site()
    asset = await plant.asset()
    async with plant.database.transaction() as tx:
        await tx.execute(update(ServiceRow).values(**stored))
    await plant.assets.change(ADMIN, asset.id, AssetChange(zone="cell-2"))
    mended = await plant.assets.change(ADMIN, asset.id, AssetChange.model_validate({"services": [SERVICE]}))
    assert (mended.services[0].host, mended.services[0].own_units, mended.services[0].routes) == (
        "10.0.0.5",
        None,
        None,
    )
    async with plant.database.transaction() as tx:
        await tx.execute(update(ServiceRow).values(**stored))
    await plant.assets.delete(ADMIN, asset.id)
    assert await plant.assets.page(ADMIN, PageQuery(), AssetSearch()) == ([], None)
