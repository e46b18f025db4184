"""The five words that a guard answers with, and what it saw."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar, dataclass_transform

from policies.rules import Tier

_T = TypeVar("_T")


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


@_value
class Operation:
    """One request or response that a guard saw.

    ``objects`` are the touched objects in the protocol's own words (``holding 100-119``), ``values`` what was written
    or read, raw. ``reason`` says why a denied operation was denied. ``transaction`` ties a response to its request.
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
    values: tuple[int, ...] = ()
    reason: str = ""
    exception_code: int | None = None


@_value
class Forward:
    """Send these bytes on, unchanged."""

    direction: Direction
    data: bytes


@_value
class Reply:
    """Send these bytes, made by the guard, back where the refused operation came from."""

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
    """The inspector of one stream."""

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Effect]:
        """Take the next bytes of one direction; any chunking of the same bytes gives the same effects."""
        ...

    def on_tick(self, now_monotonic: float) -> list[Effect]:
        """Give time to the guard: device silence, queued requests whose turn has come."""
        ...

    def next_tick_monotonic(self) -> float | None:
        """When ``on_tick`` is wanted at the latest, or ``None``."""
        ...

    def asset_gone(self, now_monotonic: float) -> list[Effect]:
        """Answer what is still open because the asset's side ended."""
        ...
