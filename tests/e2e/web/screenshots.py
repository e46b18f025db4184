"""``make screenshots``: every page, light and dark, wide and on a phone, over a plant in the middle of a working day.

And on a phone in German, whose words are the longest.

python -m tests.e2e.web.screenshots [--only WORD] [--look WORD] [OUT]
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.chromium import start_chromium
from tests.e2e.plant import Plant
from tests.e2e.web.browser import Scheme, Windows, read_german, shown
from tests.e2e.web.plant_with_data import furnished
from tests.e2e.web.routes import VIEWS, filled, paths, who_sees

SIZES = {"wide": (1280, 860), "phone": (360, 740)}
LOOKS: tuple[tuple[Scheme, str, str], ...] = (
    ("light", "wide", "en"),
    ("light", "phone", "en"),
    ("dark", "wide", "en"),
    ("dark", "phone", "en"),
    ("light", "phone", "de"),
)
# Live operations come in batches: a page that shows them has some after this time.
SETTLE_MILLISECONDS = 1500


async def shoot(page: Page, path: str, file: Path) -> None:
    """One picture of one page."""
    await page.goto(path)
    await shown(page)
    await page.wait_for_timeout(SETTLE_MILLISECONDS)
    await page.screenshot(path=file)


async def tour(out: Path, only: str, look_only: str) -> None:
    """Start everything and take all pictures."""
    wanted = [path for path in (*paths(), *VIEWS) if only in path]
    with tempfile.TemporaryDirectory(prefix="wicketgate-screens-") as folder:
        async with (
            Plant(Path(folder)) as plant,
            furnished(plant) as places,
            async_playwright() as programs,
            await start_chromium(programs) as browser,
        ):
            windows = Windows(browser, plant, {})
            for scheme, size, language in LOOKS:
                width, height = SIZES[size]
                look = "-".join((scheme, size) if language == "en" else (scheme, size, language))
                if look_only not in look:
                    continue
                door = await windows.open(width=width, height=height, scheme=scheme, locale=language)
                await shoot(door, "/", out / f"door-{look}.png")
                for who in sorted({who_sees(path) for path in wanted}):
                    page = await windows.open(who, width=width, height=height, scheme=scheme)
                    if language == "de":
                        await read_german(page)
                    for path in (each for each in wanted if who_sees(each) == who):
                        await shoot(page, filled(path, places), out / f"{name(path)}-{look}.png")
            await windows.close()


def name(path: str) -> str:
    """A file name for a page."""
    return path.strip("/").replace("/:", "-one-").replace("/", "-").replace("?view=", "-") or "home"


def main() -> None:
    """Take the pictures into a folder."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=Path("screenshots"))
    parser.add_argument("--only", default="", help="pages whose path has this word")
    parser.add_argument("--look", default="", help="looks whose name has this word: dark, phone, phone-de")
    options = parser.parse_args()
    options.out.mkdir(exist_ok=True)
    asyncio.run(tour(options.out, options.only, options.look))
    print(f"{len(list(options.out.glob('*.png')))} pictures in {options.out}/")


if __name__ == "__main__":
    main()
