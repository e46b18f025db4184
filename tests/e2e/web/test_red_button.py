"""The plant's red buttons: every vendor's session at once, timed and kept as a report; and one that stays blocked."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from deploy.demo.api import ApiRefusedError
from deploy.demo.plant import SITE
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, shown
from tests.e2e.web.test_access import lift_blocks


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def without_blocks(plant: Plant) -> AsyncIterator[None]:
    """Let the engineer back, for the journeys that follow."""
    yield
    await lift_blocks(plant)


pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

PLC = f"{SITE}/pump-plc"


async def test_one_button_cuts_every_vendor_and_says_how_long_it_took(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        request = await plant.granted(PLC, "modbus", approvers=("operator-1", "operator-2"), ticket="CHG-20440")
        async with plant.session(PLC, grant=request["grant"]) as session:
            operator = await windows.open("operator-1")
            await operator.goto("/sessions")
            await shown(operator)
            await operator.get_by_role("button", name="Cut all vendor sessions").click()
            dialog = operator.get_by_role("dialog")
            await dialog.get_by_label("Reason").fill("monthly drill")
            await dialog.get_by_role("button", name="Cut them all").click()
            await expect(dialog.get_by_text("as this browser measured it")).to_contain_text(re.compile(r"^\d+\.\d"))
            await dialog.get_by_role("link").first.click()
            await operator.wait_for_url(re.compile("/sessions/drills/"))
            await expect(operator.get_by_text("monthly drill")).to_be_visible()
            await expect(operator.locator("main")).to_contain_text("engineer")
            ended = await plant.apis["operator-1"].get(f"/sessions/{session['id']}")
            assert ended["end_code"] == "killed"


async def test_who_was_cut_stays_out_until_the_plant_lifts_the_block(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        request = await plant.granted(PLC, "modbus", approvers=("operator-1", "operator-2"), ticket="CHG-20441")
        async with plant.session(PLC, grant=request["grant"]) as session:
            operator = await windows.open("operator-1")
            await operator.goto(f"/sessions/{session['id']}")
            await operator.get_by_role("button", name="Cut the session of engineer").click()
            dialog = operator.get_by_role("dialog")
            await dialog.get_by_label("Reason").fill("stay out for now")
            await dialog.get_by_role("button", name="Cut the session").click()
            await expect(operator.get_by_text("This session has ended")).to_be_visible()
        with pytest.raises(ApiRefusedError):
            async with plant.session(PLC, grant=request["grant"]):
                pass
        await operator.goto("/sessions")
        await shown(operator)
        await operator.get_by_text(re.compile("^Blocks")).click()
        await operator.get_by_role("button", name="Lift the block").first.click()
        await operator.get_by_role("dialog").get_by_role("button", name="Lift the block").click()
        await expect(operator.get_by_text("Lifted. They may connect again.")).to_be_visible()
        async with plant.session(PLC, grant=request["grant"]):
            pass
