"""The five words that a guard answers with, and what it saw."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar, dataclass_transform

from guards.reasons import UNSAID, Reason
from policies.rules import Tier

_T = TypeVar("_T")

Value = int | float | str | bool
"""A value as the protocol carries it: unscaled, and text where it is no number."""


@dataclass_transform(frozen_default=True)
def _value(cls: type[_T]) -> type[_T]:
    """Make a value class: frozen for the type checker only.

    Frozen at run time an operation takes five times as long to make, and several are made for every message.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


class Direction(StrEnum):
    """Which way bytes travel: from the user's tool towards the asset, or back."""

    TO_ASSET = "to_asset"
    TO_USER = "to_user"


class Verdict(StrEnum):
    """What became of an operation."""

    ALLOWED = "allowed"
    DENIED = "denied"
    ASKED = "asked"
    MALFORMED = "malformed"


class Part(NamedTuple):
    """One of several services in one message, or one that only carries another, with its own tier and objects."""

    function_code: int
    function: str
    tier: Tier
    objects: tuple[str, ...] = ()


@_value
class Operation:
    """One request or response that a guard saw.

    ``objects`` are the touched objects in the words of ``policies.protocols`` (``holding 100-119``, ``db10 4-7``,
    ``tag Motor.Speed``, ``class142 1``), ``values`` what was written or read, raw. ``unit`` and ``route`` are the
    sub-address, where the protocol has one; the route is written as fences write it. ``reason`` says why a denied
    operation was denied. ``transaction`` ties a response to its request. ``is_upload``: a program is read out.
    ``before`` is what stood before a write where it writes, a value for each element (``None``: not known), empty where
    nothing is known; ``is_before_read``: the guard read it right before. Otherwise it was seen on the stream.
    ``parts`` are the services in a message of several, in its order, with what carries them first.
    """

    direction: Direction
    protocol: str
    function_code: int
    function: str
    tier: Tier
    verdict: Verdict
    is_response: bool = False
    transaction: int | None = None
    unit: int | None = None
    objects: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    reason: Reason = UNSAID
    exception_code: int | None = None
    route: str = ""
    is_upload: bool = False
    before: tuple[Value | None, ...] = ()
    is_before_read: bool = False
    parts: tuple[Part, ...] = ()


@_value
class Forward:
    """Send these bytes on, unchanged."""

    direction: Direction
    data: bytes


@_value
class Reply:
    """Send these bytes, made by the guard: the answer to a refused operation, or a word of its own to either side."""

    direction: Direction
    data: bytes


@_value
class Observed:
    """Something was said; record it."""

    operation: Operation


@_value
class Ask:
    """The operation was refused for now; ask the operator on shift for exactly this one."""

    operation: Operation
    fingerprint: bytes


@_value
class Cut:
    """End the stream: what came cannot be understood, so nothing more is passed. After this, silence."""

    code: str
    reason: str


Effect = Forward | Reply | Observed | Ask | Cut


class Guard(Protocol):
    """The inspector of one stream.

    A filter passes on what it allows; a guard that terminates its protocol has a link of its own to each side and makes
    (``Reply``) all that it sends. Both keep the same promises.
    """

    def opened(self, now_monotonic: float) -> list[Effect]:
        """Speak first, where the protocol wants it; called once, when both sides are there, before any ``receive``."""
        ...

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Effect]:
        """Take the next bytes of one direction; any chunking of the same bytes gives the same effects."""
        ...

    def on_tick(self, now_monotonic: float) -> list[Effect]:
        """Give time to the guard: device silence, queued requests whose turn has come."""
        ...

    def next_tick_monotonic(self) -> float | None:
        """When ``on_tick`` is wanted at the latest, or ``None``."""
        ...

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """Let the operation of an earlier ``Ask`` pass once, if it is repeated exactly before ``until_monotonic``."""
        ...

    def asset_gone(self, now_monotonic: float) -> list[Effect]:
        """Answer what is still open because the asset's side ended."""
        ...

    def good_bye(self, now_monotonic: float) -> list[Effect]:
        """Take leave of the asset in its protocol; called at most once, before the FIN, however the stream ends.

        Also after a ``Cut``: it is the one thing that a guard says then. No answer will be passed on. What was said
        already, by the tool or by another guard on the way, is not said again.
        """
        ...
