"""Real browser windows of real people: signed in through the login page, and listened to for what must not happen."""

import asyncio
import re
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page, StorageState, expect

from deploy.demo.plant import DemoPlant, Person

CHROMIUM = "/usr/bin/chromium"
PATIENCE_MILLISECONDS = 60_000
AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
# The pages find out by asking whether anybody is signed in: Chromium writes the "no" down as an error.
NOT_SIGNED_IN = r"status of 401 .*/api/v1/auth/whoami"
# Set when a policy of the page is violated, also where the console says nothing.
LISTEN = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    window.violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
  });
"""
# A page asks for the extensions of a session that ends at this moment.
JUST_ENDED = r"status of 404 .*/extensions"
Scheme = Literal["light", "dark"]

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
        pages: str = "", fresh: bool = False, locale: str = "en-GB",
    ) -> Page:  # fmt: skip
        """Open a window of a person's (signed in, once for all tests unless ``fresh``) or of a stranger's."""
        known = self._states.get(who or "") if not fresh else None
        context = await self._browser.new_context(
            base_url=pages or self._plant.pages,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale=locale,
            timezone_id="Europe/London",
            storage_state=known,
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        await context.add_init_script(LISTEN)
        page = await context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        if who is None:
            return page
        await page.goto("/")
        if known is None:
            await sign_in(page, self._plant.people[who])
        await signed_in(page)
        if not fresh:
            self._states[who] = await context.storage_state()
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


async def shown(page: Page) -> None:
    """Wait until a page has its heading and everything that it asked for."""
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_role("status", name="Loading")).to_have_count(0)


async def inaccessible(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, one line a finding."""
    # Evaluated over the debugger's connection: the page's own policy would refuse a script element.
    await page.evaluate(await asyncio.to_thread(AXE.read_text))
    found: dict[str, Any] = await page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
