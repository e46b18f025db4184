"""A passkey of one's own: made on the account page, shown at the door, and shown again where a policy wants it.

On ``localhost``: Chromium takes no passkeys on a page with a certificate error, nor on an address.
"""

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import OPEN_TO_ALL, Plant, patience
from tests.e2e.web.browser import Windows, signed_in
from tests.e2e.web.people import add_vendor

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


async def give_authenticator(page: Page) -> None:
    """Put a platform authenticator, with its owner's finger on it, into the window's machine."""
    debugger = await page.context.new_cdp_session(page)
    await debugger.send("WebAuthn.enable", {"enableUI": False})
    await debugger.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


async def make_passkey(page: Page, name: str) -> None:
    """Make a passkey of this name on the account page."""
    await page.goto("/account")
    await page.get_by_role("button", name="Add a passkey").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name of the passkey").fill(name)
    await dialog.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_text("The passkey is added.")).to_be_visible()


async def test_a_passkey_is_made_signs_in_and_answers_a_policy_that_wants_it(plant: Plant, windows: Windows) -> None:
    async with Device(ModbusAnswers()) as device, patience(240):
        await add_vendor(plant, "keyholder")
        await plant.add_modbus("keyed", device.port, tiers="read", allow="tiers: [read]")
        standing = f"mode: standing, max_duration: 1h, valid_until: '{OPEN_TO_ALL}'"
        await plant.apis["admin"].post("/policies/apply", comment="by passkey only", yaml=policy(standing))

        page = await windows.open("keyholder", fresh=True)
        await give_authenticator(page)
        await make_passkey(page, "the blue key")

        windows.expect_complaint("status of 403 .*/api/v1/requests")
        await page.goto("/requests/new")
        await page.get_by_role("combobox", name="Asset").fill("keyed")
        await page.get_by_role("option", name="waterworks/keyed").click()
        await page.get_by_label("Reason").fill("a look")
        await expect(page.get_by_text("Needs your second factor again").filter(visible=True)).to_be_visible()
        await page.get_by_role("button", name="Ask for access").click()
        await page.get_by_role("dialog").get_by_role("button", name="Use a passkey").click()
        await page.wait_for_url(re.compile("/requests/req_"))
        await expect(page.get_by_text("wicket connect waterworks/keyed/modbus")).to_be_visible()

        await page.get_by_role("button", name="Signed in as keyholder").click()
        await page.get_by_role("menuitem", name="Sign out").click()
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await signed_in(page)


def policy(access: str) -> str:
    return (
        "apiVersion: wicketgate/v1\nkind: AccessPolicy\nmetadata: {name: keyed}\nspec:\n"
        "  who: {groups: [acme-engineers]}\n  what: {assets: {labels: {type: keyed}}}\n"
        f"  login: {{mfa: [passkey]}}\n  access: {{{access}}}\n"
        "  session: {recording: required, max_streams: 8}\n  allow: {tiers: [read]}\n"
    )
