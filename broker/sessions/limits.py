"""How many sessions and streams may be open at once; each refusal says which limit and how large it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from broker.sessions.errors import LimitReachedError


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """The product's own limits; a policy or a service has its own beside them."""

    sessions_per_user: int = 10
    sessions_per_asset: int = 4
    sessions_per_agent: int = 200


@dataclass(frozen=True, slots=True)
class Load:
    """One thing that is counted: what it is called, how many there are, how many there may be."""

    name: str
    open_now: int
    limit: int | None


def check(loads: Iterable[Load]) -> None:
    """Raise ``LimitReachedError`` for the first load that has no room for one more."""
    for load in loads:
        if load.limit is not None and load.open_now >= load.limit:
            raise LimitReachedError(
                f"No more {load.name} may be open: {load.open_now} are, and {load.limit} is the most.",
                hint="Wait until one ends, or ask the plant to end one.",
                fields={"limit": load.name, "maximum": load.limit},
            )
