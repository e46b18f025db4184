"""How fragments and frames are recorded, and how an outstation says no (IEEE Std 1815-2012, 4.3.3, annex A)."""

from guards.dnp3.application import FIRST, LAST, Fragment
from guards.dnp3.functions import (
    DIRECT_OPERATE,
    LINK_PRIMARY,
    LINK_SECONDARY,
    OPERATE,
    RESPONSE,
    SELECT,
    UNSOLICITED,
)
from guards.dnp3.limits import BROADCASTS, PROTOCOL
from guards.dnp3.link import MAX_FRAGMENT_BYTES, Frame
from guards.effects import Direction, Operation, Verdict
from guards.reasons import UNSAID, Reason
from guards.refusal import Cause
from policies.rules import Tier

# Bound once: looking a member up in its enum costs more than forwarding does.
_TO_ASSET, _TO_USER, _ALLOWED = Direction.TO_ASSET, Direction.TO_USER, Verdict.ALLOWED
NO_FUNCTION, OBJECT_UNKNOWN, PARAMETER_ERROR, ALREADY_EXECUTING = 0x01, 0x02, 0x04, 0x10
"""Bits of the second byte of internal indications."""
TOO_MANY_OPERATIONS, NOT_AUTHORIZED, OUT_OF_RANGE = 8, 9, 12
"""Statuses of control objects."""
LINK_CODES = 0x100
"""Frames of the link alone are recorded with codes from here on, apart from function codes."""
_PRIMARY = 0x40

_INDICATIONS = {
    Cause.MALFORMED: PARAMETER_ERROR,
    Cause.OBJECT: OBJECT_UNKNOWN,
    Cause.VALUE: PARAMETER_ERROR,
    # A master takes an answer for good that says no more than "already executing".
    Cause.BUSY: ALREADY_EXECUTING | PARAMETER_ERROR,
}
_STATUSES = {Cause.VALUE: OUT_OF_RANGE, Cause.BUSY: TOO_MANY_OPERATIONS}
_WITH_STATUSES = frozenset({SELECT, OPERATE, DIRECT_OPERATE})


def operation_of(frame: Frame, said: Fragment, asked: Fragment | None = None) -> Operation:
    """Return a fragment as an operation that passes; an answer has the tier of what was ``asked``.

    Only what its answer can be told by is a transaction: neither what nobody answers nor what nobody asked for.
    """
    outstation = frame.destination if frame.from_master else frame.source
    is_alone = said.is_silent or said.function.code == UNSOLICITED or outstation in BROADCASTS
    code, place = (None, UNSAID) if frame.from_master else said.refusal
    return Operation(
        _TO_ASSET if frame.from_master else _TO_USER,
        PROTOCOL,
        said.function.code,
        said.function.name,
        said.tier if asked is None else asked.tier,
        _ALLOWED,
        not frame.from_master,
        None if is_alone else said.sequence,
        outstation,
        tuple(dict.fromkeys([str(access.touched) for access in said.accesses])),
        tuple([value for access in said.accesses for value in access.values]),
        UNSAID if frame.from_master else said.fault or place,
        code,
        "",
        said.is_upload,
    )


def link_operation(direction: Direction, frame: Frame) -> Operation:
    """Return a frame of the link alone as an operation that passes; one that nobody knows is of the tier FIRMWARE."""
    table = LINK_PRIMARY if frame.is_primary else LINK_SECONDARY
    name, tier = table.get(frame.function, (f"link_{frame.function:02x}", Tier.FIRMWARE))
    return Operation(
        direction,
        PROTOCOL,
        LINK_CODES | _PRIMARY * frame.is_primary | frame.function,
        name,
        tier,
        Verdict.ALLOWED,
        not frame.is_primary,
        unit=frame.destination if frame.from_master else frame.source,
    )


def unreadable(direction: Direction, reason: Reason) -> Operation:
    """Return the operation of what cannot be read, and so is passed on to nobody."""
    is_response = direction is Direction.TO_USER
    return Operation(direction, PROTOCOL, 0, "unreadable", Tier.FIRMWARE, Verdict.MALFORMED, is_response, reason=reason)


def refuse(said: Fragment, cause: Cause) -> tuple[bytes, int]:
    """Return the fragment with which an outstation refuses a request, and the code in it.

    Control objects come back with a status each, everything else is answered with indications alone.
    """
    head = bytes([FIRST | LAST | said.sequence, RESPONSE, 0])
    if said.function.code in _WITH_STATUSES and said.is_control and len(said.data) + 2 <= MAX_FRAGMENT_BYTES:
        status = _STATUSES.get(cause, NOT_AUTHORIZED)
        echo = bytearray(said.data)
        for at in said.statuses:
            echo[at] = status
        return head + b"\0" + echo[2:], status
    indications = _INDICATIONS.get(cause, NO_FUNCTION)
    return head + bytes([indications]), indications
