"""Whoever reads the end of a long run learns there why tests could not begin."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CANNOT_BEGIN = """
import pytest

@pytest.fixture(scope="session")
def plant():
    raise RuntimeError("the broker ended with 1:\\nno such folder")

@pytest.mark.parametrize("n", range(3))
def test_needs_a_plant(plant, n):
    pass

@pytest.fixture
def browser():
    raise OSError("no browser here")

def test_needs_a_browser(browser):
    pass

def test_fails():
    raise ValueError("began and failed")
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_each_error_of_a_set_up_stands_once_at_the_end_with_its_count(tmp_path: Path, workers: str) -> None:
    (tmp_path / "test_made.py").write_text(CANNOT_BEGIN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-n", workers, f"--rootdir={tmp_path}"]
    ran = subprocess.run(
        [*command, "-c", "/dev/null", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    end = ran.stdout.partition("why set-ups failed")[2]
    assert "3 x RuntimeError: the broker ended with 1:\nno such folder\n1 x OSError: no browser here\n" in end, (
        ran.stdout
    )
    assert "short test summary" not in end
    assert "began and failed" not in end


def test_nothing_is_said_where_all_could_begin(tmp_path: Path) -> None:
    (tmp_path / "test_made.py").write_text("def test_fails():\n    raise ValueError\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", f"--rootdir={tmp_path}", "-c", "/dev/null"]
    ran = subprocess.run([*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert "1 failed" in ran.stdout
    assert "set-ups" not in ran.stdout
