"""A plugin for pytest: writes down what a guard's own tests say to it, as a corpus to begin a harness with.

``SEEDS=corpus python -m pytest -p tests.fuzz.seeds tests/unit/guards/s7``, then give ``corpus`` to the harness. Those
harnesses that do not wrap what they say want ``SEED_HEAD=1``: their steps have one byte before them, the others' two.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from guards.datagram_guard import DatagramGuard
from guards.effects import Direction, Effect
from guards.opcua.guard import OpcUaGuard
from guards.stream_guard import StreamGuard

_PLAIN = b"" if os.environ.get("SEED_HEAD") == "1" else b"\0"
_MAX_STEP_BYTES = 127
_MAX_SEED_BYTES = 4096
_said: dict[int, tuple[object, list[tuple[Direction, bytes]]]] = {}
"""By guard, which is kept so that no other gets its number."""


def pytest_configure() -> None:
    """Listen to every guard."""
    for kind in (StreamGuard, DatagramGuard, OpcUaGuard):
        if "receive" in vars(kind):
            kind.receive = _listening(kind.receive)  # type: ignore[method-assign]


def pytest_runtest_teardown() -> None:
    """Write down what the test said to each guard."""
    corpus = Path(os.environ["SEEDS"])
    corpus.mkdir(parents=True, exist_ok=True)
    for _, steps in _said.values():
        seed = b"".join(_step(direction, data) for direction, data in steps)
        if 0 < len(seed) < _MAX_SEED_BYTES:
            (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    _said.clear()


def _listening(receive: Callable[..., list[Effect]]) -> Callable[..., list[Effect]]:
    def listen(guard: object, direction: Direction, data: bytes, now: float) -> list[Effect]:
        _said.setdefault(id(guard), (guard, []))[1].append((direction, bytes(data)))
        return receive(guard, direction, data, now)

    return listen


def _step(direction: Direction, data: bytes) -> bytes:
    side = 0x80 if direction is Direction.TO_USER else 0
    pieces = (data[at : at + _MAX_STEP_BYTES] for at in range(0, len(data), _MAX_STEP_BYTES))
    return b"".join(bytes([len(piece) | side]) + _PLAIN + piece for piece in pieces)
