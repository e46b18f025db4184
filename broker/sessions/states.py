"""The states of a session and the only steps between them; the database holds the same table as a foreign key."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class SessionState(StrEnum):
    """Where a session is in its life."""

    OPEN = "open"
    HELD = "held"
    """The deadline has come, and somebody of the plant must say whether it ends: no new stream opens."""
    ENDED = "ended"


STEPS: frozenset[tuple[SessionState, SessionState]] = frozenset(
    {
        (SessionState.OPEN, SessionState.HELD),
        (SessionState.OPEN, SessionState.ENDED),
        (SessionState.HELD, SessionState.OPEN),
        (SessionState.HELD, SessionState.ENDED),
    }
)


class EndCode(StrEnum):
    """Why a session ended: stable words for the API, the record and the tool that was cut."""

    FINISHED = "finished"
    """The user ended it."""
    ABANDONED = "abandoned"
    """The user's client vanished and did not come back."""
    IDLE = "idle"
    DEADLINE = "deadline"
    KILLED = "killed"
    USER_DISABLED = "user_disabled"
    LOGIN_ENDED = "login_ended"
    GRANT_REVOKED = "grant_revoked"
    POLICY_CHANGED = "policy_changed"
    LOCKED = "locked"
    AGENT_LOST = "agent_lost"
    RECORDING_FAILED = "recording_failed"
    SWEEPING = "sweeping"
    BROKER_STOPPED = "broker_stopped"
    BROKER_CRASHED = "broker_crashed"


END_TEXT: dict[EndCode, str] = {
    EndCode.FINISHED: "The user ended the session.",
    EndCode.ABANDONED: "The client vanished and did not come back in time.",
    EndCode.IDLE: "Nothing was said for longer than the policy allows.",
    EndCode.DEADLINE: "The approved time is over.",
    EndCode.KILLED: "The session was cut by the plant.",
    EndCode.USER_DISABLED: "The account was disabled.",
    EndCode.LOGIN_ENDED: "The login that opened the session has ended.",
    EndCode.GRANT_REVOKED: "The grant was revoked.",
    EndCode.POLICY_CHANGED: "What the policies allow has changed.",
    EndCode.LOCKED: "The site, asset or user was locked.",
    EndCode.AGENT_LOST: "The site's agent was revoked or quarantined.",
    EndCode.RECORDING_FAILED: "The session could no longer be recorded.",
    EndCode.SWEEPING: "The session swept over its target.",
    EndCode.BROKER_STOPPED: "The broker was stopped.",
    EndCode.BROKER_CRASHED: "The broker stopped without closing the session.",
}
"""What is said of an end where nothing more is known of it."""

END_DETAIL: Mapping[str, str] = MappingProxyType(
    {
        "undecided": "The broker could not decide whether the session may go on.",
        "became_less": "What the session may say became less.",
        "no_more_time": "The plant did not give more time.",
        "swept": (
            "The session swept over its target: {things} different {kind} within {seconds} s; the policy takes {limit}."
        ),
    }
)
"""What else is said of an end, beside somebody's own words, a policy's, and why a recording failed."""
