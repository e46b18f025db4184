"""A vendor asks in the browser; the plant narrows, approves, one of them on a phone; everybody sees it at once."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.web.plant import PagesPlant

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

REASON = "<img src=x onerror=alert(1)> pump 2 trips"


async def ask(page: Page, pages: PagesPlant, reason: str) -> str:
    """Fill in the form; return the request's address."""
    await page.goto(f"{pages.pages}/requests/new")
    await page.get_by_role("combobox", name="Asset").click()
    await page.get_by_role("option", name="waterworks/pump-plc").click()
    await page.get_by_role("checkbox", name="Operate").check()
    await page.get_by_role("textbox", name="Reason").fill(reason)
    await page.get_by_role("textbox", name="Ticket").fill("CHG-31337")
    await page.get_by_role("button", name="Ask for access").click()
    await page.wait_for_url("**/requests/req_*")
    return page.url


async def approve(page: Page, request: str) -> None:
    """Read the card and say yes."""
    await page.goto(request)
    await page.get_by_role("button", name="Approve").click()
    await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_two_approve_what_one_of_them_narrowed(pages: PagesPlant, browser: Browser) -> None:
    async with (
        pages.visit(browser, "engineer") as engineer,
        pages.visit(browser, "operator-1", size="phone") as first,
        pages.visit(browser, "operator-2") as second,
    ):
        request = await ask(engineer, pages, REASON)
        await expect(engineer.get_by_text("Waiting for approval")).to_be_visible()

        await first.goto(request)
        await expect(first.get_by_text(REASON)).to_be_visible()
        await expect(first.get_by_text("acme-pumps (Vendor)")).to_be_visible()
        before = await first.get_by_text("…").first.inner_text()
        await first.get_by_role("button", name="Narrow").click()
        await first.get_by_label("Highest value").fill("500")
        await first.get_by_role("dialog").get_by_role("button", name="Narrow").click()
        await expect(first.get_by_text("values 0 to 500")).to_be_visible()
        assert await first.get_by_text("…").first.inner_text() != before

        await approve(first, request)
        await expect(engineer.get_by_text("values 0 to 500")).to_be_visible()
        await approve(second, request)
        await expect(engineer.get_by_text("wicket connect waterworks/pump-plc/modbus")).to_be_visible()


async def test_a_denial_reaches_the_one_who_asked_with_its_reason(pages: PagesPlant, browser: Browser) -> None:
    async with pages.visit(browser, "engineer") as engineer, pages.visit(browser, "operator-1") as operator:
        request = await ask(engineer, pages, "look at the level")
        await operator.goto(request)
        await operator.get_by_role("button", name="Deny").click()
        await operator.get_by_label("Reason").fill("the tank is being cleaned")
        await operator.get_by_role("dialog").get_by_role("button", name="Deny").click()
        await expect(engineer.get_by_text("the tank is being cleaned")).to_be_visible()


async def test_a_ticket_is_judged_while_it_is_typed(pages: PagesPlant, browser: Browser) -> None:
    async with pages.visit(browser, "engineer") as page:
        await page.goto(f"{pages.pages}/requests/new")
        await page.get_by_role("combobox", name="Asset").click()
        await page.get_by_role("option", name="waterworks/pump-plc").click()
        await page.get_by_role("textbox", name="Ticket").fill("CHG-2")
        await expect(page.get_by_text("does not look like a ticket")).to_be_visible()
        await page.get_by_role("textbox", name="Ticket").fill("CHG-20417")
        await expect(page.get_by_text("does not look like a ticket")).to_be_hidden()
        await expect(page.get_by_text("1 person of ot-operations").first).to_be_visible()
