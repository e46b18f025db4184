"""Reading large files for somebody who waits: how far it has come, and Ctrl-C at once."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from client.output import clean

_EVERY_SECONDS = 0.5
_EVERY_STEPS = 1024


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end work that never waits for anything: the event loop would only take note of it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Progress:
    """Says on a terminal (standard error) how much of a file is read; nothing elsewhere, nor within half a second."""

    def __init__(self, path: Path, *, wanted: bool = True) -> None:
        """Begin; a file of unknown size (a pipe) has no progress."""
        self._total = path.stat().st_size if path.is_file() else 0
        self._is_shown = wanted and bool(self._total) and sys.stderr.isatty()
        self._name = path.name
        self._next_monotonic = time.monotonic() + _EVERY_SECONDS
        self._steps = 0
        self._is_dirty = False

    def step(self, file: BinaryIO) -> None:
        """Take note that something more of the file was read."""
        self._steps += 1
        if not self._is_shown or self._steps % _EVERY_STEPS or time.monotonic() < self._next_monotonic:
            return
        self._next_monotonic = time.monotonic() + _EVERY_SECONDS
        self._is_dirty = True
        percent = min(100, 100 * file.tell() // self._total)
        click.echo(f"\r{clean(self._name)}: {percent} % ", err=True, nl=False)

    def close(self) -> None:
        """Take the line away again."""
        if self._is_dirty:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._is_dirty = False
