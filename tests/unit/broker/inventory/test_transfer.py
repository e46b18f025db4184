"""Import and export: all or nothing, with line numbers, and the same text comes back."""

import pytest

from broker.http.paging import PageQuery
from broker.inventory.models import AssetChange, SiteChange
from broker.inventory.searching import AssetSearch
from tests.unit.broker.conftest import Published
from tests.unit.broker.inventory.conftest import Plant
from tests.unit.broker.inventory.fakes import ADMIN

TEXT = """apiVersion: wicketgate/v1
kind: Inventory
sites:
- name: north
  timezone: Europe/Berlin
  banner: "Call the control room first: 100"
  assets:
  - name: hmi-1
    display_name: "Panel 1"
  - name: plc-1
    labels:
      firmware: "1e3"
      type: plc
    zone: cell-1
    criticality: high
    units:
    - 1
    - 2
    services:
    - name: modbus
      protocol: modbus
      host: "10.0.0.5"
      port: 502
      limits:
        max_streams: 2
- name: south
  timezone: UTC
"""


async def test_an_exported_inventory_is_the_imported_text(plant: Plant) -> None:
    result = await plant.transfer.import_text(ADMIN, TEXT, dry_run=False)
    assert result.problems == []
    assert result.created == ["north", "north/hmi-1", "north/plc-1", "south"]
    assert await plant.transfer.export_text() == TEXT


ROUTED = """apiVersion: wicketgate/v1
kind: Inventory
sites:
- name: north
  timezone: UTC
  assets:
  - name: plc-2
    services:
    - name: logix
      protocol: enip
      host: "10.0.0.6"
      port: 44818
      routes:
      - "1/0"
      - "1/2/2/192.0.2.7"
"""


async def test_routes_come_back_as_they_were_imported(plant: Plant) -> None:
    result = await plant.transfer.import_text(ADMIN, ROUTED, dry_run=False)
    assert result.problems == []
    assert await plant.transfer.export_text() == ROUTED


async def test_a_route_that_is_written_otherwise_is_named_with_its_line(plant: Plant) -> None:
    result = await plant.transfer.import_text(ADMIN, ROUTED.replace('"1/0"', '"01/0"'), dry_run=False)
    (problem,) = result.problems
    assert problem.line == 9
    assert "write '1/0'" in problem.message + problem.hint


IDENTIFIED = (
    ROUTED
    + """      identity:
        enip:
          vendor: 1
          device_type: 14
          product_code: 54
          major: 20
          minor: 11
          serial_number: 12648430
          product_name: "1756-L61/B LOGIX5561"
"""
)


async def test_an_identity_comes_back_as_it_was_imported(plant: Plant) -> None:
    result = await plant.transfer.import_text(ADMIN, IDENTIFIED, dry_run=False)
    assert result.problems == []
    assert await plant.transfer.export_text() == IDENTIFIED
    again = await plant.transfer.import_text(ADMIN, IDENTIFIED, dry_run=False)
    assert (again.created, again.changed) == ([], [])


async def test_an_identity_that_is_left_out_of_the_next_text_is_gone(plant: Plant) -> None:
    await plant.transfer.import_text(ADMIN, IDENTIFIED, dry_run=False)
    assert (await plant.transfer.import_text(ADMIN, ROUTED, dry_run=False)).changed == ["north/plc-2"]
    assert await plant.transfer.export_text() == ROUTED


async def test_an_identity_out_of_its_limits_is_named_with_its_line(plant: Plant) -> None:
    text = IDENTIFIED.replace("vendor: 1\n", "vendor: 65536\n")
    (problem,) = (await plant.transfer.import_text(ADMIN, text, dry_run=False)).problems
    assert problem.line == IDENTIFIED.count("\n", 0, IDENTIFIED.index("vendor:")) + 1


async def test_an_import_announces_what_it_made_and_nothing_that_stayed(plant: Plant, published: Published) -> None:
    await plant.transfer.import_text(ADMIN, TEXT, dry_run=False)
    assert (len(published.of("site.changed")), len(published.of("asset.changed"))) == (2, 2)
    published.events.clear()
    await plant.transfer.import_text(ADMIN, TEXT.replace("UTC", "Europe/Oslo"), dry_run=False)
    assert published.topics() == ["site.changed"]


async def test_a_second_import_of_the_same_text_changes_nothing(plant: Plant) -> None:
    await plant.transfer.import_text(ADMIN, TEXT, dry_run=False)
    again = await plant.transfer.import_text(ADMIN, TEXT, dry_run=False)
    assert (again.created, again.changed) == ([], [])
    assert again.unchanged == ["north", "north/hmi-1", "north/plc-1", "south"]
    assert len(await plant.audited("asset.changed")) == 0


async def test_an_import_makes_an_asset_what_the_text_says_and_leaves_others_alone(plant: Plant) -> None:
    await plant.site()
    await plant.asset("plc-1", zone="cell-9", units=[7])
    await plant.asset("plc-2", zone="cell-9")
    text = (
        "apiVersion: wicketgate/v1\nkind: Inventory\nsites:\n- {name: north, timezone: UTC, assets: [{name: plc-1}]}\n"
    )
    result = await plant.transfer.import_text(ADMIN, text, dry_run=False)
    assert result.changed == ["north", "north/plc-1"]
    changed, other = (await plant.assets.page(ADMIN, PageQuery(), AssetSearch()))[0]
    assert (changed.zone, changed.units, changed.services) == ("", None, ())
    assert other.zone == "cell-9"


async def test_a_dry_run_tells_the_same_and_does_nothing(plant: Plant, published: Published) -> None:
    result = await plant.transfer.import_text(ADMIN, TEXT, dry_run=True)
    assert result.created == ["north", "north/hmi-1", "north/plc-1", "south"]
    assert (await plant.sites.page(ADMIN, PageQuery()))[0] == []
    assert published.events == []


@pytest.mark.parametrize(
    ("written", "instead", "line", "told"),
    [
        ("port: 502", "port: 70000", 23, "port"),
        ('host: "10.0.0.5"', "host: http://10.0.0.5", 22, "without scheme"),
        ("protocol: modbus", "protocol: telepathy", 21, "telepathy"),
        ("zone: cell-1", "zoen: cell-1", 14, "did you mean 'zone'"),
        ("criticality: high", "criticality: hihg", 15, "did you mean 'high'"),
        ("timezone: UTC", "timezone: Mars/Olympus", 27, "IANA"),
        ("- name: south", "- name: north", 26, "twice"),
        ("name: plc-1", "name: hmi-1", 10, "twice"),
        ("    - 2\n", "    - 2\n    - [\n", 21, "YAML"),
        ("kind: Inventory", "kind: AccessPolicy", 2, "Inventory"),
    ],
)
async def test_a_problem_names_its_line_and_nothing_is_imported(
    plant: Plant, written: str, instead: str, line: int, told: str
) -> None:
    result = await plant.transfer.import_text(ADMIN, TEXT.replace(written, instead, 1), dry_run=False)
    problem = result.problems[0]
    assert told in f"{problem.path}: {problem.message} ({problem.hint})"
    assert result.problems[0].line == line
    assert (await plant.sites.page(ADMIN, PageQuery()))[0] == []


async def test_all_problems_are_told_at_once(plant: Plant) -> None:
    text = TEXT.replace("port: 502", "port: 0").replace("timezone: UTC", "timezone: Nowhere")
    result = await plant.transfer.import_text(ADMIN, text, dry_run=False)
    assert [problem.line for problem in result.problems] == [23, 27]


async def test_an_import_is_audited_asset_by_asset_and_as_a_whole(plant: Plant) -> None:
    await plant.transfer.import_text(ADMIN, TEXT, dry_run=False)
    assert len(await plant.audited("asset.created")) == 2
    [whole] = await plant.audited("inventory.imported")
    assert whole.details == {"created": 4, "changed": 0, "unchanged": 0}


async def test_a_rehearsal_tells_each_difference_and_what_rests_on_it(plant: Plant) -> None:
    await plant.transfer.import_text(ADMIN, TEXT, dry_run=False)
    asset = await plant.assets.get(ADMIN, "north/plc-1")
    moved = TEXT.replace("10.0.0.5", "10.0.0.6").replace("cell-1", "cell-2")
    result = await plant.transfer.import_text(ADMIN, moved, dry_run=True)
    (change,) = result.changes
    assert (change.path, change.lines[-1]) == ("north/plc-1", "zone: cell-1 -> cell-2")
    assert "10.0.0.5" in change.lines[0]
    assert "10.0.0.6" in change.lines[0]
    assert plant.usage.asked[-1] == (frozenset({asset.services[0].id}), frozenset())
    assert (result.uses.sessions, result.uses.grants) == (1, 2)
    assert await plant.assets.get(ADMIN, "north/plc-1") == asset


async def test_an_import_tells_the_audit_log_which_services_it_ended(plant: Plant) -> None:
    await plant.transfer.import_text(ADMIN, TEXT, dry_run=False)
    service = (await plant.assets.get(ADMIN, "north/plc-1")).services[0].id
    await plant.transfer.import_text(ADMIN, TEXT.replace("port: 502", "port: 503"), dry_run=False)
    [event] = await plant.audited("asset.changed")
    assert event.details["ended"] == [service]
    assert event.details["uses"] == {"sessions": 1, "grants": 2, "requests": 3}


async def test_ones_own_export_changes_nothing_after_names_were_cleared(plant: Plant) -> None:
    await plant.transfer.import_text(ADMIN, TEXT, dry_run=False)
    site = await plant.sites.change(ADMIN, "north", SiteChange(display_name=""))
    asset = await plant.assets.change(ADMIN, "north/hmi-1", AssetChange(display_name=""))
    assert (site.facts.display_name, asset.display_name) == ("north", "hmi-1")
    result = await plant.transfer.import_text(ADMIN, await plant.transfer.export_text(), dry_run=False)
    assert (result.created, result.changed, result.problems) == ([], [], [])
    assert len(result.unchanged) == 4
