"""How a station of IEC 60870-5-104 says no: the ASDU sent back, negative, with a cause that tells why."""

from guards.iec104.frames import Asdu, mirrored
from guards.iec104.types import (
    ACTIVATION,
    BROADCAST,
    BROADCASTS,
    CONFIRMATION,
    DEACTIVATED,
    DEACTIVATION,
    REQUEST,
    TYPES,
    UNKNOWN_CAUSE,
    UNKNOWN_OBJECT,
    UNKNOWN_STATION,
    UNKNOWN_TYPE,
    fits,
)
from guards.refusal import Cause

CONFIRMED_BY = {ACTIVATION: CONFIRMATION, DEACTIVATION: DEACTIVATED}
"""What cause confirms, or negatively refuses, what was said for another (IEC 60870-5-101:2003, 7.2.3.1, table 14)."""


def cause_of(asdu: Asdu, why: Cause) -> int:
    """Return the cause of transmission that an ASDU is sent back with.

    44 to 47 where type, cause, station or object are not there for this user; otherwise that of the confirmation. A
    read has none: for it, the object is not there.
    """
    code = asdu.type_id.code
    if why is Cause.FENCE:
        return UNKNOWN_STATION
    if why is Cause.MALFORMED:
        return _malformed(asdu)
    if why is Cause.FUNCTION and (code not in TYPES or asdu.type_id.is_monitoring):
        return UNKNOWN_TYPE
    if why is Cause.OBJECT or asdu.cause == REQUEST:
        return UNKNOWN_OBJECT
    return CONFIRMED_BY.get(asdu.cause, asdu.cause)


def refuse(data: bytes, asdu: Asdu, why: Cause) -> bytes:
    """Return the refusal of an ASDU."""
    return mirrored(data, cause_of(asdu, why))


def _malformed(asdu: Asdu) -> int:
    if not asdu.fault and not fits(asdu.cause, asdu.type_id.code):
        return UNKNOWN_CAUSE
    if not asdu.fault and asdu.common_address in BROADCAST and asdu.type_id.code not in BROADCASTS:
        return UNKNOWN_STATION
    return CONFIRMED_BY.get(asdu.cause, UNKNOWN_CAUSE)
