"""What a device can tell of a write to it, out of its own memory: what stood there, and what stands there now."""

import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

Value = int | float | str | bool


class Told(NamedTuple):
    """One object of a write, in the words of the change log, and the device's own word on it."""

    object: str
    before: Value
    after: Value


Write = Callable[[], Awaitable[Sequence[Told]]]
"""Writes something at random; returns what the device says of it."""


class Witness(Protocol):
    """A device that knows what was written to it. ``writes``: so many take some ten seconds on the whole way."""

    protocol: str
    writes: int

    def __init__(self, chance: random.Random) -> None:
        """Decide by ``chance``."""
        ...

    def running(self) -> AbstractAsyncContextManager[int]:
        """Serve on a loopback port."""
        ...

    def tool(self, port: int) -> AbstractAsyncContextManager[Write]:
        """Connect a tool of this protocol to a port: the device's own, or one that leads through a session."""
        ...


def told(objects: Sequence[str], before: Sequence[Value], after: Sequence[Value]) -> list[Told]:
    """Put what a device held before and after beside the objects."""
    return [Told(*each) for each in zip(objects, before, after, strict=True)]
