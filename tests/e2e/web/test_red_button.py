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


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def without_blocks(plant: Plant) -> AsyncIterator[None]:
    """Let the engineer back, for the journeys that follow."""
    yield
    await plant.lift_blocks()


pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

PLC = f"{SITE}/pump-plc"


@pytest.mark.parametrize(("page", "ticket"), [("/", "CHG-20442"), ("/sessions", "CHG-20440")])
async def test_one_button_cuts_every_vendor_and_says_how_long_it_took(
    plant: Plant, windows: Windows, page: str, ticket: str
) -> None:
    async with patience(180):
        request = await plant.granted(PLC, "modbus", approvers=("operator-1", "operator-2"), ticket=ticket)
        async with plant.session(PLC, grant=request["grant"]) as session:
            operator = await windows.open("operator-1")
            await operator.goto(page)
            await shown(operator)
            await operator.get_by_role("button", name="Cut all vendor sessions").click()
            dialog = operator.get_by_role("dialog")
            await dialog.get_by_label("Reason").fill(f"drill of {ticket}")
            await dialog.get_by_role("button", name="Cut them all").click()
            await expect(dialog.get_by_text("as this browser measured it")).to_contain_text(
                re.compile(r"It took (under )?\d+\.\d s ")
            )
            await dialog.get_by_role("link").first.click()
            await operator.wait_for_url(re.compile("/sessions/drills/"))
            await expect(operator.get_by_text(f"drill of {ticket}")).to_be_visible()
            await expect(operator.locator("main")).to_contain_text("engineer")
            ended = await plant.apis["operator-1"].get(f"/sessions/{session['id']}")
            assert ended["end_code"] == "killed"


@pytest.mark.parametrize(("page", "ticket"), [("/", "CHG-20443"), ("/sessions/{session}", "CHG-20441")])
async def test_who_was_cut_stays_out_until_the_plant_lifts_the_block(
    plant: Plant, windows: Windows, page: str, ticket: str
) -> None:
    async with patience(180):
        request = await plant.granted(PLC, "modbus", approvers=("operator-1", "operator-2"), ticket=ticket)
        async with plant.session(PLC, grant=request["grant"]) as session:
            operator = await windows.open("operator-1")
            await operator.goto(page.format(session=session["id"]))
            await operator.get_by_role("button", name="Cut the session of engineer").click()
            dialog = operator.get_by_role("dialog")
            await dialog.get_by_label("Reason").fill("stay out for now")
            await dialog.get_by_role("button", name="Cut the session").click()
            await expect(operator.get_by_text("Cut. The way back is blocked.")).to_be_visible()
            await operator.goto(f"/sessions/{session['id']}")
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
