"""What holds for every page: its policy is kept, axe finds nothing, it has one heading and fits a phone."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Scheme, Windows, inaccessible, shown, violations
from tests.e2e.web.plant_with_data import furnished
from tests.e2e.web.routes import filled, paths, who_sees

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def places(plant: Plant) -> AsyncIterator[dict[str, str]]:
    """What page addresses need, of a plant in the middle of a working day."""
    async with furnished(plant) as known:
        yield known


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", paths())
async def test_a_page_is_accessible_and_fits_a_phone(
    places: dict[str, str], windows: Windows, path: str, scheme: Scheme
) -> None:
    async with patience(240):
        page = await windows.open(who_sees(path), scheme=scheme)
        await page.goto(filled(path, places))
        await shown(page)
        await expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert await inaccessible(page) == []
        await page.set_viewport_size({"width": 360, "height": 740})
        await shown(page)
        assert await overhang(page) == 0
        assert await inaccessible(page) == []


async def test_the_door_is_accessible_and_fits_a_phone(windows: Windows) -> None:
    page = await windows.open(width=360, height=740)
    await page.goto("/")
    await expect(page.get_by_label("User name")).to_be_visible()
    assert await inaccessible(page) == []
    assert await overhang(page) == 0


async def test_a_violation_of_the_policy_would_be_heard(windows: Windows) -> None:
    windows.expect_complaint("violat|Content Security Policy")
    page = await windows.open()
    await page.goto("/")
    await page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'owned = 1'}))")
    assert "script-src" in (await violations(page))[0]
    assert any("Content Security Policy" in complaint for complaint in windows.complaints)


async def overhang(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    wider: int = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider
