"""The network layer: to whom a message goes, and from whom it comes (ASHRAE 135-2020, clause 6.2)."""

from typing import NamedTuple

from guards.malformations import flaw
from guards.reasons import Reason
from policies.routes import DIRECT

VERSION = 1
BROADCAST_NETWORK = 0xFFFF
EXPECTS_REPLY = 0x04
_IS_NETWORK, _HAS_DESTINATION, _HAS_SOURCE, _RESERVED = 0x80, 0x20, 0x08, 0x50
_MORE_IN_HEAD = _IS_NETWORK | _HAS_DESTINATION | _HAS_SOURCE
_MAX_MAC_BYTES = 7
_FIRST_PROPRIETARY = 0x80


class Station(NamedTuple):
    """A network's number and an address on it; without address, everybody there. Network 0 is the datagram's own."""

    network: int = 0
    mac: bytes = b""

    @property
    def route(self) -> str:
        """How fences write it; everybody on a network has no such way, and so is outside of every fence."""
        return f"{self.network}/{self.mac.hex() or '*'}" if self.network else DIRECT

    @property
    def is_broadcast(self) -> bool:
        """Whether several stations are meant."""
        return self.network != 0 and not self.mac


HERE = Station()


class Npdu(NamedTuple):
    """One message. ``message``: its type if it is one of the network layer itself, else the payload is an APDU."""

    destination: Station
    source: Station
    message: int | None
    payload: bytes


def parse(data: bytes) -> Npdu | Reason:
    """Return the message's parts, or what is wrong with it."""
    if len(data) < 2 or data[0] != VERSION:
        return flaw("no_network_message")
    control = data[1]
    if control & _RESERVED:
        return flaw("reserved_bits")
    return _routed(data, control) if control & _MORE_IN_HEAD else Npdu(HERE, HERE, None, data[2:])


def _routed(data: bytes, control: int) -> Npdu | Reason:
    destination, source, at = HERE, HERE, 2
    if control & _HAS_DESTINATION:
        found = _station(data, at)
        if found is None:
            return flaw("destination_no_station")
        destination, at = found
    if control & _HAS_SOURCE:
        found = _station(data, at)
        if found is None or found[0].is_broadcast or found[0].network == BROADCAST_NETWORK:
            return flaw("source_no_station")
        source, at = found
    if control & _HAS_DESTINATION:
        at += 1  # the hop count
    message = None
    if control & _IS_NETWORK:
        message, at = (data[at] if at < len(data) else None), at + 1
        at += 2 if message is not None and message >= _FIRST_PROPRIETARY else 0
    if at > len(data) or (control & _IS_NETWORK and message is None):
        return flaw("network_head_cut_off")
    return Npdu(destination, source, message, data[at:])


def _station(data: bytes, at: int) -> tuple[Station, int] | None:
    if len(data) < at + 3:
        return None
    network, size = data[at] << 8 | data[at + 1], data[at + 2]
    end = at + 3 + size
    if not network or size > _MAX_MAC_BYTES or end > len(data) or (network == BROADCAST_NETWORK and size):
        return None
    return Station(network, data[at + 3 : end]), end


def answer(station: Station, apdu: bytes) -> bytes:
    """Return an answer that comes from ``station``."""
    if not station.network:
        return bytes((VERSION, 0)) + apdu
    source = station.network.to_bytes(2, "big") + bytes((len(station.mac),)) + station.mac
    return bytes((VERSION, _HAS_SOURCE)) + source + apdu


def ask(station: Station, apdu: bytes) -> bytes:
    """Return a request to ``station`` that expects a reply."""
    if not station.network:
        return bytes((VERSION, EXPECTS_REPLY)) + apdu
    destination = station.network.to_bytes(2, "big") + bytes((len(station.mac),)) + station.mac
    return bytes((VERSION, _HAS_DESTINATION | EXPECTS_REPLY)) + destination + b"\xff" + apdu
