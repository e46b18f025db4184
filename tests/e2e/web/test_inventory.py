"""An admin does the daily work on the inventory in the browser, and others see what came of it."""

import asyncio

import pytest
from playwright.async_api import Locator, Page, Route, expect

from deploy.demo.api import ApiRefusedError
from deploy.demo.plant import SITE
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, inaccessible, shown
from tests.e2e.web.test_every_page import overhang

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

TAGS = """protocol,table,address,unit,name,engineering_unit,scale
modbus,holding,100,1,Mixer speed,rpm,0.1
modbus,db1,7,1,Mixer level,m,
"""
INVENTORY = """apiVersion: wicketgate/v1
kind: Inventory
sites:
- name: mill-9
  timezone: Europe/Vienna
  assets:
  - name: saw-9
    services:
    - {name: modbus, protocol: modbsu, host: 192.0.2.9, port: 502}
"""


async def test_an_asset_its_service_and_its_tags_are_made_on_the_pages_and_a_vendor_sees_it(
    plant: Plant, windows: Windows
) -> None:
    await plant.allow("mixer-7", allow="tiers: [read]")
    windows.expect_complaint("status of (409|422)")
    async with patience(240):
        page = await windows.open("admin")
        await page.goto("/inventory")
        await page.get_by_role("link", name="Add an asset").click()
        await _choose(page, "Site", "Waterworks")
        await _field(page, "Name").fill("pump-plc")
        await _field(page, "Labels").fill("type: mixer")
        await page.get_by_role("button", name="Add the asset").click()
        await expect(page.get_by_text("Write name=value on each line")).to_be_visible()
        await _field(page, "Labels").fill("type=mixer-7")
        await page.get_by_role("button", name="Add the asset").click()
        await expect(page.get_by_text("This name is taken.")).to_be_visible()
        await _field(page, "Name").fill("mixer-7")
        await page.get_by_role("button", name="Add the asset").click()
        await expect(page.get_by_role("heading", level=1, name=f"{SITE}/mixer-7")).to_be_visible()

        await page.get_by_role("link", name="Add a service").click()
        await _field(page, "Address").fill("192.0.2.300")
        await _field(page, "Only these: Unit").fill("1-3")
        await page.get_by_role("button", name="Add the service").click()
        await expect(page.get_by_text("looks like an IP address but is none")).to_be_visible()
        await _field(page, "Address").fill("192.0.2.30")
        await page.get_by_role("button", name="Add the service").click()
        services = page.locator("section").filter(has=page.get_by_role("heading", name="Services", exact=True))
        await expect(services).to_contain_text("192.0.2.30:502")
        await expect(services).to_contain_text("1, 2, 3")

        await page.get_by_role("link", name="Edit", exact=True).click()
        await _field(page, "Zone").fill("cell-7")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("The asset is saved.")).to_be_visible()
        await expect(page.get_by_text("cell-7", exact=True)).to_be_visible()

        await page.get_by_role("link", name="Show", exact=True).click()
        await _put_file(page, "tags.csv", TAGS)
        fault = page.get_by_role("listitem").filter(has_text="Line 3")
        await expect(fault).to_contain_text("modbus has no table 'db1'")
        await expect(fault.get_by_text("modbus,db1,7,1,Mixer level,m,")).to_be_visible()
        await expect(page.get_by_role("button", name="Take it in")).to_be_disabled()
        await _field(page, "What stands in the file").fill(TAGS.replace("db1", "input"))
        await page.get_by_role("button", name="Check").click()
        await expect(page.get_by_text("2 new")).to_be_visible()
        await page.get_by_role("button", name="Take it in").click()
        await expect(page.get_by_text("The list is taken in: 2 names.")).to_be_visible()
        await expect(page.get_by_role("row").filter(has_text="Mixer level")).to_contain_text("input 7")

        vendor = await windows.open("engineer")
        await vendor.goto("/inventory")
        await vendor.get_by_role("textbox", name="Name, display name or zone").fill("mixer-7")
        await vendor.get_by_role("link", name=f"{SITE}/mixer-7").click()
        await expect(vendor.get_by_role("heading", level=1, name=f"{SITE}/mixer-7")).to_be_visible()
        await expect(vendor.get_by_role("link", name="Edit")).to_have_count(0)


async def test_a_page_that_is_opened_directly_has_the_only_site_chosen(plant: Plant, windows: Windows) -> None:
    async with patience(120):
        page = await windows.open("admin")
        await page.route("**/api/v1/sites?*", _only_the_waterworks)
        await page.goto("/inventory/assets/new")
        await expect(page.get_by_role("combobox", name="Site")).to_have_value("Waterworks")
        await _field(page, "Name").fill("opened-directly")
        await page.get_by_role("button", name="Add the asset").click()
        await expect(page.get_by_role("heading", level=1, name=f"{SITE}/opened-directly")).to_be_visible()


async def test_an_asset_is_found_among_many_by_text_label_zone_and_reach(plant: Plant, windows: Windows) -> None:
    api = plant.apis["admin"]
    await api.post("/sites", name="annex-8", timezone="Europe/Berlin")
    made = [("find-8-a", "cell-8", "press-8"), ("find-8-b", "cell-8", "oven-8"), ("find-8-c", "cell-80", "press-8")]
    for name, zone, kind in made:
        await api.post("/assets", site=SITE, name=name, zone=zone, labels={"type": kind}, services=[])
    await api.post("/assets", site="annex-8", name="find-8-d", zone="cell-8", labels={"type": "press-8"}, services=[])
    async with patience(180):
        page = await windows.open("admin", width=360, height=740)
        await page.goto("/inventory")
        found = page.get_by_role("link", name="/find-8-")
        await page.get_by_role("textbox", name="Name, display name or zone").fill("find-8-")
        await expect(found).to_have_count(4)
        await page.get_by_role("button", name="type=press-8").first.click()
        await expect(found).to_have_count(3)
        await page.get_by_role("button", name="cell-8", exact=True).first.click()
        await expect(found).to_contain_text(["annex-8/find-8-d", f"{SITE}/find-8-a"])
        await page.get_by_role("checkbox", name="Reachable only").check()
        await expect(found).to_contain_text([f"{SITE}/find-8-a"])
        await _fits(page)

        await page.reload()
        await expect(page.get_by_role("checkbox", name="Reachable only")).to_be_checked()
        await expect(found).to_contain_text([f"{SITE}/find-8-a"])
        await page.get_by_role("button", name="Remove the filter type=press-8").click()
        await expect(found).to_have_count(2)
        await page.get_by_role("button", name="Remove the filter Zone cell-8").click()
        await expect(found).to_have_count(3)


async def test_what_a_new_address_ends_is_said_before_and_then_ends(plant: Plant, windows: Windows) -> None:
    await plant.allow(
        "mover-7", allow="tiers: [read]", access="mode: request, approvals: [{group: ot-operations, count: 1}]"
    )
    asset = await plant.add_asset("mover-7", "modbus", 15_027)
    granted = await plant.granted(asset, "modbus", approvers=("operator-1",))
    waits = await plant.granted(asset, "modbus", approvers=())
    async with patience(180), plant.session(asset, grant=granted["grant"]) as session:
        page = await windows.open("admin")
        await page.goto(f"/inventory/assets/{await plant.id_of(asset)}")
        await page.get_by_role("link", name="Edit modbus").click()
        await _field(page, "Address").fill("192.0.2.77")
        said = page.get_by_role("status").filter(has_text="What this does")
        await expect(said).to_contain_text("1 live session ends at once")
        await expect(said).to_contain_text("1 grant can be used no more")
        await expect(said).to_contain_text("1 open request must be made anew")
        assert (await plant.apis["engineer"].get(f"/sessions/{session['id']}"))["state"] == "open"
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("The service is saved.")).to_be_visible()
        await page.goto(f"/sessions/{session['id']}")
        await expect(
            page.get_by_text("took this service out of its inventory, or changed what it reaches")
        ).to_be_visible()
        with pytest.raises(ApiRefusedError, match="approval_required"):
            await plant.apis["engineer"].post("/sessions", asset=asset, service="modbus")
        with pytest.raises(ApiRefusedError, match="request_outdated"):
            await plant.apis["operator-1"].post(f"/requests/{waits['id']}/approve", hash=waits["hash"])


async def test_nothing_is_saved_or_removed_before_it_is_known_what_that_ends(plant: Plant, windows: Windows) -> None:
    asset = await plant.add_asset("patient-7", "modbus", 15_029)
    windows.expect_complaint("Failed to load resource")
    held = asyncio.Event()

    async def slow(route: Route) -> None:
        await held.wait()
        await route.continue_()

    async with patience(180):
        page = await windows.open("admin")
        save = page.get_by_role("button", name="Save")
        await page.goto(f"/inventory/assets/{await plant.id_of(asset)}")
        await page.get_by_role("link", name="Edit modbus").click()
        await page.route("**/api/v1/assets/*/preview", slow)
        await _field(page, "Address").fill("192.0.2.78")
        await expect(page.get_by_text("Working out what this ends")).to_be_visible()
        await expect(save).to_be_disabled()
        held.set()
        await expect(page.get_by_text("What this does")).to_be_visible()
        await expect(save).to_be_enabled()

        await page.unroute("**/api/v1/assets/*/preview")
        await page.route("**/api/v1/assets/*/preview", lambda route: route.abort())
        await _field(page, "Address").fill("192.0.2.79")
        await expect(page.get_by_text("What this ends could not be worked out")).to_be_visible()
        await expect(page.get_by_text("What this does")).to_have_count(0)
        await expect(save).to_be_disabled()
        assert await inaccessible(page) == []
        await page.get_by_role("checkbox", name="Go on without knowing it").check()
        await expect(save).to_be_enabled()
        await _field(page, "Address").fill("192.0.2.80")
        await expect(save).to_be_disabled()

        await page.get_by_role("button", name="Remove this service").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_text("What this ends could not be worked out")).to_be_visible()
        await expect(dialog.get_by_role("button", name="Remove", exact=True)).to_be_disabled()
        await page.unroute("**/api/v1/assets/*/preview")
        await dialog.get_by_role("button", name="Try again").click()
        await expect(dialog.get_by_text("What this does")).to_be_visible()
        await dialog.get_by_role("button", name="Remove", exact=True).click()
        await expect(page.get_by_text("The service is removed.")).to_be_visible()


async def test_what_somebody_else_saved_meanwhile_is_never_overwritten_unseen(plant: Plant, windows: Windows) -> None:
    asset = await plant.add_asset("shared-7", "modbus", 15_028)
    number = await plant.id_of(asset)
    async with patience(180):
        page = await windows.open("admin")
        await page.goto(f"/inventory/assets/{number}/edit")
        await _field(page, "Zone").fill("mine")
        await plant.apis["admin"].call("PATCH", f"/assets/{number}", {"zone": "theirs", "criticality": "high"})
        await expect(page.get_by_text("Somebody changed this meanwhile")).to_be_visible()
        await expect(page.get_by_role("button", name="Save")).to_be_disabled()
        await page.get_by_role("button", name="Keep what I typed").click()
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("The asset is saved.")).to_be_visible()
        saved = await plant.apis["admin"].get(f"/assets/{number}")
        assert (saved["zone"], saved["criticality"]) == ("mine", "high")


async def test_a_form_that_is_opened_again_does_not_take_ones_own_save_for_somebody_elses(
    plant: Plant, windows: Windows
) -> None:
    site = await plant.apis["admin"].post("/sites", name="kiln-9", timezone="Europe/Berlin")
    may_come, saved = asyncio.Event(), False

    async def late(route: Route) -> None:
        if saved and route.request.method == "GET":
            await may_come.wait()
        await route.continue_()

    async with patience(120):
        page = await windows.open("admin")
        await page.route(f"**/api/v1/sites/{site['id']}", late)
        await page.goto(f"/inventory/sites/{site['id']}/edit")
        await _field(page, "Notice").fill("No naked flames.")
        saved = True
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("The site is saved.")).to_be_visible()
        await page.get_by_role("link", name="Edit", exact=True).click()
        await expect(_field(page, "Notice")).to_have_value("No naked flames.")
        async with page.expect_response(f"**/api/v1/sites/{site['id']}"):
            may_come.set()
        await expect(_field(page, "Notice")).to_have_value("No naked flames.")
        await expect(page.get_by_text("Somebody changed this meanwhile")).to_have_count(0)


async def test_an_inventory_is_taken_in_and_cleared_away_again_on_a_phone(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("status of (404|409)")
    async with patience(240):
        page = await windows.open("admin", width=360, height=740)
        await page.goto("/inventory")
        await shown(page)
        await page.get_by_role("link", name="Import", exact=True).click()
        await _put_file(page, "inventory.yaml", INVENTORY)
        await expect(page.get_by_role("listitem").filter(has_text="modbsu").first).to_contain_text("Line 9")
        await _fits(page)
        await _field(page, "What stands in the file").fill(INVENTORY.replace("modbsu", "modbus"))
        await page.get_by_role("button", name="Check").click()
        await expect(page.get_by_text("2 new")).to_be_visible()
        await _fits(page)
        with pytest.raises(ApiRefusedError):
            await plant.apis["admin"].get("/sites/mill-9")
        await page.get_by_role("button", name="Take it in").click()
        await expect(page.get_by_text("The inventory is taken in.")).to_be_visible()

        site = await plant.apis["admin"].get("/sites/mill-9")
        await page.goto(f"/inventory/sites/{site['id']}/edit")
        await _field(page, "Notice").fill("Ear protection behind the red line.")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Ear protection behind the red line.")).to_be_visible()
        await page.get_by_role("link", name="Edit", exact=True).click()
        await _remove(page, "Remove this site")
        await expect(page.get_by_role("alert")).to_contain_text("1 assets")
        await page.get_by_role("button", name="Cancel").click()

        await page.goto(f"/inventory/assets/{await plant.id_of('mill-9/saw-9')}/edit")
        await _remove(page, "Remove this asset")
        await expect(page.get_by_text("The asset is removed.")).to_be_visible()
        await page.goto(f"/inventory/sites/{site['id']}/edit")
        await _remove(page, "Remove this site")
        await expect(page.get_by_text("The site is removed.")).to_be_visible()
        with pytest.raises(ApiRefusedError):
            await plant.apis["admin"].get("/sites/mill-9")


async def _only_the_waterworks(route: Route) -> None:
    """Leave out the sites that other journeys have made."""
    response = await route.fetch()
    found = await response.json()
    await route.fulfill(response=response, json={**found, "items": [s for s in found["items"] if s["name"] == SITE]})


def _field(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


async def _choose(page: Page, field: str, option: str) -> None:
    await page.get_by_role("combobox", name=field, exact=True).fill(option)
    await page.get_by_role("option", name=option, exact=True).click()


async def _put_file(page: Page, name: str, text: str) -> None:
    await page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
    )


async def _remove(page: Page, button: str) -> None:
    await page.get_by_role("button", name=button).click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()


async def _fits(page: Page) -> None:
    assert await overhang(page) == 0
    assert await inaccessible(page) == []
