"""A new broker: from the link that it printed to the first admin's home page."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from deploy.demo.api import Authenticator
from deploy.demo.plant import DemoPlant
from tests.e2e.plant import patience
from tests.e2e.web.browser import Windows, stands_well

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

PASSWORD = "four words of my own"


async def test_the_printed_link_leads_to_the_first_admin_and_home(browser: Browser, tmp_path: Path) -> None:
    house = DemoPlant(tmp_path)
    try:
        token = await house.start_broker()
        windows = Windows(browser, house, {})
        async with patience(180):
            page = await windows.open(pages=house.pages, width=360, height=740)
            await page.goto("/")
            await expect(page.get_by_text("This broker has no admin yet")).to_be_visible()
            await stands_well(page)
            await page.goto(f"/setup#{token}")
            await page.get_by_label("Password", exact=True).fill(PASSWORD)
            await stands_well(page)
            await page.get_by_label("Password again").fill(PASSWORD)
            await page.get_by_role("button", name="Go on").click()
            assert token not in page.url
            await expect(page.get_by_role("img", name="QR code")).to_be_visible()
            await stands_well(page)
            secret = await page.locator("code").first.inner_text()
            await page.get_by_label("The app's code").fill(await Authenticator(secret.replace(" ", "")).code())
            await page.get_by_role("button", name="Confirm").click()
            await expect(page.get_by_role("listitem").filter(has_text="-")).to_have_count(10)
            await stands_well(page)
            await page.get_by_role("button", name="I have kept them").click()
            await expect(page.get_by_role("button", name="Signed in as admin")).to_be_visible()
            assert page.url == f"{house.pages}/"
        await windows.close()
    finally:
        await house.stop()
