"""A replay is moved through: closer and further, faster, and past what was idle; each changes what is shown."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from deploy.demo.plant import SITE
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, shown
from tests.e2e.web.plant_with_data import say

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

PLC = f"{SITE}/pump-plc"
WRITE, FIRST, LAST = 6, 631, 632
# So long nothing is said in the recording: idle is from three seconds on.
IDLE_SECONDS = 14
WATCHED_SECONDS = 2
# Behind what the page had still to draw; its timers stand still.
DRAWN = """() => new Promise((done) => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => done();
  channel.port2.postMessage(null);
})"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def recording(plant: Plant) -> str:
    """A write, a long silence, and a write."""
    request = await plant.granted(
        PLC, "modbus", approvers=("operator-1", "operator-2"), ticket="CHG-20790", tiers=["read", "operate"]
    )
    async with plant.tunnel(PLC, grant=request["grant"]) as tunnel:
        stream = await tunnel.connect()
        await say(stream, (WRITE, 100, FIRST))
        await asyncio.sleep(IDLE_SECONDS)
        await say(stream, (WRITE, 100, LAST))
    return str(tunnel.session["recording"])


async def opened(windows: Windows, recording: str) -> tuple[Page, Locator]:
    """The recording at its beginning, and its time line."""
    page = await windows.open("auditor")
    await page.goto(f"/recordings/{recording}")
    await shown(page)
    # Once the clock is stopped, nothing more is read.
    await expect(page.get_by_role("listbox").get_by_text(str(LAST)).first).to_be_visible()
    line = page.get_by_role("slider", name="Time")
    await line.focus()
    await page.keyboard.press("Home")
    await expect(line).to_have_attribute("aria-valuenow", "0")
    return page, line


async def middle(line: Locator) -> int:
    """Which second of the recording lies in the middle of what the time line shows; goes back to its beginning."""
    box = await line.bounding_box()
    assert box is not None
    await line.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    await expect(line).not_to_have_attribute("aria-valuenow", "0")
    found = int(await line.get_attribute("aria-valuenow") or -1)
    await line.press("Home")
    return found


async def seconds_in(page: Page) -> float:
    """Where the replay is, in seconds since the recording's start."""
    text = await page.get_by_text(re.compile(r"^\d+:\d\d:\d\d\.\d / ")).inner_text()
    hours, minutes, seconds = text.split(" / ")[0].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


async def played(page: Page) -> float:
    """Play from the beginning for some seconds of the page's own clock; return how far it came."""
    await page.get_by_role("slider", name="Time").press("Home")
    before = await seconds_in(page)
    await page.get_by_role("button", name="Play", exact=True).click()
    await page.clock.run_for(WATCHED_SECONDS * 1000)
    await page.evaluate(DRAWN)
    after = await seconds_in(page)
    pause = page.get_by_role("button", name="Pause")
    if await pause.count():
        await pause.click()
    return after - before


async def stop_the_clock(page: Page) -> None:
    """From now on time passes in the page only when a test says so."""
    now = datetime.now(UTC)
    await page.clock.install(time=now)
    await page.clock.pause_at(now + timedelta(minutes=1))


async def test_looking_closer_shows_less_of_the_time(windows: Windows, recording: str) -> None:
    async with patience(120):
        page, line = await opened(windows, recording)
        whole = await middle(line)
        assert whole >= IDLE_SECONDS // 2
        await page.get_by_role("button", name="Look closer").click()
        await page.get_by_role("button", name="Look closer").click()
        closer = await middle(line)
        assert closer <= whole // 2
        await page.get_by_role("button", name="Look from further away").click()
        assert closer < await middle(line) < whole
        await page.get_by_role("button", name="Show all of it").click()
        assert await middle(line) == whole


async def test_a_found_operation_is_gone_to(windows: Windows, recording: str) -> None:
    async with patience(120):
        page, line = await opened(windows, recording)
        await page.get_by_role("textbox", name="Find in functions, objects, values").fill(str(LAST))
        rows = page.get_by_role("listbox", name="Found operations").get_by_role("option")
        await expect(rows.first).to_contain_text(str(LAST))
        await expect(rows.filter(has_text=str(FIRST))).to_have_count(0)
        await rows.first.click()
        await expect(line).not_to_have_attribute("aria-valuenow", "0")
        assert await seconds_in(page) >= IDLE_SECONDS - 1
        await expect(rows.first).to_have_attribute("aria-selected", "true")


async def test_a_faster_replay_comes_further_in_the_same_time(windows: Windows, recording: str) -> None:
    async with patience(120):
        page, _ = await opened(windows, recording)
        await page.get_by_label("Skip idle times").uncheck()
        await stop_the_clock(page)
        slow = await played(page)
        await page.get_by_label("Speed").select_option("5")
        fast = await played(page)
        assert slow == pytest.approx(WATCHED_SECONDS, abs=0.3)
        assert fast == pytest.approx(5 * WATCHED_SECONDS, abs=1)


async def test_idle_times_are_passed_over_where_that_is_wanted(windows: Windows, recording: str) -> None:
    async with patience(120):
        page, _ = await opened(windows, recording)
        shown_now = page.get_by_role("listbox").get_by_role("option", selected=True)
        await stop_the_clock(page)
        await page.get_by_label("Skip idle times").uncheck()
        assert await played(page) < IDLE_SECONDS / 2
        await expect(shown_now).to_contain_text(str(FIRST))
        await page.get_by_label("Skip idle times").check()
        assert await played(page) >= IDLE_SECONDS - 1
        await expect(shown_now).to_contain_text(str(LAST))
