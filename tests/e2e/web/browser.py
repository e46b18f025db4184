"""Real browser windows of real people: signed in through the login page, and listened to for what must not happen."""

import asyncio
import re
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page, StorageState, expect

from deploy.demo.plant import DemoPlant, Person

PATIENCE_MILLISECONDS = 60_000
AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
HOW = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # axe need not write down all that is well
}
# The pages find out by asking whether anybody is signed in: Chromium writes the "no" down as an error.
NOT_SIGNED_IN = r"status of 401 .*/api/v1/auth/whoami"
# Set when a policy of the page is violated, also where the console says nothing.
LISTEN = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    window.violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
  });
"""
# Without what only screen readers see (a pixel wide), fields, whose text moves while one types, and operations in a
# list, which stand in full beside it.
CUT_OFF = """(part) => {
  const isCut = (each) => {
    const { overflowX } = getComputedStyle(each);
    return (overflowX === "hidden" || overflowX === "clip") && each.clientWidth > 1
      && each.scrollWidth > each.clientWidth + 1 && each.checkVisibility()
      && each.innerText?.trim() && !each.matches("input, textarea, svg *, [role=option] *");
  };
  return [...document.querySelectorAll(`${part}, ${part} *`)].filter(isCut)
    .map((each) => `${each.innerText}: ${each.outerHTML.slice(0, 200)}`);
}"""
# A page asks for the extensions of a session that ends at this moment.
JUST_ENDED = r"status of 404 .*/extensions"
LOADING = re.compile("Loading|Wird geladen")
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("dark", "light")

expect.set_options(timeout=PATIENCE_MILLISECONDS)


class Windows:
    """The windows of one test. At its end, whatever a page complained of and nobody expected fails the test."""

    def __init__(self, browser: Browser, plant: DemoPlant, states: dict[str, StorageState]) -> None:
        self._browser, self._plant, self._states = browser, plant, states
        self._contexts: list[BrowserContext] = []
        self._expected = [NOT_SIGNED_IN, JUST_ENDED]
        self.complaints: list[str] = []

    def expect_complaint(self, pattern: str) -> None:
        """Allow console errors that match, such as Chromium's own line about an answer of 409."""
        self._expected.append(pattern)

    async def open(
        self, who: str | None = None, *, width: int = 1280, height: int = 900, scheme: Scheme = "light",
        pages: str = "", fresh: bool = False, locale: str = "en-GB", at: str = "/",
    ) -> Page:  # fmt: skip
        """Open a person's window (signed in, once for all tests unless ``fresh``) at a page, or a stranger's."""
        known = self._states.get(who or "") if not fresh else None
        context = await self._browser.new_context(
            base_url=pages or self._plant.pages,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale=locale,
            timezone_id="Europe/London",
            storage_state=known,
            permissions=["clipboard-read", "clipboard-write"],
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        await context.add_init_script(LISTEN)
        page = await context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error.stack or error}"))
        if who is None:
            return page
        await page.goto(at if known else "/")
        if known is None:
            await sign_in(page, self._plant.people[who])
        await signed_in(page)
        if not fresh:
            self._states[who] = await context.storage_state()
        if known is None and at != "/":
            await page.goto(at)
        return page

    async def close(self) -> None:
        """Close everything and judge."""
        for context in self._contexts:
            for page in context.pages:
                self.complaints += await violations(page)
            await context.close()
        unexpected = [each for each in self.complaints if not any(re.search(known, each) for known in self._expected)]
        assert not unexpected, "pages complained:\n" + "\n".join(unexpected)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text} {message.location.get('url', '')}")


async def violations(page: Page) -> list[str]:
    """The violations of the page's Content-Security-Policy so far."""
    try:
        heard: list[str] = await page.evaluate("window.violations ?? []")
    except Error:
        return []
    return [f"violation: {each}" for each in heard]


async def sign_in(page: Page, person: Person) -> None:
    """Fill in the login page and send it; where that leads is for the caller to see."""
    await page.get_by_label("User name").fill(person.name)
    await page.get_by_label("Password", exact=True).fill(person.password)
    await page.get_by_label("Code", exact=True).fill(await person.app.code())
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def signed_in(page: Page) -> None:
    """Wait for the pages behind the door."""
    await expect(page.get_by_role("button", name="Signed in as")).to_be_visible()


async def read_german(page: Page) -> None:
    """Choose German, for all pages that this window opens from now on."""
    await page.evaluate("localStorage.setItem('wicketgate.language', 'de')")


async def shown(page: Page) -> None:
    """Wait until a page has its heading and everything that it asked for."""
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_role("status", name=LOADING)).to_have_count(0)


async def overhang(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    wider: int = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


async def stands_well(page: Page) -> None:
    """What is shown now is accessible in the light and the dark, and no wider than its window."""
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        assert await inaccessible(page) == [], scheme
    assert await overhang(page) == 0


async def cut_off(page: Page, within: str = "html") -> list[str]:
    """Texts of a part of a page that are longer than what is shown of them, and cannot be moved into view."""
    found: list[str] = await page.evaluate(CUT_OFF, within)
    return found


async def inaccessible(page: Page, within: str = "html") -> list[str]:
    """What axe finds against WCAG 2.2 AA in a part of a page, one line a finding."""
    if not await page.evaluate("'axe' in window"):
        # Evaluated over the debugger's connection: the page's own policy would refuse a script element.
        await page.evaluate(await asyncio.to_thread(AXE.read_text))
    # Where a page was moved to, its fixed bars may lie over half of a button, which axe takes for a small one.
    await page.evaluate("window.scrollTo({ top: 0, behavior: 'instant' })")
    found: dict[str, Any] = await page.evaluate("([part, options]) => axe.run(part, options)", [within, HOW])
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
