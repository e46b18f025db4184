"""An admin writes a policy: the fault has its line, the question its answer, and every version stays readable."""

import re

import pytest
from playwright.async_api import Page, expect

from deploy.demo.plant import SITE
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, shown

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

POLICY = """\
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: night-shift}
spec:
  who: {groups: [acme-engineers]}
  what: {sites: [SITE], assets: {names: [pump-plc]}}
  access: {mode: request, max_duration: 1h, approvals: [{group: it-security, count: 1}]}
  allow: {tiers: [read]}
""".replace("SITE", SITE)


async def write(page: Page, text: str) -> None:
    """Replace what stands in the editor."""
    await page.get_by_role("textbox", name="Text").click()
    await page.keyboard.press("Control+a")
    # Typed over, styled text would make Chromium write styles of its own, which the page's policy refuses.
    await page.keyboard.press("Delete")
    await page.keyboard.insert_text(text)


async def put_in_force(page: Page, comment: str) -> None:
    await page.get_by_role("button", name="Review the changes").click()
    await page.get_by_label("Why?").fill(comment)
    await page.get_by_role("button", name="Put in force").click()
    await page.wait_for_url(re.compile("/policies/night-shift$"))


async def test_a_policy_is_written_corrected_put_in_force_and_compared(windows: Windows) -> None:
    windows.expect_complaint("status of 422 .*/policies/check")
    async with patience(180):
        page = await windows.open("admin")
        await page.goto("/policies/tools/new")
        await shown(page)
        await write(page, POLICY.replace("tiers: [read]", "tiers: [peek]"))
        fault = page.get_by_role("list", name="Faults").get_by_role("listitem")
        await expect(fault).to_contain_text("Line 8")
        await expect(page.get_by_role("button", name="Review the changes")).to_be_disabled()

        await write(page, POLICY)
        await put_in_force(page, "for the night shift")
        await page.goto("/policies/night-shift/edit")
        await expect(page.get_by_role("status").filter(has_text="The text is in order")).to_be_visible()
        await write(page, POLICY.replace("max_duration: 1h", "max_duration: 30m"))
        await put_in_force(page, "half an hour is enough")

        await page.get_by_role("link", name="History").click()
        await shown(page)
        await expect(page.get_by_text("half an hour is enough").first).to_be_visible()
        await expect(page.locator("body")).to_contain_text("max_duration: 30m")
        await expect(page.locator("body")).to_contain_text("max_duration: 1h")

        await page.goto("/policies/night-shift")
        await page.get_by_role("button", name="Take out of force").click()
        await page.get_by_role("dialog").get_by_role("button", name="Take out of force").click()
        await page.wait_for_url(re.compile("/policies$"))


@pytest.mark.parametrize(("address", "answer"), [("100", "It passes"), ("21", "It is refused")])
async def test_may_this_engineer_write_a_register_now_and_why_not(
    plant: Plant, windows: Windows, address: str, answer: str
) -> None:
    async with patience(120):
        page = await windows.open("admin")
        asset = next(a for a in (await plant.apis["admin"].get("/assets"))["items"] if a["path"] == f"{SITE}/pump-plc")
        await page.goto(f"/policies/tools/explain?user=engineer&asset={asset['id']}&op_tier=operate&ticket=CHG-20417")
        await shown(page)
        await page.get_by_role("combobox", name="Table").click()
        await page.get_by_role("option", name="holding").click()
        await page.get_by_label("Address", exact=True).fill(address)
        await page.get_by_label("Unit", exact=True).fill("1")
        await page.get_by_label("Value written").fill("650")
        await expect(page.get_by_text(answer)).to_be_visible()
        await expect(page.get_by_role("link", name="pump-maintenance").first).to_be_visible()


async def test_without_a_ticket_the_answer_says_so_and_still_judges_the_register(
    plant: Plant, windows: Windows
) -> None:
    async with patience(120):
        page = await windows.open("admin")
        asset = next(a for a in (await plant.apis["admin"].get("/assets"))["items"] if a["path"] == f"{SITE}/pump-plc")
        await page.goto(
            f"/policies/tools/explain?user=engineer&asset={asset['id']}&op_tier=operate&op_table=holding&op_unit=1&op_address=21"
        )
        await shown(page)
        finding = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="pump-maintenance")).first
        await expect(finding).to_contain_text("Give a ticket like")
        await expect(finding).to_contain_text("With all that, this operation: It is refused")
        await expect(finding).to_contain_text("holding 21 is outside what is given")
        await page.get_by_label("Address", exact=True).fill("100")
        await expect(finding).to_contain_text("With all that, this operation: It passes")
        await page.get_by_label("Ticket", exact=True).fill("CHG-20417")
        await expect(page.get_by_text("The rules let it pass.")).to_be_visible()
        await expect(finding).not_to_contain_text("With all that")
