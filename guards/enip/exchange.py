"""One message of the tool on its way, and the words in which it is refused."""

from collections.abc import Hashable

from guards.effects import Operation
from guards.enip import encapsulation, refusals
from guards.enip.connections import Connection
from guards.enip.contents import Request
from guards.enip.encapsulation import SEND_UNIT_DATA, Message
from guards.exchange import Exchange
from guards.refusal import Answer, Cause


class EnipExchange(Exchange):
    """A command of the encapsulation, or a CIP request outside connections or on one.

    ``status`` is that of the encapsulation by which it is refused, where this is not told by why.
    """

    __slots__ = ("connection", "message", "request", "sequence", "status")

    def __init__(self, key: Hashable, raw: bytes, said: bytes, operation: Operation, message: Message) -> None:
        """Wrap a judged message that has not been forwarded yet; without a request until one is given."""
        super().__init__(key, raw, said, operation)
        self.message = message
        self.request: Request | None = None
        self.connection: Connection | None = None
        self.sequence = 0
        self.status = 0


def refuse(exchange: EnipExchange, cause: Cause) -> Answer:
    """Word the refusal: in CIP where a CIP request can be answered, else in the head of a message without data."""
    message, request, connection = exchange.message, exchange.request, exchange.connection
    if request is None:
        status = exchange.status or refusals.head_status(cause)
        return Answer(encapsulation.message(message.command, message.session, status, message.context), status)
    cip, status = refusals.refuse(request, cause)
    if connection is None:
        return Answer(encapsulation.unconnected(message.session, message.context, cip), status)
    answer = encapsulation.connected(message.session, message.context, connection.back, exchange.sequence, cip)
    return Answer(answer, status)


def key_of(message: Message, connection: Connection | None = None, sequence: int | None = None) -> Hashable:
    """Return what an answer shares with its request: command and sender's context, or the connection and its count."""
    if message.command == SEND_UNIT_DATA:
        return message.command, connection and connection.link.serials, sequence
    return message.command, message.context
