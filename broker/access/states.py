"""The states of requests, extensions and grants, and the only steps between them: data that a test can walk."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from broker.access.errors import RequestClosedError


class RequestState(StrEnum):
    """Where a request (or an extension) stands."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


STEPS: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.PENDING: frozenset(RequestState) - {RequestState.PENDING},
    RequestState.APPROVED: frozenset(),
    RequestState.DENIED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
    RequestState.EXPIRED: frozenset(),
}


class GrantState(StrEnum):
    """Where a grant stands; derived from its times, never stored."""

    WAITING = "waiting"
    """May be used, has not been."""
    ACTIVE = "active"
    """In use: its time runs."""
    ENDED = "ended"
    """Its time ran out, or it was not used in time."""
    REVOKED = "revoked"


def check_step(current: RequestState, wanted: RequestState) -> None:
    """Raise ``RequestClosedError`` unless the step is in the table."""
    if wanted not in STEPS[current]:
        raise RequestClosedError(f"It is {current} and cannot become {wanted}.", fields={"state": current.value})


def state_now(stored: RequestState, expires_at: datetime, now: datetime) -> RequestState:
    """Return the state at ``now``: what waits beyond its time has expired, whether or not anybody wrote that down."""
    overdue = stored is RequestState.PENDING and now >= expires_at
    return RequestState.EXPIRED if overdue else stored


def grant_state(
    *, revoked_at: datetime | None, ends_at: datetime | None, usable_until: datetime, now: datetime
) -> GrantState:
    """Return the state of a grant at ``now``; ``ends_at`` is set by its activation."""
    if revoked_at is not None:
        return GrantState.REVOKED
    if now >= (ends_at or usable_until):
        return GrantState.ENDED
    return GrantState.WAITING if ends_at is None else GrantState.ACTIVE
