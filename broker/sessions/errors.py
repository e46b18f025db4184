"""What the gate and the sessions say no with, beside the denials of ``access``."""

from broker.http.errors import BrokerError


class SessionsError(BrokerError):
    """Root of this package's errors."""


class LimitReachedError(SessionsError):
    """One more session or stream would pass a limit; ``fields['limit']`` names it."""

    code = "limit_reached"
    title = "Limit reached"


class ReconnectBlockedError(SessionsError):
    """The user's session on this asset was killed, and nobody has lifted the block yet."""

    code = "reconnect_blocked"
    title = "Reconnect blocked"


class SessionEndedError(SessionsError):
    """The session has ended; ``fields['end_code']`` says why."""

    code = "session_ended"
    title = "The session has ended"


class SessionHeldError(SessionsError):
    """The approved time is over: what is open may go on for now, nothing new opens."""

    code = "session_held"
    title = "The approved time is over"


class DialFailedError(SessionsError):
    """The agent did not open the stream; ``fields['dial_code']`` is its refusal code."""

    code = "dial_failed"
    title = "The device could not be reached"
