"""Every page, for every role, in both schemes, wide and on a phone: usable by everybody, and nothing cut off."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.web.plant import PagesPlant, Scheme, Size

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
SETTLED = "() => document.querySelector('[role=status][aria-label=Loading]') === null"


async def faults(page: Page) -> list[str]:
    """What axe finds, and what reaches over the edge."""
    await page.wait_for_function(SETTLED)
    # Through the debugger's door: the page's own policy lets no foreign script in.
    await page.evaluate(AXE.read_text() + "; undefined")
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    beyond = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [
        *(f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]),
        *([f"{beyond} pixels beyond the edge"] if beyond else []),
    ]


@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("phone", "dark")])
async def test_the_door_is_open_to_everybody(pages: PagesPlant, browser: Browser, size: Size, scheme: Scheme) -> None:
    context = await browser.new_context(color_scheme=scheme, locale="de-DE", viewport={"width": 360, "height": 740})
    page = await context.new_page()
    await page.goto(pages.pages)
    await expect(page.get_by_label("Benutzername")).to_be_visible()
    assert await faults(page) == []
    await context.close()


@pytest.mark.parametrize(
    ("size", "scheme"), [("wide", "light"), ("wide", "dark"), ("phone", "light"), ("phone", "dark")]
)
@pytest.mark.parametrize("user", ["engineer", "operator-1", "admin", "auditor"])
async def test_pages_are_sound(pages: PagesPlant, browser: Browser, user: str, size: Size, scheme: Scheme) -> None:
    async with pages.visit(browser, user, size=size, scheme=scheme) as page:
        for path in await _paths(page, user):
            await page.goto(pages.pages + path)
            await expect(page.get_by_role("heading", level=1)).to_have_count(1)
            assert await faults(page) == [], path


async def _paths(page: Page, user: str) -> list[str]:
    assets = await page.evaluate("fetch('/api/v1/assets').then((answer) => answer.json())")
    asset = assets["items"][0]
    return [
        "/",
        "/requests",
        "/inventory",
        f"/inventory/assets/{asset['id']}",
        f"/inventory/sites/{asset['site']}",
        "/account",
        "/more",
        "/no-such-page",
        *([f"/requests/new?asset={asset['id']}"] if user != "auditor" else []),
        *([f"/inventory/sites/{asset['site']}/enrol"] if user == "admin" else []),
    ]
