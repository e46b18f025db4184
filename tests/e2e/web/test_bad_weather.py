"""Logins end, brokers restart: what was typed stays, and the pages recover by themselves and say so."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.web.plant import PagesPlant

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

END_LOGIN = """async () => {
  const me = await (await fetch('/api/v1/auth/whoami')).json();
  const options = {method: 'DELETE', headers: {'X-Wicket-CSRF': me.csrf}};
  return (await fetch(`/api/v1/auth/logins/${me.login}`, options)).status;
}"""


async def typed(page: Page, pages: PagesPlant) -> None:
    """A form that somebody has half filled in."""
    await page.goto(f"{pages.pages}/requests/new")
    await page.get_by_role("textbox", name="Reason").fill("typed with care")


async def test_a_login_that_ends_in_mid_form_costs_nothing_that_was_typed(pages: PagesPlant, browser: Browser) -> None:
    async with pages.visit(browser, "engineer") as page:
        await typed(page, pages)
        await pages.forget("engineer")
        assert await page.evaluate(END_LOGIN) == 204
        await expect(page.get_by_role("dialog", name="Sign in again")).to_be_visible()
        await pages.sign_in(page, "engineer")
        await expect(page.get_by_role("textbox", name="Reason")).to_have_value("typed with care")
        await expect(page.get_by_text("Connection lost")).to_be_hidden()


async def test_a_restarted_broker_is_found_again_and_told_of(pages: PagesPlant, browser: Browser) -> None:
    async with pages.visit(browser, "operator-1") as page:
        await typed(page, pages)
        await pages.broker.stop()
        await expect(page.get_by_text("Connection lost")).to_be_visible(timeout=20_000)
        await pages.restart_broker()
        await expect(page.get_by_text("The broker was restarted")).to_be_visible(timeout=30_000)
        await expect(page.get_by_text("Connection lost")).to_be_hidden()
        await expect(page.get_by_role("textbox", name="Reason")).to_have_value("typed with care")
