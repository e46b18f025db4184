"""One request to a device on its way, and how it would be refused."""

from collections.abc import Hashable

from guards.bacnet import apdu, bvlc, npdu, refusals
from guards.bacnet.npdu import HERE, Station
from guards.bacnet.refusals import NO_SEGMENTATION
from guards.bacnet.services import Said
from guards.datagrams import framed
from guards.effects import Operation
from guards.exchange import Exchange
from guards.refusal import Answer, Cause

LINK = "link"
"""The key of link layer requests: their answers name no request, so that one is open at a time."""


class BacnetExchange(Exchange):
    """A request with what its refusal must repeat; ``expected`` counts the segments of its answer."""

    __slots__ = ("expected", "invoke", "is_segmented", "said_service", "service", "station")

    def __init__(
        self, raw: bytes, said: bytes, operation: Operation, service: int, read: Said, *,
        station: Station = HERE, invoke: int | None = None, is_segmented: bool = False,
    ) -> None:  # fmt: skip
        """Wrap a request; one without ``invoke`` is of the link layer or awaits no answer."""
        super().__init__(LINK if invoke is None else key_of(station, invoke), raw, said, operation)
        self.station = station
        self.invoke = invoke
        self.service = service
        self.said_service = read
        self.is_interrogation = read.contents.is_interrogation
        self.is_segmented = is_segmented
        self.expected = 0


def key_of(station: Station, invoke: int) -> Hashable:
    """Return what an answer shares with its request: who is asked, and the invoke id (clause 5.4)."""
    return station.network, station.mac, invoke


def refuse(exchange: BacnetExchange, cause: Cause) -> Answer:
    """Return the answer to a request that is not forwarded, as the station that was asked would say it."""
    if exchange.invoke is None:
        code = bvlc.function_of(exchange.service).refusal or 0
        return Answer(framed(bvlc.refuse(code)), code)
    if exchange.is_segmented:
        answer, code = apdu.abort(exchange.invoke, NO_SEGMENTATION), NO_SEGMENTATION
    else:
        first = exchange.said_service.contents.first
        answer, code = refusals.refuse(exchange.invoke, exchange.service, cause, first)
    return Answer(framed(bvlc.wrap(bvlc.UNICAST, npdu.answer(exchange.station, answer))), code)
