"""What a tool asked devices to tell it: given back when it leaves, for a device has few places (clause 13.14)."""

from guards.bacnet import bvlc, npdu
from guards.bacnet.exchange import BacnetExchange
from guards.bacnet.npdu import Station
from guards.datagrams import framed

MAX_SUBSCRIPTIONS = 64
_ACCEPTS_1476 = 0x05


class Subscriptions:
    """The newest 64 subscriptions of one stream that were not taken back: stations, services, and the way back."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        """Begin with none."""
        self._open: dict[tuple[Station, int, bytes], None] = {}

    def note(self, exchange: BacnetExchange) -> None:
        """Remember a subscription that is on its way, or forget one that is taken back."""
        contents = exchange.said_service.contents
        if not contents.subscription:
            return
        key = (exchange.station, exchange.service, contents.subscription)
        self._open.pop(key, None)
        if not contents.is_taken_back:
            self._open[key] = None
            if len(self._open) > MAX_SUBSCRIPTIONS:
                del self._open[next(iter(self._open))]

    def failed(self, exchange: BacnetExchange) -> None:
        """Forget what the device refused."""
        contents = exchange.said_service.contents
        self._open.pop((exchange.station, exchange.service, contents.subscription), None)

    def take_back(self) -> list[tuple[int, Station, bytes]]:
        """Return each one's service, station, and the datagram that takes it back; afterwards there are none."""
        found = [
            (service, station, _request(station, number, service, back))
            for number, (station, service, back) in enumerate(self._open)
        ]
        self._open.clear()
        return found


def _request(station: Station, invoke: int, service: int, data: bytes) -> bytes:
    apdu = bytes((0x00, _ACCEPTS_1476, 0xFF - invoke, service)) + data
    return framed(bvlc.wrap(bvlc.UNICAST, npdu.ask(station, apdu)))
