"""A headless Chromium for each worker, and the plants that its windows look at."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, StorageState, async_playwright

from tests.chromium import start_chromium
from tests.e2e.plant import Plant
from tests.e2e.web.browser import Windows


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as programs:
        running = await start_chromium(programs)
        yield running
        await running.close()


@pytest.fixture(scope="session")
def states() -> dict[str, StorageState]:
    """The cookies of everybody who has signed in through the login page so far."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def windows(browser: Browser, plant: Plant, states: dict[str, StorageState]) -> AsyncIterator[Windows]:
    """The windows of one test; what their pages complain of fails it."""
    opened = Windows(browser, plant, states)
    yield opened
    await opened.close()
