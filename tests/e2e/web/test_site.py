"""An admin brings an agent to a site and shuts an asset; an auditor sees where a setting comes from."""

import re
import shlex

import pytest
from playwright.async_api import expect

from deploy.demo.api import ApiRefusedError
from deploy.demo.plant import SITE
from deploy.demo.programs import Program, python_program, run_once
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, shown

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


async def test_a_second_agent_is_enrolled_by_the_pages_command_and_comes_alive_there(
    plant: Plant, windows: Windows
) -> None:
    async with patience(180):
        page = await windows.open("admin")
        await page.goto("/inventory")
        await page.get_by_role("link", name="Waterworks", exact=True).click()
        await page.get_by_role("link", name="Enrol an agent").click()
        await page.get_by_role("button", name="Make a token").click()
        command = await page.locator("code").filter(has_text="wicket-agent enroll").inner_text()
        await expect(page.get_by_role("img", name="QR code of the command")).to_be_visible()
        await expect(page.get_by_text("Waiting for the agent")).to_be_visible()

        folder = plant.folder / "second-agent"
        environment = {**plant.agent_environment(), "WICKET_AGENT_STATE_DIR": str(folder)}
        code, output, errors = await run_once(
            [python_program("wicket-agent"), *shlex.split(command[command.index("enroll") :])], environment=environment
        )
        assert code == 0, output + errors
        agent = await Program.start(
            "second", [python_program("wicket-agent"), "run"], plant.folder / "second.log", environment=environment
        )
        try:
            await expect(page.get_by_text("is alive")).to_be_visible()
        finally:
            await agent.stop()


async def test_a_locked_asset_lets_nobody_in_until_the_lock_is_lifted(plant: Plant, windows: Windows) -> None:
    async with patience(120):
        page = await windows.open("operator-1")
        await page.goto("/locks")
        await shown(page)
        await page.get_by_role("button", name="Set a lock").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("radio", name="Asset").check(force=True)
        await dialog.get_by_role("combobox").fill("data-logger")
        await page.get_by_role("option", name=re.compile("Data logger|data-logger")).first.click()
        await dialog.get_by_label("Reason").fill("the logger is being moved")
        await dialog.get_by_role("button", name="Set a lock").click()
        await expect(page.get_by_text("The lock is set.")).to_be_visible()
        with pytest.raises(ApiRefusedError, match="lock"):
            await plant.apis["operator-1"].post("/sessions", asset=f"{SITE}/data-logger", service="ssh")
        await page.get_by_role("button", name=re.compile("^Lift")).first.click()
        await page.get_by_role("dialog").get_by_role("button", name="Lift").click()
        await expect(page.get_by_text("The lock is lifted.")).to_be_visible()


async def test_every_setting_has_its_origin(windows: Windows) -> None:
    async with patience(60):
        page = await windows.open("admin")
        await page.goto("/settings")
        await shown(page)
        row = page.get_by_role("row").filter(has_text="server.port")
        await expect(row).to_contain_text("environment")
        await page.get_by_role("textbox", name="Search settings").fill("server.host")
        await expect(page.get_by_role("row").filter(has_text="server.host")).to_contain_text("default")


async def test_an_assets_page_shows_who_tools_are_told_that_it_is(plant: Plant, windows: Windows) -> None:
    identity = {
        "vendor": 1, "device_type": 14, "product_code": 54, "major": 20, "minor": 11, "serial_number": 0xC0FFEE,
        "product_name": "Mixer <b>3</b>",
    }  # fmt: skip
    await plant.add_asset("known-plc", "enip", 44818, identity={"enip": identity})
    [asset] = (await plant.apis["admin"].get("/assets", q="known-plc"))["items"]
    async with patience(60):
        page = await windows.open("admin")
        await page.goto(f"/inventory/assets/{asset['id']}")
        await shown(page)
        panel = page.locator("section").filter(has=page.get_by_role("heading", name="Identity", exact=True))
        await expect(panel).to_contain_text("Mixer <b>3</b> · vendor 1, type 14, product 54, revision 20.11")
        await expect(panel).to_contain_text("serial number 00C0FFEE")
