"""What plant and vendor say to each other in a live session, how its time grows, and a wish that is taken back."""

import re

import pytest
from playwright.async_api import Page, expect

from deploy.demo.plant import SITE
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, shown

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

PLC = f"{SITE}/pump-plc"
APPROVERS = ("operator-1", "operator-2")


async def test_an_operator_warns_and_the_vendor_reads_it_at_once(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        request = await plant.granted(PLC, "modbus", approvers=APPROVERS, ticket="CHG-20770")
        async with plant.session(PLC, grant=request["grant"]) as session:
            vendor, operator = await windows.open("engineer"), await windows.open("operator-1")
            for page in (vendor, operator):
                await page.goto(f"/sessions/{session['id']}")
                await shown(page)
            await operator.get_by_role("button", name="Warn").click()
            dialog = operator.get_by_role("dialog")
            await dialog.get_by_role("button", name="Send the warning").click()
            await expect(dialog.get_by_text("Write what they shall read.")).to_be_visible()
            await dialog.get_by_label("Message").fill("The crane passes in two minutes: hands off.")
            await dialog.get_by_role("button", name="Send the warning").click()
            await expect(operator.get_by_text("Sent. The user sees it now.")).to_be_visible()
            await expect(vendor.get_by_text("The crane passes in two minutes: hands off.").first).to_be_visible()


async def test_a_vendor_asks_for_more_time_and_the_session_gets_it(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        request = await plant.granted(PLC, "modbus", approvers=APPROVERS, ticket="CHG-20771", duration=1200)
        async with plant.session(PLC, grant=request["grant"]) as session:
            vendor = await windows.open("engineer")
            await vendor.goto(f"/sessions/{session['id']}")
            await shown(vendor)
            await vendor.get_by_role("button", name="More time").click()
            dialog = vendor.get_by_role("dialog")
            await dialog.get_by_label("Minutes", exact=True).fill("20")
            await dialog.get_by_label("Reason").fill("the valve sticks, one more try")
            await dialog.get_by_role("button", name="Ask", exact=True).click()
            await expect(vendor.get_by_text("Asked. The session goes on meanwhile.")).to_be_visible()
            await expect(vendor.get_by_text("You asked for 20 min more.")).to_be_visible()

            for approver in APPROVERS:
                page = await windows.open(approver)
                await page.goto(f"/sessions/{session['id']}")
                await expect(page.get_by_text("the valve sticks, one more try")).to_be_visible()
                await page.get_by_role("button", name="Give the time").click()
                await expect(page.get_by_text("The time is given.").or_(page.get_by_text("noted"))).to_be_visible()
            await expect(vendor.get_by_text("The session has more time").first).to_be_visible()
            now = await plant.apis["engineer"].get(f"/sessions/{session['id']}")
            assert now["not_after"] > session["not_after"]


async def left(page: Page) -> int:
    """The seconds that the countdown of a session's page shows."""
    text = await page.get_by_role("timer").first.inner_text()
    hours, minutes, seconds = ["0", *text.split(":")][-3:]
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


async def test_the_countdown_grows_by_itself_when_the_plant_gives_more_time(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        request = await plant.granted(PLC, "modbus", approvers=APPROVERS, ticket="CHG-20774", duration=1200)
        async with plant.session(PLC, grant=request["grant"]) as session:
            vendor = await windows.open("engineer")
            await vendor.goto(f"/sessions/{session['id']}")
            await shown(vendor)
            before = await left(vendor)
            assert 0 < before <= 1200
            operator = await windows.open("operator-1")
            await operator.goto(f"/sessions/{session['id']}")
            await operator.get_by_role("button", name="More time").click()
            dialog = operator.get_by_role("dialog")
            await dialog.get_by_text("60 min", exact=True).click()
            await dialog.get_by_label("Reason").fill("the valve needs longer")
            await dialog.get_by_role("button", name="Propose").click()
            await expect(dialog).to_have_count(0)
            other = await windows.open("operator-2")
            await other.goto(f"/sessions/{session['id']}")
            await other.get_by_role("button", name="Give the time").click()
            await expect(vendor.get_by_role("timer").first).to_have_text(re.compile(r"^1:\d\d:\d\d$"))
            assert await left(vendor) > before + 3000


async def test_more_time_is_refused_and_the_session_keeps_its_end(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        request = await plant.granted(PLC, "modbus", approvers=APPROVERS, ticket="CHG-20772", duration=1200)
        async with plant.session(PLC, grant=request["grant"]) as session:
            asked = await plant.apis["engineer"].post(
                f"/sessions/{session['id']}/extensions", duration=1200, reason="tea is not ready"
            )
            vendor, operator = await windows.open("engineer"), await windows.open("operator-1")
            for page in (vendor, operator):
                await page.goto(f"/sessions/{session['id']}")
                await shown(page)
            await expect(operator.get_by_text("tea is not ready")).to_be_visible()
            await operator.get_by_role("button", name="Refuse").click()
            dialog = operator.get_by_role("dialog")
            await dialog.get_by_label("Reason").fill("shift change")
            await dialog.get_by_role("button", name="Refuse").click()
            await expect(operator.get_by_text("Refused.", exact=True)).to_be_visible()
            await expect(vendor.get_by_text("More time was refused").first).to_be_visible()
            now = await plant.apis["engineer"].get(f"/sessions/{session['id']}")
            assert (now["not_after"], asked["state"]) == (session["not_after"], "pending")


async def test_a_vendor_withdraws_and_nobody_can_approve_any_more(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        request = await plant.granted(PLC, "modbus", approvers=(), ticket="CHG-20773")
        vendor, operator = await windows.open("engineer"), await windows.open("operator-1")
        for page in (vendor, operator):
            await page.goto(f"/requests/{request['id']}")
            await shown(page)
        await expect(operator.get_by_role("button", name="Approve")).to_be_visible()
        await vendor.get_by_role("button", name="Withdraw").click()
        dialog = vendor.get_by_role("dialog")
        await expect(dialog.get_by_text("You can ask anew at any time.")).to_be_visible()
        await dialog.get_by_role("button", name="Withdraw").click()
        await expect(vendor.get_by_text("Withdrawn.", exact=True)).to_be_visible()
        await expect(operator.get_by_text("Withdrawn").first).to_be_visible()
        await expect(operator.get_by_role("button", name="Approve")).to_have_count(0)
        now = await plant.apis["operator-1"].get(f"/requests/{request['id']}")
        assert now["state"] == "withdrawn"
