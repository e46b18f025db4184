"""The application layer's heads (ASHRAE 135-2020, clause 20.1): kind, invoke id, service; and how a server refuses."""

from typing import NamedTuple

from guards.malformations import flaw
from guards.reasons import Reason

CONFIRMED, UNCONFIRMED, SIMPLE_ACK, COMPLEX_ACK, SEGMENT_ACK, ERROR, REJECT, ABORT = range(8)
KINDS = ("confirmed", "unconfirmed", "simple_ack", "complex_ack", "segment_ack", "error", "reject", "abort")
_MAX_APDU = 0x05
_SEGMENTED, _MORE, _SERVER = 0x08, 0x04, 0x01
_SEGMENTABLE = frozenset({CONFIRMED, COMPLEX_ACK})
_HEAD_BYTES = {
    CONFIRMED: 4,
    UNCONFIRMED: 2,
    SIMPLE_ACK: 3,
    COMPLEX_ACK: 3,
    SEGMENT_ACK: 4,
    ERROR: 3,
    REJECT: 3,
    ABORT: 3,
}


class Apdu(NamedTuple):
    """One APDU. ``service`` is the choice, or the reason of a reject or an abort; ``data`` what follows the head.

    ``invoke`` is ``None`` where the service is unconfirmed. ``from_server``: an abort or a segment's acknowledgement
    comes from who was asked. ``sequence`` counts segments.
    """

    kind: int
    invoke: int | None
    service: int
    data: bytes
    is_segmented: bool = False
    has_more: bool = False
    sequence: int = 0
    from_server: bool = False


def parse(data: bytes) -> Apdu | Reason:
    """Return the APDU's parts, or what is wrong with it."""
    kind = data[0] >> 4 if data else len(KINDS)
    if kind >= len(KINDS):
        return flaw("no_apdu")
    size = _HEAD_BYTES[kind]
    flags = data[0] & 0x0F
    is_segmented = bool(flags & _SEGMENTED) and kind in _SEGMENTABLE
    size += 2 if is_segmented else 0
    if len(data) < size:
        return flaw("apdu_head_cut_off", apdu=KINDS[kind])
    if kind == UNCONFIRMED:
        return Apdu(kind, None, data[1], data[2:])
    at = 2 if kind == CONFIRMED else 1
    sequence = data[at + 1] if is_segmented or kind == SEGMENT_ACK else 0
    service = 0 if kind == SEGMENT_ACK else data[size - 1]
    has_more, from_server = bool(flags & _MORE), bool(flags & _SERVER)
    return Apdu(kind, data[at], service, data[size:], is_segmented, has_more, sequence, from_server)


def confirmed(invoke: int, service: int, data: bytes) -> bytes:
    """Return a confirmed request whose answer may have 1,476 bytes and no segments."""
    return bytes((CONFIRMED << 4, _MAX_APDU, invoke, service)) + data


def error(invoke: int, service: int, error_class: int, code: int) -> bytes:
    """Return an Error-PDU of the plain kind: class and code, both enumerated."""
    return bytes((ERROR << 4, invoke, service, 0x91, error_class, 0x91, code))


def nested_error(invoke: int, service: int, error_class: int, code: int, rest: bytes) -> bytes:
    """Return an Error-PDU whose class and code stand in a field of their own, before ``rest`` (clause 21)."""
    return bytes((ERROR << 4, invoke, service, 0x0E, 0x91, error_class, 0x91, code, 0x0F)) + rest


def reject(invoke: int, reason: int) -> bytes:
    """Return a Reject-PDU."""
    return bytes((REJECT << 4, invoke, reason))


def abort(invoke: int, reason: int) -> bytes:
    """Return an Abort-PDU of a server."""
    return bytes((ABORT << 4 | _SERVER, invoke, reason))
