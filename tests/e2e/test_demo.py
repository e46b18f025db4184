"""The demo tells its whole story through the real command-line programs, and leaves nothing behind."""

import sys
from pathlib import Path

import pytest

from deploy.demo.programs import run_once

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

ROOT = Path(__file__).parents[2]
STORY_SECONDS = 240.0


async def test_the_story_that_the_demo_tells_is_as_promised(tmp_path: Path) -> None:
    starter = f"import os, runpy; os.chdir({str(tmp_path)!r}); runpy.run_module('deploy.demo', run_name='__main__')"
    code, printed, errors = await run_once(
        [sys.executable, "-c", starter, "--once"], environment={"PYTHONPATH": str(ROOT)}, seconds=STORY_SECONDS
    )
    assert code == 0, printed + errors
    assert printed.splitlines()[-1] == "Everything was as promised."
    assert list(tmp_path.iterdir()) == []
