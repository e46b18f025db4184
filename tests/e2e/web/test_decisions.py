"""What approvers do with a request beside yes."""

import re

import pytest
from playwright.async_api import expect

from deploy.demo.plant import SITE
from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


async def test_an_approver_narrows_a_request_and_the_vendor_sees_what_is_left(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        request = await plant.granted(
            f"{SITE}/pump-plc", "modbus", approvers=(), ticket="CHG-30000", tiers=["read", "operate"]
        )
        vendor = await windows.open("engineer")
        await vendor.goto(f"/requests/{request['id']}")
        await expect(vendor.get_by_text("values 0 to 800")).to_be_visible()

        page = await windows.open("operator-1")
        await page.goto(f"/requests/{request['id']}")
        await page.get_by_role("button", name="Narrow").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("For at most (minutes)").fill("30")
        await dialog.get_by_label("Highest value").fill("700")
        await dialog.get_by_role("button", name="Narrow").click()
        await expect(page.get_by_text("The request was narrowed.")).to_be_visible()
        await page.get_by_role("button", name="Approve").click()
        await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
        await expect(page.get_by_text("Approved.", exact=True)).to_be_visible()

        await expect(vendor.get_by_text("values 0 to 700")).to_be_visible()
        await expect(vendor.get_by_text(re.compile("30 min")).first).to_be_visible()
        now = await plant.apis["engineer"].get(f"/requests/{request['id']}")
        assert now["hash"] != request["hash"]
        assert now["duration"] == 1800
        await plant.apis["engineer"].post(f"/requests/{request['id']}/withdraw")


async def test_addresses_and_a_tier_are_taken_away_and_the_grant_has_exactly_what_is_left(
    plant: Plant, windows: Windows
) -> None:
    async with patience(180), Device(ModbusAnswers()) as device:
        tiers = "read, operate, program"
        allow = "tiers: [read, program], writes: [{table: holding, addresses: '100-119', min: 0, max: 800}]"
        asset = await plant.add_modbus("spanned", device.port, tiers=tiers, allow=allow)
        await plant.allow("spanned", allow=allow, access="mode: request, approvals: [{group: ot-operations, count: 1}]")
        request = await plant.granted(asset, "modbus", approvers=(), tiers=tiers.split(", "))

        page = await windows.open("operator-1")
        await page.goto(f"/requests/{request['id']}")
        await page.get_by_role("button", name="Narrow").click()
        dialog = page.get_by_role("dialog")
        addresses, narrow = dialog.get_by_label("Addresses", exact=True), dialog.get_by_role("button", name="Narrow")
        await expect(addresses).to_have_value("100-119")
        await dialog.get_by_role("checkbox", name=re.compile("^Program")).uncheck()
        await addresses.fill("90-103")
        await expect(addresses).to_have_accessible_description("Only addresses that were asked for.")
        await expect(narrow).to_be_disabled()
        await addresses.fill("100-103")
        await narrow.click()
        await expect(page.get_by_text("The request was narrowed.")).to_be_visible()
        await page.get_by_role("button", name="Approve").click()
        await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
        await expect(page.get_by_text("Approved.", exact=True)).to_be_visible()

        granted = (await plant.apis["engineer"].get(f"/requests/{request['id']}"))["grant"]
        grant = await plant.apis["engineer"].get(f"/grants/{granted}")
        (rule,) = grant["rules"]["writes"]
        left = {name: value for name, value in rule.items() if value is not None}
        assert sorted(grant["tiers"]) == ["operate", "read"]
        assert left == {"table": "holding", "addresses": [{"first": 100, "last": 103}], "minimum": 0, "maximum": 800}


async def test_a_denial_reaches_the_one_who_asked_with_its_reason(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        request = await plant.granted(f"{SITE}/data-logger", "ssh", approvers=(), duration=600)
        vendor, operator = await windows.open("engineer"), await windows.open("operator-1")
        for page in (vendor, operator):
            await page.goto(f"/requests/{request['id']}")
        await operator.get_by_role("button", name="Deny").click()
        await operator.get_by_role("dialog").get_by_label("Reason").fill("the tank is being cleaned")
        await operator.get_by_role("dialog").get_by_role("button", name="Deny").click()
        await expect(vendor.get_by_text("the tank is being cleaned")).to_be_visible()


async def test_a_ticket_is_judged_while_it_is_typed(windows: Windows) -> None:
    page = await windows.open("engineer")
    await page.goto("/requests/new")
    await page.get_by_role("combobox", name="Asset").fill("pump-plc")
    await page.get_by_role("option", name=f"{SITE}/pump-plc").click()
    await page.get_by_label("Ticket").fill("CHG-2")
    await expect(page.get_by_text("does not look like a ticket")).to_be_visible()
    await page.get_by_label("Ticket").fill("CHG-20417")
    await expect(page.get_by_text("does not look like a ticket")).to_be_hidden()
