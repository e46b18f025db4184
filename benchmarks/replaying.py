"""How long a browser takes to open a recording of a long day, and to seek in it: ``make bench-replay``.

A broker and Chromium, a million operations in eight hours. Opening is timed from a cold page to the first operations,
a seek from the press on the time line to the operation that was said then.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from playwright.async_api import Page, async_playwright

from benchmarks.big_recording import add_apart
from tests.chromium import start_chromium
from tests.e2e.plant import Plant
from tests.e2e.web.browser import Windows

OPENINGS, SEEKS = 7, 25
SELECTED = "[role=listbox] [role=option][aria-selected=true]"
SHOWN = f"() => /\\d/.test(document.querySelector({SELECTED!r})?.innerText ?? '')"
SEEK = f"""async (part) => {{
  const line = document.querySelector('[role=slider]');
  const box = line.getBoundingClientRect();
  const text = () => document.querySelector({SELECTED!r})?.innerText ?? '';
  const before = text();
  const at = {{ clientX: box.left + box.width * part, clientY: box.top + box.height / 2, bubbles: true, pointerId: 1 }};
  const began = performance.now();
  line.setPointerCapture = () => undefined;
  line.dispatchEvent(new PointerEvent('pointerdown', at));
  line.dispatchEvent(new PointerEvent('pointerup', at));
  while (!/\\d/.test(text()) || text() === before) {{
    if (performance.now() - began > 20000) throw new Error(`nothing was shown: ${{text()}}`);
    await new Promise(requestAnimationFrame);
  }}
  return performance.now() - began;
}}"""


async def opened(page: Page, path: str) -> float:
    """Milliseconds from a page that knows nothing to the first operations in sight."""
    await page.goto("about:blank")
    began = time.perf_counter()
    await page.goto(path)
    await page.wait_for_function(SHOWN)
    return (time.perf_counter() - began) * 1000


async def main() -> int:
    """Make the recording, open it and seek in it; return the exit code, 1 where a median misses its goal."""
    missed = 0
    with tempfile.TemporaryDirectory(prefix="wicketgate-replay-") as folder:
        async with (
            Plant(Path(folder)) as plant,
            async_playwright() as programs,
            await start_chromium(programs) as browser,
        ):
            print("Writing a million operations ...", flush=True)
            path = f"/recordings/{await add_apart(plant.folder / 'broker')}"
            windows = Windows(browser, plant, {})
            windows.expect_complaint("status of 404 .*/api/v1/sessions/")  # it was written by no session
            page = await windows.open("auditor")
            openings = [await opened(page, f"{plant.pages}{path}") for _ in range(OPENINGS)]
            seeks = [await page.evaluate(SEEK, (number * 0.37 + 0.11) % 1) for number in range(SEEKS)]
            for name, times, goal in (("opening", openings, 2000), ("seeking", seeks, 300)):
                median = statistics.median(times)
                missed += median > goal
                print(f"{name:8} median {median:6.0f} ms   worst {max(times):6.0f} ms   goal {goal} ms")
            await windows.close()
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
