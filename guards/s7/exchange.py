"""One S7comm request on its way, and what it shares with its answer."""

from guards.effects import Operation
from guards.exchange import Exchange
from guards.s7.contents import Contents
from guards.s7.pdu import Pdu


class S7Exchange(Exchange):
    """One job or user data request on its way."""

    __slots__ = ("contents", "request")

    def __init__(self, raw: bytes, said: bytes, request: Pdu, contents: Contents, operation: Operation) -> None:
        """Wrap a judged request that has not been forwarded yet."""
        super().__init__(request.key, raw, said, operation)
        self.request = request
        self.contents = contents
