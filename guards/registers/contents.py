"""What a request means and what an answer says, whatever the protocol: the values that the rest is written in."""

from collections.abc import Callable, Hashable
from typing import NamedTuple, Protocol

from guards.effects import Value
from guards.given import Access
from guards.reasons import UNSAID, Reason
from guards.refusal import Answer, Cause
from policies.rules import Tier

ReadAnswer = Callable[[bytes], "tuple[Access, ...] | None"]
"""Takes what follows the end code of a good answer; returns what was read, ``None`` if it has another shape."""


def nothing_read(_: bytes) -> tuple[Access, ...]:
    """Return that an answer tells about no object."""
    return ()


class Head(NamedTuple):
    """What is told by a request's head. ``key`` is what its answer shares with it, ``said`` all but its reference.

    ``wants_answer``: somebody answers it. What nobody answers cannot be refused but by silence. ``has_reference``: its
    answer bears a mark of this request, and not of its kind alone.
    """

    key: Hashable
    said: bytes
    route: str
    transaction: int | None
    wants_answer: bool = True
    has_reference: bool = True


class Contents(NamedTuple):
    """The meaning of a request.

    A name in what it touches is a bit of the word at that address. ``is_status``: it tells about the device and not
    about the process, so that no narrowing of objects concerns it. ``fault``: why it cannot be understood.
    ``is_certain``: what it touches has been told exactly; else nothing is learned from it.
    """

    code: int
    function: str
    tier: Tier
    reads: tuple[Access, ...] = ()
    writes: tuple[Access, ...] = ()
    read_answer: ReadAnswer = nothing_read
    is_upload: bool = False
    is_status: bool = False
    fault: Reason = UNSAID
    is_certain: bool = True

    @property
    def objects(self) -> tuple[str, ...]:
        """What it touches, as the record names it: of a write first what it writes, then what it reads for that."""
        written = tuple(str(access.touched) for access in self.writes)
        also = "read " if written else ""
        return (*written, *(f"{also}{access.touched}" for access in self.reads))

    @property
    def values(self) -> tuple[Value, ...]:
        """What it would write."""
        return values_of(self.writes)


class Heard(NamedTuple):
    """An answer. ``code`` is its end code, ``None`` when all went well; ``data`` what follows it."""

    key: Hashable
    command: int | None
    route: str
    transaction: int | None
    code: int | None
    data: bytes


class Codec(Protocol):
    """One protocol, message by message; nothing raises, and what is wrong is told in words."""

    @property
    def protocol(self) -> str:
        """What policies call it."""
        ...

    @property
    def references(self) -> int:
        """How many there are, where requests have one."""
        ...

    def is_answer(self, message: bytes) -> bool:
        """Tell an answer from a request by what stands in it."""
        ...

    def head(self, message: bytes) -> Head | Reason:
        """Read the head of a request."""
        ...

    def contents(self, message: bytes) -> Contents:
        """Read a request whose head was read."""
        ...

    def heard(self, message: bytes) -> Heard | Reason:
        """Read an answer."""
        ...

    def named(self, command: int) -> tuple[str, Tier]:
        """Return name and tier of a command, for an answer whose request nobody saw."""
        ...

    def reading(self, message: bytes, reference: int) -> bytes | None:
        """Word the read of exactly what a request writes that was read, under this reference; ``None`` if none can."""
        ...

    def refuse(self, message: bytes, contents: Contents, cause: Cause) -> Answer:
        """Word the refusal of a request whose head was read."""
        ...


def values_of(accesses: tuple[Access, ...]) -> tuple[Value, ...]:
    """Return all values of some objects, in their order."""
    return tuple(value for access in accesses for value in access.values)
