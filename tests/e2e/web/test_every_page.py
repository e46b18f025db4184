"""What holds for every page: its policy is kept, axe finds nothing, it has one heading and fits a phone.

Not each with each: on a phone the pages are German in the light, whose words are the longest, and English in the dark.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Scheme, Windows, cut_off, inaccessible, overhang, read_german, shown, violations
from tests.e2e.web.plant_with_data import furnished
from tests.e2e.web.routes import OTHERS, VIEWS, filled, paths, who_sees
from tests.e2e.web.test_german import german

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def places(plant: Plant) -> AsyncIterator[dict[str, str]]:
    """What page addresses need, of a plant in the middle of a working day."""
    async with furnished(plant, pace_seconds=0.05) as known:
        yield known


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", (*paths(), *VIEWS))
async def test_a_page_is_accessible_and_fits_a_phone(
    places: dict[str, str], windows: Windows, path: str, scheme: Scheme
) -> None:
    await check(windows, who_sees(path), filled(path, places), scheme)


@pytest.mark.parametrize(("who", "path"), OTHERS)
async def test_so_it_is_for_others(places: dict[str, str], windows: Windows, who: str, path: str) -> None:
    await check(windows, who, filled(path, places), "light")


async def check(windows: Windows, who: str, path: str, scheme: Scheme) -> None:
    """Look at a page in a wide window and in one as narrow as a phone."""
    async with patience(240):
        page = await windows.open(who, scheme=scheme, at=path)
        await shown(page)
        await expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert await inaccessible(page) == []
        await page.set_viewport_size({"width": 360, "height": 740})
        if scheme == "light":
            await read_german(page)
            await page.reload()
        await shown(page)
        assert await overhang(page) == 0
        assert await cut_off(page) == []
        assert await inaccessible(page) == []


STILL_ENGLISH: dict[str, list[str]] = {}
"""What a German page still says in English, by its path: what no table makes."""


@pytest.mark.parametrize("path", (*paths(), *VIEWS))
async def test_a_german_page_says_nothing_of_ours_in_english(
    places: dict[str, str], windows: Windows, path: str
) -> None:
    async with patience(120):
        page = await german(windows, who_sees(path))
        await page.goto(filled(path, places))
        await shown(page)
        await expect(page.locator("html")).to_have_attribute("lang", "de")
        await expect(page.get_by_role("status", name="Wird geladen")).to_have_count(0)
        assert await page.locator("main [lang=en]").all_inner_texts() == STILL_ENGLISH.get(path, [])


@pytest.mark.parametrize(("locale", "user_name"), [("en-GB", "User name"), ("de-DE", "Benutzername")])
async def test_the_door_is_accessible_and_fits_a_phone(windows: Windows, locale: str, user_name: str) -> None:
    page = await windows.open(width=360, height=740, locale=locale)
    await page.goto("/")
    await expect(page.get_by_label(user_name)).to_be_visible()
    assert await inaccessible(page) == []
    assert await overhang(page) == 0


async def test_a_violation_of_the_policy_would_be_heard(windows: Windows) -> None:
    windows.expect_complaint("violat|Content Security Policy")
    page = await windows.open()
    await page.goto("/")
    await page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'owned = 1'}))")
    assert "script-src" in (await violations(page))[0]
    assert any("Content Security Policy" in complaint for complaint in windows.complaints)
