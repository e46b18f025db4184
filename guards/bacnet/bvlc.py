"""The BACnet virtual link layer: what a datagram is (ASHRAE 135-2020, annex J.2). Bytes in, values out."""

from typing import NamedTuple

from guards.malformations import flaw
from guards.reasons import Reason
from policies.rules import Tier

BACNET_IP = 0x81
HEAD_BYTES = 4
MAX_BYTES = 1497
"""The largest APDU (1,476), the longest NPCI (21), the head: no device sends more in one datagram."""
RESULT, FORWARDED, DISTRIBUTE, UNICAST, BROADCAST = 0x00, 0x04, 0x09, 0x0A, 0x0B
REGISTER, DELETE_FOREIGN = 0x05, 0x08
_ORIGIN_BYTES = 6


class Function(NamedTuple):
    """One row. ``tier`` is the function's own: the message that it carries is judged beside it.

    ``refusal`` is the result code of a refused request (J.2.1), ``None`` where there is none. ``is_answer``: a device
    says it to a tool.
    """

    name: str
    tier: Tier
    refusal: int | None = None
    is_answer: bool = False


_READ, _PROGRAM, _FIRMWARE = Tier.READ, Tier.PROGRAM, Tier.FIRMWARE
FUNCTIONS = {
    RESULT: Function("bvlc_result", _READ, is_answer=True),
    0x01: Function("write_broadcast_distribution_table", _PROGRAM, 0x0010),
    0x02: Function("read_broadcast_distribution_table", _READ, 0x0020),
    0x03: Function("read_broadcast_distribution_table_ack", _READ, is_answer=True),
    FORWARDED: Function("forwarded_npdu", _FIRMWARE),
    REGISTER: Function("register_foreign_device", _PROGRAM, 0x0030),
    0x06: Function("read_foreign_device_table", _READ, 0x0040),
    0x07: Function("read_foreign_device_table_ack", _READ, is_answer=True),
    DELETE_FOREIGN: Function("delete_foreign_device_table_entry", _PROGRAM, 0x0050),
    DISTRIBUTE: Function("distribute_broadcast_to_network", _PROGRAM, 0x0060),
    UNICAST: Function("original_unicast_npdu", _READ),
    BROADCAST: Function("original_broadcast_npdu", _READ),
    0x0C: Function("secure_bvll", _FIRMWARE),
}
CARRIERS = frozenset({FORWARDED, DISTRIBUTE, UNICAST, BROADCAST})


def function_of(code: int) -> Function:
    """Return the row of a function; what is not listed is FIRMWARE."""
    return FUNCTIONS.get(code) or Function(f"bvlc_{code:02x}", _FIRMWARE)


class Bvlc(NamedTuple):
    """One datagram: ``body`` is what follows the head; a carrier's is the NPDU."""

    code: int
    body: bytes


def parse(datagram: bytes, *, minds_length: bool = True) -> Bvlc | Reason:
    """Return the datagram's parts, or what is wrong with it; a length that is wrong may be read over."""
    if len(datagram) < HEAD_BYTES or datagram[0] != BACNET_IP:
        return flaw("no_bacnet")
    if len(datagram) > MAX_BYTES:
        return flaw("too_many_bytes", size=len(datagram), most=MAX_BYTES)
    if minds_length and datagram[2] << 8 | datagram[3] != len(datagram):
        return flaw("datagram_length")
    body = datagram[HEAD_BYTES:]
    if datagram[1] != FORWARDED:
        return Bvlc(datagram[1], body)
    if len(body) < _ORIGIN_BYTES:
        return flaw("no_origin")
    return Bvlc(FORWARDED, body[_ORIGIN_BYTES:])


def wrap(code: int, body: bytes) -> bytes:
    """Return a datagram."""
    return bytes((BACNET_IP, code)) + (HEAD_BYTES + len(body)).to_bytes(2, "big") + body


def refuse(code: int) -> bytes:
    """Return the result that says no to a request."""
    return wrap(RESULT, code.to_bytes(2, "big"))
