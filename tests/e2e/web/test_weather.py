"""Bad weather: logins end and brokers restart while somebody types; nothing that was typed is lost."""

import asyncio
import re

import pytest
from playwright.async_api import Route, expect

from deploy.demo.plant import SITE
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, inaccessible, shown
from tests.e2e.web.people import add_vendor

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

LISTEN = """() => {
  window.said = [];
  const hear = () => document.querySelectorAll("[role=status]").forEach((each) => window.said.push(each.innerText));
  new MutationObserver(hear).observe(document.body, { subtree: true, childList: true });
}"""
LONG = 2 * 1024 * 1024
REASON = "A long explanation that nobody wants to type twice."


async def test_a_login_that_ends_in_mid_form_keeps_what_was_typed(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("status of 401|WebSocket connection")
    async with patience(240):
        await add_vendor(plant, "interrupted")
        page = await windows.open("interrupted", fresh=True)
        await page.goto("/requests/new")
        await page.get_by_role("combobox", name="Asset").click()
        await page.get_by_role("combobox", name="Asset").fill("data-logger")
        await page.get_by_role("option", name=f"{SITE}/data-logger").click()
        await page.get_by_label("Reason").fill(REASON)
        for login in (await plant.apis["interrupted"].get("/auth/logins"))["items"]:
            if login["kind"] == "browser":
                await plant.apis["interrupted"].call("DELETE", f"/auth/logins/{login['id']}")
        dialog = page.get_by_role("dialog", name="Sign in again")
        await page.get_by_role("button", name="Ask for access").click()
        await dialog.get_by_label("Password", exact=True).fill(plant.people["interrupted"].password)
        await dialog.get_by_label("Code", exact=True).fill(await plant.people["interrupted"].app.code())
        await dialog.get_by_role("button", name="Sign in", exact=True).click()
        await page.wait_for_url(re.compile("/requests/req_"))
        await expect(page.get_by_text(REASON)).to_be_visible()


async def test_a_login_that_ends_over_a_dialog_keeps_the_dialog_and_what_was_typed(
    plant: Plant, windows: Windows
) -> None:
    windows.expect_complaint("status of 401|WebSocket connection")
    async with patience(240):
        await plant.add_person("interrupted-operator", roles=["operator"], groups=[])
        page = await windows.open("interrupted-operator", fresh=True)
        await page.goto("/locks")
        await shown(page)
        await page.get_by_role("button", name="Set a lock").click()
        await page.get_by_role("dialog").get_by_label("Reason").fill(REASON)
        await page.get_by_role("dialog").get_by_role("radio", name="Asset").check(force=True)
        await page.get_by_role("dialog").get_by_role("combobox").fill("data-logger")
        await page.get_by_role("option", name=re.compile("Data logger|data-logger")).first.click()
        for login in (await plant.apis["interrupted-operator"].get("/auth/logins"))["items"]:
            if login["kind"] == "browser":
                await plant.apis["interrupted-operator"].call("DELETE", f"/auth/logins/{login['id']}")
        over = page.get_by_role("dialog", name="Sign in again")
        await expect(over).to_be_visible()
        assert await inaccessible(page, "[role=dialog]") == []
        await page.keyboard.press("Escape")
        await over.get_by_label("Password", exact=True).fill(plant.people["interrupted-operator"].password)
        await over.get_by_label("Code", exact=True).fill(await plant.people["interrupted-operator"].app.code())
        await over.get_by_role("button", name="Sign in", exact=True).click()
        await expect(over).to_have_count(0)
        await expect(page.get_by_role("dialog").get_by_label("Reason")).to_have_value(REASON)


async def test_a_reason_of_two_megabytes_stays_in_its_dialog(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        page = await windows.open("operator-1")
        request = await plant.granted(f"{SITE}/data-logger", "ssh", approvers=(), reason="look at the disk")
        await page.goto(f"/requests/{request['id']}")
        await page.get_by_role("button", name="Deny").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Reason").fill("x" * LONG)
        await dialog.get_by_role("button", name="Deny").click()
        await expect(dialog.get_by_text("At most 500 characters.")).to_be_visible()
        assert (await plant.apis["operator-1"].get(f"/requests/{request['id']}"))["state"] == "pending"


async def test_pages_say_that_the_broker_is_away_and_recover_when_it_is_back(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("WebSocket|ERR_|status of 50[0-9]")
    async with patience(240):
        page = await windows.open("engineer")
        await page.goto("/requests/new")
        await shown(page)
        await page.get_by_label("Reason").fill(REASON)
        await page.evaluate(LISTEN)
        await plant.broker.kill()
        await expect(page.get_by_role("alert")).to_contain_text("Connection lost")
        await plant.return_broker()
        await expect(page.get_by_text("Connection lost")).to_have_count(0)
        # It says so for six seconds; a page that had not been greeted yet knows of no restart.
        await page.wait_for_function("window.said.some((each) => /was restarted|is back/.test(each))")
        await expect(page.get_by_label("Reason")).to_have_value(REASON)
        await page.get_by_role("link", name="Sessions").first.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Sessions")


async def test_a_slow_network_shows_that_something_is_on_its_way(plant: Plant, windows: Windows) -> None:
    async with patience(120):
        page = await windows.open("engineer")
        gate = asyncio.Event()

        async def wait(route: Route) -> None:
            await gate.wait()
            await route.continue_()

        await page.route("**/api/v1/requests?*", wait)
        await page.route("**/assets/RequestsPage-*.js", wait)
        await page.get_by_role("link", name="Requests").first.click()
        loading = page.get_by_role("status", name="Loading")
        await expect(loading.first).to_be_visible()
        gate.set()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Requests")
        await expect(loading).to_have_count(0)

        gate.clear()
        await page.goto("/requests/new")
        await shown(page)
        await page.route("**/api/v1/requests", wait)
        await page.get_by_role("combobox", name="Asset").click()
        await page.get_by_role("combobox", name="Asset").fill("data-logger")
        await page.get_by_role("option", name=f"{SITE}/data-logger").click()
        await page.get_by_label("Reason").fill("The line is slow.")
        send = page.get_by_role("button", name="Ask for access")
        await send.click()
        await expect(send).to_be_disabled()
        await expect(send).to_have_attribute("data-loading", "true")
        gate.set()
        await page.wait_for_url(re.compile("/requests/req_"))
