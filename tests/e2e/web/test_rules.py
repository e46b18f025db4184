"""An admin writes a policy: the fault has its line, the question its answer, and every version stays readable."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Route, expect

from deploy.demo.plant import SITE
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import SCHEMES, Windows, inaccessible, shown

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


EXPECTED = """\
apiVersion: wicketgate/v1
kind: PolicyTests
given:
  now: 2030-10-14T10:00:00+02:00
  subject: {name: engineer, groups: [acme-engineers], organization: acme-pumps, kind: vendor}
  target: {site: SITE, asset: spare-pump, service: modbus, protocol: modbus}
  purpose: request
  asked: {tiers: [read], duration: 1h, reason: pump trips}
tests:
  - {name: a look waits for security, expect: {decision: needs_approval, outstanding: {it-security: 1}}}
  - {name: a look is free, expect: {decision: allow}}
""".replace("SITE", SITE)


async def write(page: Page, text: str, field: str = "Text") -> None:
    """Replace what stands in the editor."""
    await page.get_by_role("textbox", name=field).click()
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
        asset = await plant.id_of(f"{SITE}/pump-plc")
        await page.goto(f"/policies/tools/explain?user=engineer&asset={asset}&op_tier=operate&ticket=CHG-20417")
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
        asset = await plant.id_of(f"{SITE}/pump-plc")
        await page.goto(
            f"/policies/tools/explain?user=engineer&asset={asset}&op_tier=operate&op_table=holding&op_unit=1&op_address=21"
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


async def test_a_draft_is_written_with_proposals_and_tried_against_what_is_expected(windows: Windows) -> None:
    windows.expect_complaint("status of 422 .*/policies/check")  # half a text
    async with patience(180):
        page = await windows.open("admin")
        await page.goto("/policies/tools/new")
        await shown(page)
        await write(page, POLICY.replace("pump-plc", "spare-pump").removesuffix("read]}\n"))
        await page.keyboard.press("Control+Space")
        proposals = page.get_by_role("listbox")
        await expect(proposals.get_by_role("option", name="read", exact=True)).to_be_visible()
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            assert await inaccessible(page) == [], scheme
        await proposals.get_by_role("option", name="read", exact=True).click()
        await expect(proposals).to_have_count(0)
        await page.keyboard.insert_text("]}")
        await expect(page.get_by_role("status").filter(has_text="The text is in order")).to_be_visible()

        # A draft lives as long as its window is not loaded anew.
        await page.locator("main").get_by_role("link", name="Policies", exact=True).first.click()
        await page.get_by_role("navigation", name="Policies").get_by_role("link", name="Tests", exact=True).click()
        await write(page, EXPECTED, "Expectations")
        outcomes = page.get_by_role("table", name="Outcomes")
        await page.get_by_role("button", name="Run the tests").click()
        await expect(page.get_by_text("2 tests failed")).to_be_visible()
        await page.get_by_role("combobox", name="Against").click()
        await page.get_by_role("option", name="draft").click()
        await page.get_by_role("button", name="Run the tests").click()
        await expect(page.get_by_text("1 test failed")).to_be_visible()
        await expect(outcomes.get_by_role("row").filter(has_text="a look waits for security")).to_contain_text("Passed")
        await expect(outcomes.get_by_role("row").filter(has_text="a look is free")).to_contain_text("Failed")
        assert await inaccessible(page) == []


async def test_proposals_that_were_called_before_the_language_was_known_come_when_it_is(windows: Windows) -> None:
    windows.expect_complaint("status of 422 .*/policies/check")  # half a text
    known = asyncio.Event()

    async def hold(route: Route) -> None:
        await known.wait()
        await route.continue_()

    async with patience(120):
        page = await windows.open("admin")
        await page.route("**/api/v1/policies/schema", hold)
        await page.goto("/policies/tools/new")
        await expect(page.get_by_role("textbox", name="Text")).to_be_visible()
        async with page.expect_response("**/api/v1/policies/check"):  # by when the call has long been answered: nothing
            await write(page, POLICY.replace("pump-plc", "early-pump").removesuffix("read]}\n"))
            await page.keyboard.press("Control+Space")
        known.set()
        await expect(page.get_by_role("listbox").get_by_role("option", name="read", exact=True)).to_be_visible()


async def test_who_reaches_a_device_is_answered_with_the_policies_that_mean_it(windows: Windows) -> None:
    async with patience(120):
        page = await windows.open("admin")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        async with page.expect_response("**/api/v1/access?*"):
            await page.goto("/policies/tools/reach")
        await shown(page)
        assert not [url for url in asked if re.search(r"/assets/[^/]+/access$", url)]  # not row by row
        await page.get_by_label("Search assets").fill("pump-plc")
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name="pump-maintenance"))
        await expect(row).to_have_count(1)
        await expect(row).to_contain_text("ot-operations")
        await expect(row).to_contain_text("acme-engineers")
        await row.get_by_role("link", name="Explain").click()
        await page.wait_for_url(re.compile(r"/policies/tools/explain\?asset=ast_"))


async def test_a_policys_text_is_copied_and_a_browser_that_forbids_it_is_told_of(
    plant: Plant, windows: Windows
) -> None:
    async with patience(180):
        await plant.allow("copied", allow="tiers: [read]")
        page = await windows.open("admin", at="/policies/copied")
        copy = page.get_by_role("button", name="Copy: Text")
        await copy.click()
        await expect(page.get_by_role("button", name="Copied: Text")).to_be_visible()
        assert "name: copied" in await page.evaluate("navigator.clipboard.readText()")

        await page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException()); }")
        await copy.click()
        await expect(page.get_by_role("tooltip")).to_contain_text("did not let the page copy")
