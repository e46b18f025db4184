"""Local faults of the guards; what a peer sends is never an exception."""


class GuardError(Exception):
    """Root of the package's errors; ``code`` is stable."""

    code = "guard"


class UnknownProtocolError(GuardError):
    """Nobody said how streams of this protocol are to be inspected, so none may pass."""

    code = "unknown_protocol"
