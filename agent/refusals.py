"""Why the agent did not open a stream: the codes that travel to the broker, with a sentence for people."""

from dataclasses import dataclass
from enum import StrEnum


class RefusalCode(StrEnum):
    """The agent's refusal codes (docs/agent.md lists what to do about each)."""

    GRANT_INVALID = "grant_invalid"
    GRANT_EXPIRED = "grant_expired"
    CLOCK_SKEW = "clock_skew"
    LOCKED = "locked"
    CEILING_DENIED = "ceiling_denied"
    CEILING_INVALID = "ceiling_invalid"
    DEVICE_REFUSED = "device_refused"
    DEVICE_UNREACHABLE = "device_unreachable"
    DEVICE_TIMEOUT = "device_timeout"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    RATE_LIMITED = "rate_limited"
    SHUTTING_DOWN = "shutting_down"
    CONNECT_BACK_FAILED = "connect_back_failed"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as a value: ``detail`` says what happened, why, and what to do."""

    code: RefusalCode
    detail: str
