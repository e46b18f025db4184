"""What the record says of frames and ASDUs."""

from guards.effects import Direction, Operation, Verdict
from guards.iec104.frames import UNNUMBERED, Asdu
from guards.iec104.types import DEACTIVATED, DEACTIVATION
from policies.rules import Tier

PROTOCOL = "iec104"
# Bound once: looking a member up in its enum costs more than forwarding does.
_TO_USER, _ALLOWED = Direction.TO_USER, Verdict.ALLOWED
_DEACTIVATING = frozenset({DEACTIVATION, DEACTIVATED})


def of_link(direction: Direction, control: int) -> Operation:
    """Return what starts, stops or tests a link as an operation that passes."""
    is_response = direction is Direction.TO_USER
    return Operation(direction, PROTOCOL, control, UNNUMBERED[control], Tier.READ, Verdict.ALLOWED, is_response)


def of_asdu(direction: Direction, asdu: Asdu, transaction: int | None = None) -> Operation:
    """Return an ASDU as an operation that passes. The cause of a negative answer is its ``exception_code``."""
    return Operation(
        direction,
        PROTOCOL,
        asdu.type_id.code,
        _name(asdu),
        asdu.tier,
        _ALLOWED,
        direction is _TO_USER,
        transaction,
        asdu.common_address,
        tuple([str(access.touched) for access in asdu.accesses]),
        tuple([value for access in asdu.accesses for value in access.values]),
        asdu.fault,
        asdu.cause if asdu.is_negative else None,
    )


def _name(asdu: Asdu) -> str:
    """Tell what only selects, and what takes a selection back, from what acts."""
    if asdu.cause in _DEACTIVATING:
        return f"{asdu.type_id.name} deactivate"
    return f"{asdu.type_id.name} select" if asdu.is_select else asdu.type_id.name
