"""One's own ways in: a recovery code lets its owner in once, and a login that its owner ends is out at once."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, shown, signed_in
from tests.e2e.web.people import add_vendor

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


async def show_recovery_code(page: Page, name: str, password: str, code: str) -> None:
    """Fill in the door with a recovery code in place of the app's."""
    await page.goto("/")
    await page.get_by_role("button", name="Use a recovery code").click()
    await expect(page.get_by_label("Code", exact=True)).to_have_count(0)
    await page.get_by_label("User name").fill(name)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_label("Recovery code").fill(code)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def test_a_recovery_code_lets_its_owner_in_once(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("status of 401 .*/api/v1/auth/login")
    async with patience(240):
        await add_vendor(plant, "phoneless")
        person = plant.people["phoneless"]
        made = await plant.apis["phoneless"].post("/auth/recovery-codes", otp=await person.app.code())
        first, second, *_ = made["recovery_codes"]
        page = await windows.open()
        await show_recovery_code(page, person.name, person.password, first)
        await signed_in(page)
        await page.goto("/account")
        await expect(page.get_by_text("9 codes are left.")).to_be_visible()

        other = await windows.open()
        await show_recovery_code(other, person.name, person.password, first)
        await expect(other.get_by_role("alert")).to_be_visible()
        await expect(other.get_by_role("button", name="Signed in as")).to_have_count(0)
        await show_recovery_code(other, person.name, person.password, second)
        await signed_in(other)


async def test_a_login_that_its_owner_ends_is_out_at_once(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("WebSocket connection|status of 401")  # once the login has ended
    async with patience(300):
        await add_vendor(plant, "wanderer")
        lost, kept = await windows.open("wanderer", fresh=True), await windows.open("wanderer", fresh=True)
        await lost.goto("/requests")
        await kept.goto("/account")
        await shown(kept)
        logins = kept.get_by_role("table", name="Devices and logins").get_by_role("row").filter(has_text="Chrome")
        await expect(logins).to_have_count(2)
        await expect(logins.filter(has_text="This one").get_by_role("button")).to_have_count(0)
        await logins.get_by_role("button", name=re.compile("^End")).click()
        await kept.get_by_role("dialog").get_by_role("button", name="End", exact=True).click()
        await expect(kept.get_by_text("The login has ended.", exact=True)).to_be_visible()
        await expect(logins).to_have_count(1)

        await expect(lost.get_by_text("Your login has ended")).to_be_visible()
        await lost.reload()
        await expect(lost.get_by_label("User name")).to_be_visible()
        await expect(lost.get_by_role("button", name="Signed in as")).to_have_count(0)
        await kept.reload()
        await signed_in(kept)
