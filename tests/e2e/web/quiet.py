"""When a page has done what a press set off: fetched what it needed, and moved what it moves."""

from playwright.async_api import Page, Request, expect

from tests.e2e.web.browser import LOADING

STILL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const moving = () => document.getAnimations().filter(
    (each) => each.playState === "running" && each.effect?.getComputedTiming().endTime !== Infinity,
  );
  await frame();
  await frame();
  for (let left = moving(); left.length > 0; left = moving()) {
    await Promise.allSettled(left.map((each) => each.finished));
    await frame();
  }
}"""


class Quiet:
    """Listens to what a page fetches. What goes on for ever, such as an outline that pulses, is no movement."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._on_the_way: set[Request] = set()
        page.on("request", self._sent)
        page.on("requestfinished", self._over)
        page.on("requestfailed", self._over)

    def _sent(self, request: Request) -> None:
        self._on_the_way.add(request)

    def _over(self, request: Request) -> None:
        self._on_the_way.discard(request)

    def begin(self) -> None:
        """Wait only for what begins from now on."""
        self._on_the_way.clear()

    async def come(self) -> None:
        """Wait until nothing is on its way and nothing moves."""
        await self._page.evaluate(STILL)
        while self._on_the_way:
            await self._page.evaluate(STILL)
        # React shows what has arrived when it sees fit; until then something stands in its place that says so.
        await expect(self._page.get_by_role("status", name=LOADING)).to_have_count(0)
        await self._page.evaluate(STILL)
