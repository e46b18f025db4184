"""``wicket inspect`` as a process: Ctrl-C, a reader that goes away, a terminal that wants to know how far it is."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.integration.captures.crafted import READ, opened
from tests.unit.client.captures.wire import pcap

pytestmark = pytest.mark.integration
MAIN = "from client.cli import main; main()"
PATIENCE_SECONDS = 60


def capture(count: int) -> bytes:
    talk, frames = opened()
    return pcap([*frames, *(talk.ask(READ) for _ in range(count))])


def test_ctrl_c_ends_it_while_it_waits_for_more_and_what_was_read_is_printed() -> None:
    """Whoever starts this test may have Ctrl-C ignored, and so would the process."""
    minds = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", minds + MAIN, "inspect", "-", "--json"]
    source, sink = os.pipe()  # it stays open: more could come
    with subprocess.Popen(command, stdin=source, stdout=PIPE, stderr=PIPE) as process:
        assert process.stdout is not None
        os.write(sink, capture(300))
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        try:
            printed, said = process.communicate(timeout=PATIENCE_SECONDS)
        finally:
            process.kill()
            os.close(source)
            os.close(sink)
    assert said.decode() == "wicket: interrupted\n"
    assert process.returncode == 130
    assert len((first + printed).splitlines()) >= 256


def test_a_reader_that_goes_away_is_no_fault_worth_words(tmp_path: Path) -> None:
    path = tmp_path / "long.pcap"
    path.write_bytes(capture(5000))
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, "inspect", str(path), "--json"], stdout=PIPE, stderr=PIPE
    ) as one:
        assert one.stdout is not None
        assert one.stderr is not None
        assert one.stdout.readline().startswith(b"{")
        one.stdout.close()
        assert one.stderr.read() == b""
        assert one.wait(PATIENCE_SECONDS) == 1


def test_a_terminal_is_told_how_far_it_is_and_a_file_is_not(tmp_path: Path) -> None:
    path = tmp_path / "long.pcap"
    path.write_bytes(capture(5000))
    every_time = "import client.reading as reading; reading._EVERY_SECONDS = 0; " + MAIN
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", every_time, "inspect", str(path), "--json"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=theirs, timeout=PATIENCE_SECONDS, check=True)
    os.close(theirs)
    shown = os.read(ours, 4096).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "long.pcap: 2" in shown
    assert shown.endswith("\r\x1b[K")
    quiet = subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS, check=True)
    assert quiet.stderr == b""
