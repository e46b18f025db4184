"""The ceiling follows its file, and fails closed."""

import os
from pathlib import Path

import pytest

from agent.ceiling import Ceiling
from agent.ceiling_source import CeilingSource
from agent.refusals import Refusal, RefusalCode

TEXT = "version: 1\nsite: ste_north\ntargets: []\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "ceiling.yaml"
    file.write_text(TEXT)
    file.chmod(0o644)
    return file


def source(path: Path, site: str = "ste_north") -> CeilingSource:
    return CeilingSource(path, site=site, guarded_protocols=frozenset({"modbus"}))


def refused(found: CeilingSource) -> str:
    assert isinstance(found.current, Refusal)
    assert found.current.code is RefusalCode.CEILING_INVALID
    assert found.digest == "invalid"
    return found.current.detail


def test_a_good_file_is_in_force(path: Path) -> None:
    assert isinstance(source(path).current, Ceiling)


def test_a_change_counts_from_the_next_look_on(path: Path) -> None:
    found = source(path)
    assert not found.refresh()
    path.write_text(TEXT + "# changed\n")
    assert found.refresh()


def test_a_replaced_file_of_equal_size_and_time_is_noticed(path: Path) -> None:
    found = source(path)
    times = path.stat()
    other = path.with_name("new")
    other.write_text(TEXT.replace("north", "south"))
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.chmod(0o644)
    other.replace(path)
    assert found.refresh()
    assert "ste_south" in refused(found)


def test_a_missing_file_allows_nothing(path: Path) -> None:
    found = source(path)
    path.unlink()
    found.refresh()
    assert "no such file" in refused(found)


def test_a_wrong_file_allows_nothing_and_names_the_line(path: Path) -> None:
    path.write_text(TEXT + "colour: red\n")
    assert "line 4: unknown key 'colour'" in refused(source(path))


@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_a_file_that_others_may_write_is_not_taken(path: Path, mode: int) -> None:
    path.chmod(mode)
    assert "chmod go-w" in refused(source(path))


def test_a_file_for_another_site_is_not_taken(path: Path) -> None:
    assert "this agent serves ste_south" in refused(source(path, "ste_south"))


def test_bytes_that_are_no_text_are_not_taken(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in refused(source(path))
