"""What a live session is about, and what it may do until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.decision import AtExpiry, Cut, Grace, Hold, Obligations
from policies.facts import Asked
from policies.identity import DeviceIdentity
from policies.rules import Rules
from tunnel.ids import SessionId
from tunnel.messages import Target

HOLD_LIMIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What does not change while a session lives."""

    id: SessionId
    user_id: str
    user_name: str
    organization_id: str
    organization_name: str
    is_vendor: bool
    login_id: str
    address: str
    site_id: str
    target: Target
    grant_id: str
    asked: Asked
    opened_at: datetime
    device_streams: int = 1
    is_emergency: bool = False

    @property
    def ids(self) -> dict[str, str]:
        """What an event about the session says of it."""
        of_session = {"session": self.id, "user": self.user_id, "grant": self.grant_id}
        return {**of_session, "asset": self.target.asset, "site": self.site_id}


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """What may change while a session lives: obligations, what may be said, and the deadline on both clocks.

    ``identity`` is what users' tools are told in the device's place, as the inventory had it at the opening.
    """

    obligations: Obligations
    rules: Rules
    not_after: datetime
    not_after_monotonic: float
    device_timeout_seconds: float = 30.0
    max_streams: int = 1
    identity: DeviceIdentity | None = None

    @property
    def hard_end_seconds(self) -> float:
        """How long after ``not_after`` the last byte may pass: nothing, the grace, or the hold's limit."""
        return overtime(self.obligations.at_expiry).total_seconds()


def overtime(at_expiry: AtExpiry) -> timedelta:
    """How long a stream that is open may outlive the deadline."""
    match at_expiry:
        case Cut():
            return timedelta(0)
        case Grace(duration=duration):
            return duration
        case Hold():
            return HOLD_LIMIT
