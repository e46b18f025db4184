"""What is not allowed, or not understood, says so and what to do; and tells strangers nothing."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from deploy.demo.plant import SITE, Person
from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, sign_in, signed_in
from tests.e2e.web.people import add_vendor

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

WRONG_PASSWORDS_BEFORE_A_HOLD = 5
LONG = 2 * 1024 * 1024
SEND = """async (reason) => {
  const { csrf } = await (await fetch("/api/v1/auth/whoami")).json();
  const answer = await fetch("/api/v1/requests", {
    method: "POST", headers: { "content-type": "application/json", "x-wicket-csrf": csrf },
    body: JSON.stringify({
      asset: "waterworks/pump-plc", service: "modbus", ticket: "CHG-10000", duration: 600, reason,
    }),
  });
  return [answer.status, (await answer.json()).code];
}"""


async def refused(page: Page, name: str, password: str, code: str) -> str:
    """Try to sign in; what the page says of it."""
    await page.goto("/")
    await page.get_by_label("User name").fill(name)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_label("Code", exact=True).fill(code)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    said = await page.get_by_role("alert").inner_text()
    return re.sub(r"req\w*[-_ ]?\S+$", "", said.partition("Request")[0])


async def test_a_held_account_looks_like_any_failure_and_opens_again(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("status of 401 .*/api/v1/auth/login")
    async with patience(300):
        await add_vendor(plant, "forgetful")
        person = plant.people["forgetful"]
        page = await windows.open()
        unknown = await refused(page, "nobody-here", "wrong password", "000000")
        for _ in range(WRONG_PASSWORDS_BEFORE_A_HOLD):
            assert await refused(page, person.name, "wrong password", "000000") == unknown
        assert await refused(page, person.name, person.password, await person.app.code()) == unknown
        await opens_again(page, person)


async def opens_again(page: Page, person: Person) -> None:
    """The hold lasts half a minute; each try shows the app's next code, which comes as often."""
    while True:
        await page.goto("/")
        await sign_in(page, person)
        inside = page.get_by_role("button", name="Signed in as")
        await expect(inside.or_(page.get_by_role("alert"))).to_be_visible()
        if await inside.is_visible():
            return


async def test_a_reason_of_two_megabytes_is_refused_with_its_code(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("status of (413|422) .*/api/v1/requests")
    page = await windows.open("engineer")
    status, code = await page.evaluate(SEND, "x" * LONG)
    assert (status, code) == (413, "too_large")
    assert (await page.evaluate(SEND, "x" * 501))[0] == 422
    await page.goto("/requests/new")
    await page.get_by_role("combobox", name="Asset").click()
    await page.get_by_role("combobox", name="Asset").fill("pump-plc")
    await page.get_by_role("option", name=f"{SITE}/pump-plc").click()
    await page.get_by_label("Reason").fill("x" * 501)
    await expect(page.get_by_text("At most 500 characters.")).to_be_visible()


async def test_a_session_of_another_organization_is_invisible(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("status of 404 .*/api/v1/sessions")
    async with Device(ModbusAnswers()) as device, patience(180):
        asset = await plant.add_modbus("unseen", device.port, tiers="read", allow="tiers: [read]")
        ends_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        await plant.apis["admin"].post("/organizations", name="rivals", display_name="Rival Pumps", kind="vendor")
        rival = {"organization": "rivals", "sponsor": "admin", "ends_at": ends_at}
        await plant.add_person("rival", roles=["vendor"], groups=[], **rival)
        async with plant.session(asset) as session:
            page = await windows.open("rival")
            await page.goto("/sessions")
            await expect(page.get_by_text("You have no open session")).to_be_visible()
            await page.goto(f"/sessions/{session['id']}")
            await expect(page.get_by_role("alert")).to_contain_text("not_found")
            await expect(page.get_by_text("unseen")).to_have_count(0)
            own = await windows.open("operator-1")
            await own.goto(f"/sessions/{session['id']}")
            await expect(own.get_by_role("heading", level=1)).to_contain_text("unseen")
            await signed_in(own)
