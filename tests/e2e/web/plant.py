"""The demo's plant with its pages on localhost, and people who look at them in a real Chromium."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, Page, expect

from deploy.demo.plant import DemoPlant

SIZES = {"wide": {"width": 1280, "height": 860}, "phone": {"width": 360, "height": 740}}
VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""
Size = Literal["wide", "phone"]
Scheme = Literal["light", "dark"]


class PagesPlant(DemoPlant):
    """A plant and its pages; whoever signed in once stays signed in for the next visit."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._cookies: dict[str, Any] = {}

    @asynccontextmanager
    async def visit(
        self, browser: Browser, user: str, *, size: Size = "wide", scheme: Scheme = "light"
    ) -> AsyncIterator[Page]:
        """A page of somebody who is signed in. Violations of the page's policy fail the test at its end."""
        context = await browser.new_context(
            viewport=SIZES[size],  # type: ignore[arg-type]
            color_scheme=scheme,
            locale="en-GB",
            storage_state=self._cookies.get(user),
        )
        await context.add_init_script(VIOLATIONS)
        try:
            page = await context.new_page()
            await page.goto(self.pages)
            if user not in self._cookies:
                await self.sign_in(page, user)
            self._cookies[user] = await context.storage_state()
            yield page
            assert await page.evaluate("window.violations") == []
        finally:
            await context.close()

    async def sign_in(self, page: Page, user: str) -> None:
        """Fill in whatever form asks who is there."""
        person = self.people[user]
        name = page.get_by_label("User name")
        if await name.is_editable():
            await name.fill(user)
        await page.get_by_label("Password", exact=True).fill(person.password)
        await page.get_by_label("Code", exact=True).fill(await person.app.code())
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(name).to_be_hidden()

    async def forget(self, user: str) -> None:
        """The login that was kept for a user is over."""
        self._cookies.pop(user, None)
