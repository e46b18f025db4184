"""The browser tells an operator who looks elsewhere that a session asks, if they want that; and says nothing of it."""

import pytest
from playwright.async_api import Page, expect

from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.test_tools import modbus
from tests.e2e.web.browser import Windows, inaccessible, shown

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

TITLE, BODY = "A session asks you for a yes or a no.", "Press to read and answer."
# The browser's own notices, written down; and a window that is looked at or not as the test says.
LISTEN = """() => {
  window.notices = [];
  window.isElsewhere = false;
  Object.defineProperty(document, "hidden", { get: () => window.isElsewhere });
  window.Notification = class extends Notification {
    constructor(title, options) {
      super(title, options);
      this.said = { title, body: options.body, isClosed: false };
      window.notices.push(this);
    }
    close() {
      this.said.isClosed = true;
      super.close();
    }
  };
}"""
SAID = "() => window.notices.map((each) => each.said)"


async def said(page: Page) -> list[dict[str, object]]:
    """The notices that this page has given."""
    found: list[dict[str, object]] = await page.evaluate(SAID)
    return found


async def look(page: Page, *, elsewhere: bool) -> None:
    """Look at something else, or at the page again."""
    await page.evaluate("(elsewhere) => { window.isElsewhere = elsewhere; }", elsewhere)


async def test_whoever_looks_elsewhere_is_told_that_a_session_asks_and_nothing_else(
    plant: Plant, windows: Windows
) -> None:
    async with patience(240), Device(ModbusAnswers()) as device:
        await plant.add_person("night-watch", roles=["operator"], groups=["ot-operations"])
        asset = await plant.add_modbus(
            "asking-by-notice", device.port, tiers="read, operate", allow="tiers: [read], ask: [operate]"
        )
        page = await windows.open("night-watch", fresh=True)
        await page.context.grant_permissions(["notifications"])
        await page.add_init_script(f"({LISTEN})()")
        await page.goto("/account")
        wanted = page.get_by_role("switch", name="Tell me when a session asks")
        await expect(wanted).not_to_be_checked()

        async with plant.tunnel(asset) as tunnel, modbus(tunnel.port) as client:
            await look(page, elsewhere=True)
            assert (await client.write_register(100, 640, device_id=1)).isError()
            await expect(page.get_by_text("A session asks you")).to_be_visible()
            assert await said(page) == []

            await look(page, elsewhere=False)
            await wanted.click(force=True)
            await expect(wanted).to_be_checked()
            assert await inaccessible(page) == []
            assert (await client.write_register(100, 641, device_id=1)).isError()
            await expect(page.get_by_text("2 sessions ask you")).to_be_visible()
            assert await said(page) == []
            await answer_all(plant, tunnel.session["id"])
            await expect(page.get_by_text("ask you")).to_have_count(0)

            await look(page, elsewhere=True)
            assert (await client.write_register(100, 642, device_id=1)).isError()
            await page.wait_for_function("() => window.notices.length === 1")
            assert await said(page) == [{"title": TITLE, "body": BODY, "isClosed": False}]
            await page.evaluate("() => window.notices[0].onclick()")
            await page.wait_for_url(f"{plant.pages}/")
            await expect(page.get_by_text("write_single_register holding 100 = 642")).to_be_visible()
            await answer_all(plant, tunnel.session["id"])

            assert (await client.write_register(100, 643, device_id=1)).isError()
            await page.wait_for_function("() => window.notices.length === 2")
            await answer_all(plant, tunnel.session["id"])
            await page.wait_for_function("() => window.notices[1].said.isClosed")

        await page.goto("/account")
        await shown(page)
        await expect(wanted).to_be_checked()
        await wanted.click(force=True)
        await page.reload()
        await expect(wanted).not_to_be_checked()


async def test_a_browser_that_gives_no_notices_says_so_where_they_are_asked_for(windows: Windows) -> None:
    async with patience(120):
        page = await windows.open("operator-1", at="/account")
        await page.get_by_role("switch", name="Tell me when a session asks").click(force=True)
        await expect(page.get_by_text("The browser does not let this page give notices.")).to_be_visible()
        await expect(page.get_by_role("switch")).not_to_be_checked()
        assert await inaccessible(page) == []


async def test_who_answers_no_session_is_offered_no_notices(windows: Windows) -> None:
    async with patience(120):
        page = await windows.open("engineer", at="/account")
        await shown(page)
        await expect(page.get_by_role("heading", name="Passkeys")).to_be_visible()
        await expect(page.get_by_role("heading", name="Notices on this device")).to_have_count(0)


async def answer_all(plant: Plant, session: str) -> None:
    """Say no to all that a session asks."""
    for question in (await plant.apis["operator-1"].get("/questions", session=session, pending="true"))["items"]:
        await plant.apis["operator-1"].post(f"/questions/{question['id']}/answer", answer="no", reason="not now")
