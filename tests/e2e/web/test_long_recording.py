"""A recording of a long day is read in parts: what is in sight, and never the whole of it."""

import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Page, Response, expect

from benchmarks.big_recording import add_apart
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows
from tests.e2e.web.quiet import Quiet

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

OPERATIONS, HOURS = 110_000, 8.0
# What is smaller is proved as it is opened, which reads all of it.
PROVED_AT_ONCE_BYTES = 32 * 1024 * 1024
RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
# Of the sealed bytes the page reads both ends: what begins and closes the recording, and its index.
MOST_OF_THE_FILE = 1 / 10
# Blocks of 150 rows, and those around what is in sight.
MOST_OPERATIONS = 2000
# As many rows as a tall window shows, and some more.
MOST_ROWS = 100


class Fetched:
    """Counts what a page reads of a recording."""

    def __init__(self, page: Page, recording: str) -> None:
        self._recording = recording
        self.is_whole = False
        self.size = self.bytes = self.operations = 0
        self.segments: set[int] = set()
        page.on("response", self._take)

    async def _take(self, response: Response) -> None:
        address = urlsplit(response.url)
        if address.path.endswith(f"/recordings/{self._recording}/content"):
            part = RANGE.fullmatch(response.headers.get("content-range", ""))
            if part is None:
                self.is_whole = True
                return
            first, last, self.size = map(int, part.groups())
            self.bytes += last - first + 1
        elif address.path.endswith(f"/recordings/{self._recording}/operations"):
            query = parse_qs(address.query)
            first, count = int(query["segment"][0]), int(query["segments"][0])
            self.segments |= set(range(first, first + count))
            self.operations += len((await response.json())["items"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def recording(plant: Plant) -> AsyncIterator[str]:
    """Some hours of polling, among the broker's own recordings."""
    yield await add_apart(plant.folder / "broker", OPERATIONS, HOURS)


async def test_only_a_small_part_of_a_long_recording_is_read_to_show_it_and_to_seek_in_it(
    plant: Plant, windows: Windows, recording: str
) -> None:
    # No session of this broker was recorded there.
    windows.expect_complaint("status of 404 .*/api/v1/sessions/")
    async with patience(180):
        page = await windows.open("auditor")
        fetched, quiet = Fetched(page, recording), Quiet(page)
        await page.goto(f"/recordings/{recording}")
        rows = page.get_by_role("listbox").get_by_role("option")
        chosen = page.get_by_role("listbox").get_by_role("option", selected=True)
        await expect(chosen).to_contain_text("holding")
        await quiet.come()

        told = await plant.apis["auditor"].get(f"/recordings/{recording}")
        assert told["size"] > PROVED_AT_ONCE_BYTES
        assert not fetched.is_whole
        assert 0 < fetched.bytes < told["size"] * MOST_OF_THE_FILE
        assert fetched.size == told["size"]
        assert 0 < fetched.operations < MOST_OPERATIONS
        assert len(fetched.segments) < told["segments"] / 10
        assert await chosen.get_attribute("aria-setsize") == str(OPERATIONS)
        assert 0 < await rows.count() < MOST_ROWS

        bytes_before, operations_before, segments_before = fetched.bytes, fetched.operations, set(fetched.segments)
        line = page.get_by_role("slider", name="Time")
        box = await line.bounding_box()
        assert box is not None
        quiet.begin()
        await line.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
        await expect(line).not_to_have_attribute("aria-valuenow", "0")
        await expect(chosen).to_contain_text("holding")
        await quiet.come()
        assert abs(int(await chosen.get_attribute("aria-posinset") or 0) - OPERATIONS / 2) < OPERATIONS / 50
        assert fetched.bytes == bytes_before
        assert 0 < fetched.operations - operations_before < MOST_OPERATIONS
        assert min(fetched.segments - segments_before) > told["segments"] / 3
        assert 0 < await rows.count() < MOST_ROWS
        assert not fetched.is_whole
