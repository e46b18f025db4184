"""What a property held before a write, for the change log: read right before it where the rules want that.

The guard's own ReadProperty names object, property and index as the WriteProperty does (ASHRAE 135-2020, 15.5 and
15.9), its ReadPropertyMultiple those of a WritePropertyMultiple (15.7 and 15.10), under an invoke id that nothing open
has. Of a commandable property it is the value in force, whichever priority it has (19.2).
"""

from collections.abc import Callable, Hashable
from dataclasses import replace

from guards.bacnet import apdu, bvlc, npdu
from guards.bacnet.answers import UNREAD
from guards.bacnet.apdu import Apdu
from guards.bacnet.exchange import BacnetExchange, key_of
from guards.bacnet.judge import Judge
from guards.bacnet.npdu import HERE, Npdu
from guards.bacnet.operations import operation
from guards.bacnet.requests import reading, reading_multiple
from guards.bacnet.services import (
    READ_PROPERTY,
    READ_PROPERTY_MULTIPLE,
    WRITE_PROPERTY,
    WRITE_PROPERTY_MULTIPLE,
)
from guards.bacnet.tags import WrongTagsError
from guards.datagrams import framed
from guards.effects import Direction, Operation
from guards.exchange import READ_FOR_RECORD, Exchange
from guards.reading_ahead import ReadingAhead
from policies.rules import Rules

_INVOKE_IDS = 0x100
_READINGS = {
    WRITE_PROPERTY: (READ_PROPERTY, reading),
    WRITE_PROPERTY_MULTIPLE: (READ_PROPERTY_MULTIPLE, reading_multiple),
}
_SAID_AT = 2
"""Where in what an exchange says its service's data begins."""


class Befores(ReadingAhead):
    """The reads ahead of writes on one stream."""

    __slots__ = ("_judge",)

    def __init__(self, rules: Rules, judge: Judge) -> None:
        """Begin with nothing read."""
        super().__init__(rules, _INVOKE_IDS)
        self._judge = judge

    def wants_to_read(self, exchange: BacnetExchange, now: float) -> bool:
        """Tell whether a read is to go ahead of this request."""
        return self.is_due(now) and exchange.invoke is not None and exchange.service in _READINGS

    def read_ahead(
        self, write: BacnetExchange, is_taken: Callable[[Hashable], bool], now: float
    ) -> BacnetExchange | None:
        """Return the read of what ``write`` will change; ``None`` where it may not be read."""
        station = write.station
        invoke = self.free(lambda one: is_taken(key_of(station, one)))
        try:
            service, word = _READINGS[write.service]
            data = word(write.said[_SAID_AT:])
        except WrongTagsError:
            return None
        if invoke is None:
            return None
        payload = apdu.confirmed(invoke, service, data)
        request = Apdu(apdu.CONFIRMED, invoke, service, data)
        judged = self._judge.request(Npdu(station, HERE, None, payload), request, now)
        if judged.refusal is not None:
            return None
        own = BacnetExchange(
            framed(bvlc.wrap(bvlc.UNICAST, npdu.ask(station, payload))), bytes((request.kind, service)) + data,
            operation(Direction.TO_ASSET, service, judged.said, station, invoke, READ_FOR_RECORD),
            service, judged.said, station=station, invoke=invoke,
        )  # fmt: skip
        own.reads_for = write
        return own

    def learn(self, own: Exchange, answer: Operation) -> None:
        """See ``ReadingAhead``; what is no single value, or an error of one property among others, is not known."""
        write = own.reads_for
        known = tuple(None if value in UNREAD else value for value in answer.values)
        is_whole = write is not None and len(known) == len(write.operation.values)
        if write is None or not is_whole or answer.exception_code is not None or known.count(None) == len(known):
            return
        write.operation = replace(write.operation, before=known, is_before_read=True)
