"""What must be accepted first: the house's notice before anybody signs in, a site's before anybody asks there."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from deploy.demo.plant import DemoPlant
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, stands_well
from tests.e2e.web.explorer import Explorer
from tests.e2e.web.people import add_vendor
from tests.e2e.web.test_hostile_texts import SCRIPT

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

HOUSE = f"This system is watched. Whoever signs in agrees to that. {SCRIPT} {'W' * 80}"
RULES = "Wear a helmet. Ring the control room before you touch anything."


async def test_the_houses_notice_stands_before_the_door(browser: Browser, tmp_path: Path) -> None:
    house = DemoPlant(tmp_path, broker_settings={"WICKET_BROKER_SERVER__BANNER": HOUSE})
    try:
        token = await house.start_broker()
        windows = Windows(browser, house, {})
        async with patience(120):
            page = await windows.open(pages=house.pages, width=360, height=740)
            await page.goto(f"/setup#{token}")
            await expect(page.get_by_text(HOUSE)).to_be_visible()
            assert await page.locator("img[src=x]").count() == 0
            assert await page.evaluate("window.owned") is None
            await stands_well(page)
            await expect(page.get_by_label("Password", exact=True)).to_have_count(0)
            await page.get_by_role("button", name="I accept").click()
            await expect(page.get_by_label("Password", exact=True)).to_be_visible()
            await expect(page.get_by_text(HOUSE)).to_have_count(0)
        await windows.close()
    finally:
        await house.stop()


async def test_a_sites_banner_is_accepted_before_anything_is_asked_for_there(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("status of 409 .*/api/v1/requests")
    async with patience(240):
        await add_vendor(plant, "helmeted")
        admin = plant.apis["admin"]
        await admin.post("/sites", name="quarry", display_name="Quarry", timezone="Europe/Berlin", banner=RULES)
        service = {"name": "modbus", "protocol": "modbus", "host": "127.0.0.1", "port": 502}
        asset = await admin.post(
            "/assets", site="quarry", name="crusher", labels={"type": "crusher"}, services=[service]
        )
        await plant.allow(
            "crusher", allow="tiers: [read]", access="mode: request, approvals: [{group: ot-operations, count: 1}]"
        )

        page = await windows.open("helmeted", fresh=True)
        await page.goto(f"/requests/new?asset={asset['id']}&service=modbus")
        await page.get_by_label("Reason").fill("the crusher stalls")
        await page.get_by_role("button", name="Ask for access").click()
        dialog = page.get_by_role("dialog", name="The site asks you to accept this")
        await expect(dialog.get_by_text(RULES)).to_be_visible()
        await Explorer(page, "/requests/new", "main").look("banner")
        await dialog.get_by_role("button", name="Cancel").click()
        await expect(page.get_by_role("alert")).to_contain_text("banner_not_accepted")
        assert (await plant.apis["helmeted"].get("/requests"))["items"] == []

        await page.get_by_role("button", name="Ask for access").click()
        await dialog.get_by_role("button", name="I accept").click()
        await page.wait_for_url(re.compile("/requests/req_"))
        assert [each["reason"] for each in (await plant.apis["helmeted"].get("/requests"))["items"]] == [
            "the crusher stalls"
        ]

        await page.goto(f"/requests/new?asset={asset['id']}&service=modbus")
        await page.get_by_label("Reason").fill("it stalls again")
        await page.get_by_role("button", name="Ask for access").click()
        await page.wait_for_url(re.compile("/requests/req_"))
