"""What the gate and the sessions say no with."""

from broker.http.errors import BrokerError


class SessionsError(BrokerError):
    """Root of this package's errors."""


class DeniedError(SessionsError):
    """The policies, a lock or the account forbid it; ``fields['reasons']`` lists why."""

    code = "denied"
    title = "Access denied"


class ApprovalRequiredError(SessionsError):
    """It may happen after approval; ``fields['approvals']`` lists whose."""

    code = "approval_required"
    title = "Approval required"


class MfaRequiredError(SessionsError):
    """The second factor must be shown (again) first; ``fields['methods']`` lists which count."""

    code = "mfa_required"
    title = "Show your second factor"


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


class AgentOfflineError(SessionsError):
    """No agent of the site is connected."""

    code = "agent_offline"
    title = "The site is not connected"


class DialFailedError(SessionsError):
    """The agent did not open the stream; ``fields['dial_code']`` is its refusal code."""

    code = "dial_failed"
    title = "The device could not be reached"


class RecorderUnavailableError(SessionsError):
    """The policy demands a recording, and it cannot be made now."""

    code = "recorder_unavailable"
    title = "The session cannot be recorded"
