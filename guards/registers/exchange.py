"""One request on its way, and how the record tells it."""

from guards.effects import Direction, Operation, Verdict
from guards.exchange import Exchange
from guards.reasons import UNSAID, Reason
from guards.registers.contents import Contents, Head
from guards.registers.judge import Judged

# Bound once: looking a member up in its enum costs more than forwarding does.
_TO_ASSET, _ALLOWED = Direction.TO_ASSET, Verdict.ALLOWED


class RegisterExchange(Exchange):
    """One request on its way."""

    __slots__ = ("contents", "message")

    def __init__(self, raw: bytes, message: bytes, head: Head, contents: Contents, operation: Operation) -> None:
        """Wrap a judged request that has not been forwarded yet."""
        super().__init__(head.key, raw, head.said, operation)
        self.message = message
        self.contents = contents


def asked(protocol: str, head: Head, judged: Judged, reason: Reason = UNSAID) -> Operation:
    """Return a request as an operation that passes."""
    contents = judged.contents
    return Operation(
        _TO_ASSET,
        protocol,
        contents.code,
        contents.function,
        contents.tier,
        _ALLOWED,
        False,
        head.transaction,
        None,
        judged.objects,
        contents.values if contents.writes else (),
        reason,
        None,
        head.route,
        contents.is_upload,
    )
