"""The whole way of one access: asked for, approved twice, used, watched, cut, replayed and proved."""

import re

import pytest
from playwright.async_api import Page, expect

from deploy.demo.plant import SITE
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, shown
from tests.e2e.web.people import connected, shell, terminal_login

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

ASSET = f"{SITE}/pump-plc"
REASON = "The pump trips at night: read the level, lower the speed."


async def ask(page: Page) -> str:
    """Ask for the PLC as the vendor; return the request's address."""
    await page.get_by_role("link", name="Ask for access").first.click()
    await page.get_by_role("combobox", name="Asset").fill("pump-plc")
    await page.get_by_role("option", name=ASSET).click()
    await page.get_by_role("checkbox", name=re.compile("Operate")).check()
    await page.get_by_label("Reason").fill(REASON)
    await page.get_by_label("Ticket").fill("CHG-20417")
    await expect(page.get_by_text("1 person of ot-operations").first).to_be_visible()
    await page.get_by_role("button", name="Ask for access").click()
    await page.wait_for_url(re.compile("/requests/req_"))
    return page.url


async def approve(page: Page) -> None:
    """From the home page to a yes."""
    await page.get_by_role("listitem").filter(has_text=REASON).get_by_role("link", name="Decide").click()
    await expect(page.get_by_text(REASON)).to_be_visible()
    await page.get_by_role("button", name="Approve").click()
    await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await expect(page.get_by_text("Approved.", exact=True)).to_be_visible()


async def test_from_the_vendors_question_to_the_auditors_proof(plant: Plant, windows: Windows) -> None:
    async with patience(420):
        vendor = await windows.open("engineer")
        await vendor.goto("/requests")
        await ask(vendor)
        await approve(await windows.open("operator-1", width=360, height=740))
        await approve(await windows.open("operator-2"))
        await expect(vendor.get_by_text(f"wicket connect {ASSET}/modbus")).to_be_visible()

        await terminal_login(plant, "engineer")
        go = plant.folder / "go"
        async with connected(plant, "engineer", f"{ASSET}/modbus", shell(go)) as tool:
            session = re.search(r"ses_\w+", await tool.wait_for("Session ses_"))
            assert session is not None
            operator = await windows.open("operator-1")
            await operator.goto(f"/sessions/{session[0]}")
            rows = operator.get_by_role("listbox", name="Operations as they happen").get_by_role("option")
            await expect(rows.first).to_contain_text("0")
            go.touch()
            await expect(rows.locator("[data-outcome=denied]")).to_contain_text("950")
            await expect(rows.filter(has_text="650")).to_have_count(1)
            await operator.get_by_role("button", name="Cut the session of engineer").click()
            dialog = operator.get_by_role("dialog")
            await dialog.get_by_label("Reason").fill("the level alarm rang")
            await dialog.get_by_role("button", name="Cut the session").click()
            await expect(operator.get_by_text("This session has ended")).to_be_visible()
            assert await tool.wait() != 0
            assert "the level alarm rang" in tool.log.read_text()

        auditor = await windows.open("auditor")
        await auditor.goto("/recordings")
        await auditor.get_by_role("link", name=re.compile("pump-plc")).first.click()
        await shown(auditor)
        await expect(auditor.get_by_text("950").first).to_be_visible()
        await auditor.get_by_role("button", name=re.compile("^Proof")).click()
        await expect(auditor.get_by_role("heading", name="Whole and unchanged")).to_be_visible()
        await plant.lift_blocks()
