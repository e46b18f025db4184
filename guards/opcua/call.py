"""One request on its way from one channel to the other, and what it is in the record."""

from guards.effects import Direction, Operation, Verdict
from guards.exchange import Exchange
from guards.opcua.chunks import Message
from guards.opcua.limits import PROTOCOL
from guards.opcua.requests import Request
from guards.opcua.services import DELETE_SUBSCRIPTIONS
from guards.opcua.status import Status
from guards.reasons import UNSAID, Reason

# Bound once: looking a member up in its enum costs more than forwarding does.
_TO_ASSET, _ALLOWED = Direction.TO_ASSET, Verdict.ALLOWED


class Call(Exchange):
    """One request. ``number`` is what the tool calls it, ``status`` what it is refused with, if not by the cause."""

    __slots__ = ("body", "number", "refused", "request", "status")

    def __init__(self, key: int, message: Message, request: Request, operation: Operation) -> None:
        """Wrap a request that has not been sent on."""
        super().__init__(key, key.to_bytes(4) + message.body, request.said, operation)
        self.number = message.request_id
        is_remembered = request.service.is_setup or request.service.code == DELETE_SUBSCRIPTIONS
        self.body = message.body if is_remembered else b""
        self.request = request
        self.refused: frozenset[int] = frozenset()
        self.status: Status | None = None


def operation_of(request: Request, number: int, reason: Reason = UNSAID) -> Operation:
    """Return what a request is in the record."""
    service, contents = request.service, request.contents
    return Operation(
        _TO_ASSET,
        PROTOCOL,
        service.code,
        service.name,
        contents.tier,
        _ALLOWED,
        False,
        number,
        None,
        contents.objects,
        contents.values,
        request.fault or reason,
    )
