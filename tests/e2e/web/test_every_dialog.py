"""What holds for every dialog and menu: axe finds nothing in it, the keyboard stays in it, and Escape leads back."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, read_german
from tests.e2e.web.explorer import HAS_FOCUS, MOST_STOPS, Explorer, GermanOnPhone, read_only
from tests.e2e.web.people import add_vendor
from tests.e2e.web.plant_with_data import furnished
from tests.e2e.web.routes import TABLE, filled

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

SECONDS = 420
# Who opens what where; the number is how many different things open from the page, at least.
PAGES = (
    ("operator-1", "/", 5),
    ("operator-1", "/sessions", 1),
    ("operator-1", "/sessions/:session", 3),
    ("engineer", "/sessions/:session", 2),
    ("operator-2", "/requests/:request", 3),
    ("engineer", "/requests/:request", 1),
    ("operator-1", "/inventory/assets/:asset", 1),
    ("admin", "/inventory/sites/:site", 1),
    ("admin", "/inventory/sites/:site/edit", 1),
    ("admin", "/inventory/assets/:asset/edit", 1),
    ("admin", "/inventory/assets/:asset/services/:service/edit", 1),
    ("auditor", "/recordings/:recording", 4),
    ("auditor", "/changes", 5),
    ("admin", "/policies/:name", 1),
    ("admin", "/people/organizations", 3),
    ("admin", "/people/groups", 1),
    ("admin", "/people/groups/:group", 2),
    ("admin", "/people/users/:user", 5),
    ("admin", "/locks", 1),
    ("engineer", "/account", 1),
)

PASSING = "test_passing_dialogs.py"
# Each file of the pages that draws a dialog or a menu: the page above that opens it, or the tests that look at it.
DRAWN = {
    "app/menus.tsx": "/",
    "features/account/Logins.tsx": "/account",
    "features/account/Passkeys.tsx": "/account",
    "features/account/Recovery.tsx": PASSING,
    "features/account/StepUp.tsx": "test_step_up.py",
    "features/assets/Locks.tsx": "/inventory/assets/:asset",
    "features/assets/SitePage.tsx": "/inventory/sites/:site",
    "features/audit/AuditPage.tsx": PASSING,
    "features/inventory/Removing.tsx": "/inventory/assets/:asset/edit",
    "features/people/ChangeDialog.tsx": "/people/users/:user",
    "features/people/ExpiringPage.tsx": "test_every_dialog.py",
    "features/people/GroupPage.tsx": "/people/groups/:group",
    "features/people/GroupsPage.tsx": "/people/groups",
    "features/people/OrganizationsPage.tsx": "/people/organizations",
    "features/people/RenameDialog.tsx": "/people/groups/:group",
    "features/people/UserPage.tsx": "/people/users/:user",
    "features/policies/PolicyPage.tsx": "/policies/:name",
    "features/recordings/Exporting.tsx": "/recordings/:recording",
    "features/requests/BannerDialog.tsx": "test_banners.py",
    "features/requests/Decision.tsx": "/requests/:request",
    "features/requests/NarrowDialog.tsx": "/requests/:request",
    "features/requests/OwnRequest.tsx": "/requests/:request",
    "features/sessions/Acts.tsx": "/sessions/:session",
    "features/sessions/Blocks.tsx": PASSING,
    "features/sessions/Wishes.tsx": PASSING,
    "features/settings/LocksPage.tsx": "/locks",
    "features/setup/SignInDialog.tsx": "test_weather.py",
    "ui/ConfirmBody.tsx": "/sessions/:session",
    "ui/MoreTime.tsx": "/sessions/:session",
    "ui/changes/ChangeFiles.tsx": "/changes",
    "ui/questions/Questions.tsx": PASSING,
    "ui/red/CutAllBody.tsx": "/",
    "ui/red/CutBody.tsx": "/sessions/:session",
}
DRAWS = re.compile(r"<(Dialog|ConfirmDialog|Menu)\b")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def places(plant: Plant) -> AsyncIterator[dict[str, str]]:
    """What page addresses need, of a plant in the middle of a working day."""
    async with furnished(plant, pace_seconds=0.05) as known:
        yield known


async def test_no_dialog_of_the_pages_is_left_out() -> None:
    source = TABLE.parents[1]
    files = {str(file.relative_to(source)) for file in source.rglob("*.tsx") if DRAWS.search(file.read_text())}
    assert files == set(DRAWN)
    opened = {path for _, path, _ in PAGES} | {file.name for file in Path(__file__).parent.glob("test_*.py")}
    assert set(DRAWN.values()) <= opened


@pytest.mark.parametrize(("who", "path", "least"), PAGES)
async def test_what_a_button_opens_is_accessible_and_closes(
    places: dict[str, str], windows: Windows, who: str, path: str, least: int
) -> None:
    async with patience(SECONDS):
        page = await read_only(windows, who)
        explorer = Explorer(page, filled(path, places), part(path))
        await explorer.explore()
        assert len(explorer.found) >= least, explorer.found


@pytest.mark.parametrize(("who", "path", "least"), PAGES)
async def test_what_a_button_opens_fits_a_phone_in_german(
    places: dict[str, str], windows: Windows, who: str, path: str, least: int
) -> None:
    async with patience(SECONDS):
        page = await read_only(windows, who)
        await page.set_viewport_size({"width": 360, "height": 740})
        await read_german(page)
        explorer = GermanOnPhone(page, filled(path, places), part(path))
        await explorer.explore()
        assert len(explorer.found) >= min(least, 3), explorer.found


async def test_accounts_that_end_are_prolonged_in_a_dialog_like_any_other(plant: Plant, windows: Windows) -> None:
    async with patience(SECONDS):
        soon = (datetime.now(UTC) + timedelta(days=2)).isoformat()
        await add_vendor(plant, "nearly-over", ends_at=soon)
        page = await read_only(windows, "admin")
        await page.goto("/people/expiring")
        await page.get_by_role("checkbox", name="Prolong nearly-over").check()
        explorer = Explorer(page, "/people/expiring", "main")
        assert await explorer.opens(page.get_by_role("button", name="Prolong 1 account"), "Prolong")


async def test_a_refusal_leaves_the_keyboard_in_its_dialog(places: dict[str, str], windows: Windows) -> None:
    async with patience(SECONDS):
        page = await read_only(windows, "operator-1")
        await page.goto(f"/sessions/{places['session']}")
        await page.get_by_role("button", name="Warn").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("textbox").fill("The pump starts soon.")
        await dialog.get_by_role("button", name="Send the warning").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("unreachable")
        for _ in range(MOST_STOPS):
            await page.keyboard.press("Tab")
            assert await page.evaluate(HAS_FOCUS)


def part(path: str) -> str:
    """Which part of a page has the buttons to try: the header is the same everywhere, so it is tried once."""
    return "body" if path == "/" else "main"
