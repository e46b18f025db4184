"""What the first page says of the house: whether its broker can work, and whether its audit log held."""

import json
import re

import pytest
from playwright.async_api import Route, expect

from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, shown

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

LACKING = {"ready": False, "problems": {"database": "the database does not answer (TimeoutError)"}}


async def test_an_admin_is_alarmed_while_the_broker_cannot_work(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("status of 503")
    async with patience(120):
        page = await windows.open("admin")
        await shown(page)
        await expect(page.get_by_text("Broker ready, version")).to_be_visible()
        await page.route("**/readyz", unready)
        await page.reload()
        await expect(page.get_by_role("heading", name="The broker is not ready")).to_be_visible()
        await expect(page.get_by_text("the database does not answer (TimeoutError)")).to_be_visible()
        await expect(page.get_by_text("Broker ready")).to_have_count(0)
        await page.get_by_role("link", name="Health in the settings").click()
        await page.wait_for_url("**/settings")


async def unready(route: Route) -> None:
    """Answer as a broker whose database is away."""
    await route.fulfill(status=503, content_type="application/json", body=json.dumps(LACKING))


async def test_an_auditor_reads_how_the_last_verification_ended(plant: Plant, windows: Windows) -> None:
    async with patience(120):
        page = await windows.open("auditor")
        await shown(page)
        await page.get_by_role("link", name=re.compile("verified|intact")).click()
        await page.wait_for_url("**/audit/verification")
        await page.get_by_role("button", name="Ask the broker").click()
        await expect(page.get_by_text("The chain is intact")).to_be_visible()
        await page.goto("/")
        await expect(page.get_by_role("link", name="intact checked")).to_be_visible()
