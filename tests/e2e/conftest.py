"""One plant for each worker: it takes ten seconds to build, and journeys leave it as they found it."""

import tempfile
from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.plant import Plant


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def plant() -> AsyncIterator[Plant]:
    """A whole installation: broker, agent, PLC and SSH host as processes. Whoever kills one starts it again."""
    # Not pytest's own folders: those are kept, and recordings of bulk transfers are large.
    with tempfile.TemporaryDirectory(prefix="wicketgate-e2e-") as folder:
        async with Plant(Path(folder)) as running:
            yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the programs said last when a journey fails: their folder does not outlive the run."""
    report = yield
    running = getattr(item, "funcargs", {}).get("plant")
    if report.failed and isinstance(running, Plant):
        for log in sorted(running.folder.glob("*.log")):
            report.sections.append((log.name, "\n".join(log.read_text(errors="replace").splitlines()[-25:])))
    return report
