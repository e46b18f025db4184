"""A device before and after a session: two looks, and what differs between them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from guards.look import Difference, compare
from guards.shortfalls import short

NOTHING_TO_COMPARE = short("nothing_to_compare")


class Outcome(StrEnum):
    """What two looks say together."""

    PENDING = "pending"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    NOT_TAKEN = "not_taken"
    """One of them could not be taken, or not to its end: it says nothing, and why."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One look: when, what the device told, and why that is not all that it could have told (or nothing)."""

    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it came to its end, and the device told anything."""
        return not self.problem and bool(self.facts)

    @property
    def shortcoming(self) -> str:
        """Why it cannot be compared; empty if it can."""
        return self.problem or ("" if self.facts else short("told_nothing"))

    def as_json(self) -> dict[str, Any]:
        """Return it for record, row and API."""
        return {"at": self.at.isoformat(), "facts": dict(self.facts), "problem": self.shortcoming}


class Fingerprint:
    """Of one session. ``look_again`` is left by whoever looked first, where a second look can be compared with it."""

    def __init__(self) -> None:
        self.before: Taken | None = None
        self.after: Taken | None = None
        self.look_again: Callable[[], Awaitable[None]] | None = None
        self.is_over = False

    def conclude(self, at: datetime, why: str) -> None:
        """The session has ended: what was not looked at by now is not looked at any more, and ``why``."""
        self.is_over = True
        self.before = self.before or Taken(at, problem=short("nobody_connected"))
        self.after = self.after or Taken(at, problem=why if self.before.is_whole else NOTHING_TO_COMPARE)

    @property
    def differences(self) -> list[Difference]:
        """What differs; nothing unless both looks are whole."""
        before, after = self.before, self.after
        if before is None or after is None or not (before.is_whole and after.is_whole):
            return []
        return compare(before.facts, after.facts)

    @property
    def outcome(self) -> Outcome:
        """What the looks say together, as far as they were taken."""
        if self.differences:
            return Outcome.CHANGED
        looks = (self.before, self.after)
        if all(look is not None and look.is_whole for look in looks):
            return Outcome.UNCHANGED
        is_lacking = any(look is not None and not look.is_whole for look in looks)
        return Outcome.NOT_TAKEN if self.is_over or is_lacking else Outcome.PENDING

    @property
    def reason(self) -> str:
        """Why it was not taken."""
        if self.outcome is not Outcome.NOT_TAKEN:
            return ""
        named = (("before", self.before), ("after", self.after))
        return "; ".join(f"{name}: {look.shortcoming}" for name, look in named if look and look.shortcoming)

    def as_json(self) -> dict[str, Any]:
        """Return all of it, for row and API."""
        return {
            "outcome": self.outcome.value,
            "reason": self.reason,
            "before": self.before.as_json() if self.before else None,
            "after": self.after.as_json() if self.after else None,
            "differences": [one._asdict() for one in self.differences],
        }
