"""An admin lets a vendor's engineer in: an account with an end, a hand-over, a first sign-in, and the end of it."""

import re

import pytest
from playwright.async_api import expect

from deploy.demo.api import Authenticator
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


async def test_a_vendors_engineer_is_invited_signs_in_and_is_signed_out_when_disabled(
    plant: Plant, windows: Windows
) -> None:
    windows.expect_complaint("WebSocket connection|status of 401")  # once the account is disabled
    async with patience(180):
        admin = await windows.open("admin")
        await admin.goto("/people/new")
        await admin.get_by_role("combobox", name="Organization").click()
        await admin.get_by_role("option", name="ACME Pumps").click()
        await admin.get_by_label("User name").fill("commissioner")
        await admin.get_by_label("Full name").fill("Commissioning engineer")
        await admin.get_by_role("combobox", name="Sponsor").fill("operator-1")
        await admin.get_by_role("option", name="operator-1").click()
        await admin.get_by_role("button", name="Make the account").click()
        sheet = admin.get_by_role("article", name="Sheet to hand over")
        initial = await sheet.locator("code").filter(has_text=re.compile(r"^\w{5}(-\w{5})+$")).inner_text()
        await admin.get_by_role("button", name="It is handed over").click()

        guest = await windows.open()
        await guest.goto("/")
        await guest.get_by_label("User name").fill("commissioner")
        await guest.get_by_label("Password", exact=True).fill(initial)
        await guest.get_by_role("button", name="Sign in", exact=True).click()
        secret = await guest.locator("code").first.inner_text()
        await guest.get_by_label("The app's code").fill(await Authenticator(secret.replace(" ", "")).code())
        await guest.get_by_role("button", name="Confirm").click()
        await guest.get_by_role("button", name="I have kept them").click()
        await expect(guest.get_by_role("button", name="Signed in as commissioner")).to_be_visible()

        await admin.get_by_role("button", name="Access").click()
        await admin.get_by_role("menuitem", name="Disable").click()
        await admin.get_by_role("dialog").get_by_label("Reason").fill("the commissioning is over")
        await admin.get_by_role("dialog").get_by_role("button", name="Disable").click()
        await expect(admin.get_by_text("is disabled.")).to_be_visible()
        await expect(guest.get_by_text("Your login has ended")).to_be_visible()
