"""One installation for each file of tests of the API."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.api.installation import Installation, installed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def installation(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """A broker with people of every role."""
    async with installed(tmp_path_factory.mktemp("broker")) as running:
        yield running
