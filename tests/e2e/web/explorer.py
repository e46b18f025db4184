"""Somebody who presses every button of a page and looks at each dialog and menu that opens."""

import re
from collections import Counter

from playwright.async_api import ElementHandle, Locator, Page, Route, expect

from tests.e2e.web.browser import Windows, cut_off, inaccessible, overhang, shown
from tests.e2e.web.quiet import Quiet

FLOATING = "[role=dialog], [role=menu]"
OPENED = "[role=dialog]:visible, [role=menu]:visible"
ITEM = "[role=menuitem]:visible:not([aria-disabled=true])"
# A field's list that is open takes the first Escape for itself.
UNFOLDED = ":focus[aria-haspopup=listbox][data-expanded]"
# A file that was fetched closes its dialog.
FILE = re.compile(r"/(export|content)(\?|$)")
HAS_FOCUS = f"() => document.activeElement.closest('{FLOATING}') !== null"
IS_FOCUSED = "(opener) => document.activeElement === opener"
STOPS = f"() => document.querySelectorAll('{FLOATING}')[0].querySelectorAll('button, a, input, textarea').length"
MOST_STOPS = 12
# In a crowded plant a list has many rows with the same buttons.
TIMES_EACH = 2
# Rows come by themselves when this comes into sight, and push it on, for as long as there are any.
MORE = re.compile(r"^(Show more|Weitere anzeigen)$")


class Explorer:
    """Presses every button of a page, and looks at what opens."""

    def __init__(self, page: Page, address: str, part: str) -> None:
        self.page, self._address, self._part = page, address, part
        self.quiet = Quiet(page)
        self.found: Counter[str] = Counter()

    async def explore(self) -> None:
        """Try each button, and each item of each menu."""
        for number in range(await self._visit()):
            button = self.page.locator(self._part).get_by_role("button").nth(number)
            if not await button.is_visible() or not await button.is_enabled():
                continue
            name = await button.inner_text() or await button.get_attribute("aria-label") or ""
            if MORE.match(name) or self.found[name] == TIMES_EACH:
                continue
            if not await self.opens(button, name):
                await self._visit()
            elif self._part == "main":
                await self._items(button, name)

    async def opens(self, button: Locator, name: str) -> bool:
        """Press a button; look at the dialog or menu that comes, and leave it by Escape."""
        opener = await button.element_handle()
        await self._press(button)
        if await self.page.locator(OPENED).count() == 0:
            return False
        await self._look_at(name)
        await self._leave(opener)
        return True

    async def look(self, name: str) -> None:
        """What must hold in this run for what is open."""
        await self.page.wait_for_function(HAS_FOCUS)
        for key in ("Tab", "Shift+Tab"):
            for _ in range(min(MOST_STOPS, await self.page.evaluate(STOPS)) + 1):
                await self.page.keyboard.press(key)
                await self.page.wait_for_function(HAS_FOCUS)
        assert await inaccessible(self.page, FLOATING) == [], name
        await self.page.emulate_media(color_scheme="dark")
        await self.quiet.come()
        assert await inaccessible(self.page, FLOATING) == [], f"{name}, dark"
        await self.page.emulate_media(color_scheme="light")

    async def _look_at(self, name: str) -> None:
        self.found[name] += 1
        if self.found[name] == 1:
            await self.look(name)

    async def _items(self, button: Locator, name: str) -> None:
        await self._press(button)
        count = await self.page.locator(ITEM).count()
        for number in range(count):
            opener = await button.element_handle()
            item = self.page.locator(ITEM).nth(number)
            label = f"{name}: {await item.inner_text()}"
            await self._press(item)
            if await self.page.get_by_role("dialog").count() > 0:
                await self._look_at(label)
                await self._leave(opener)
            else:
                await self._visit()
            if number + 1 < count:
                await self._press(button)
        await self.page.keyboard.press("Escape")

    async def _leave(self, opener: ElementHandle | None) -> None:
        if await self.page.locator(UNFOLDED).count() > 0:
            await self.page.keyboard.press("Escape")
            await expect(self.page.locator(UNFOLDED)).to_have_count(0)
        await self.page.keyboard.press("Escape")
        await expect(self.page.locator(OPENED)).to_have_count(0)
        await self.page.wait_for_function(IS_FOCUSED, arg=opener)

    async def _press(self, button: Locator) -> None:
        self.quiet.begin()
        await button.click()
        await self.quiet.come()

    async def _visit(self) -> int:
        self.quiet.begin()
        await self.page.goto(self._address)
        await shown(self.page)
        await self.quiet.come()
        return await self.page.locator(self._part).get_by_role("button").count()


class GermanOnPhone(Explorer):
    """The same on a phone, in German: nothing sticks out, nothing is cut off."""

    async def look(self, name: str) -> None:
        """Look at the words."""
        assert await overhang(self.page) == 0, name
        assert await cut_off(self.page, FLOATING) == [], name
        assert await inaccessible(self.page, FLOATING) == [], name


async def read_only(windows: Windows, who: str) -> Page:
    """A window in which nothing happens to the plant while buttons are tried."""
    windows.expect_complaint("ERR_FAILED")
    page = await windows.open(who)
    await page.route("**/api/v1/**", only_reading)
    return page


async def only_reading(route: Route) -> None:
    """Let through what changes nothing."""
    if route.request.method == "GET" and not FILE.search(route.request.url):
        await route.continue_()
    else:
        await route.abort()
