"""How a BACnet device says no: an Error, a Reject or an Abort with the invoke id of the request (clauses 18, 20.1)."""

from guards.bacnet import apdu
from guards.bacnet.services import CONFIRMED, READ_PROPERTY, READ_PROPERTY_MULTIPLE
from guards.refusal import Cause

_PROPERTY, _SERVICES = 2, 5
READ_DENIED, SERVICE_DENIED, OUT_OF_RANGE, WRITE_DENIED = 27, 29, 37, 40
INVALID_TAG, UNRECOGNIZED_SERVICE = 4, 9
OTHER, NO_SEGMENTATION, OUT_OF_RESOURCES, TIMEOUT = 0, 4, 9, 10
_ABORTS = {Cause.BUSY: OUT_OF_RESOURCES, Cause.GONE: OTHER, Cause.SILENT: TIMEOUT}
_CREATE = 10
_LISTS, _WRITES = frozenset({8, 9}), frozenset({15, 16})
_READS = frozenset({READ_PROPERTY, READ_PROPERTY_MULTIPLE, 26})
_OWN_ERRORS = frozenset({18, 22, 30})
"""Their errors have fields that a refusal could only make up."""


def refuse(invoke: int, service: int, cause: Cause, first: tuple[int, int] = (0, 0)) -> tuple[bytes, int]:
    """Return the answer to a request that is not forwarded, and the code in it.

    ``first`` is the object identifier and property that a WritePropertyMultiple writes first, and fails at.
    """
    if cause in _ABORTS:
        return apdu.abort(invoke, _ABORTS[cause]), _ABORTS[cause]
    if cause is Cause.MALFORMED:
        return apdu.reject(invoke, INVALID_TAG), INVALID_TAG
    if service not in CONFIRMED or service in _OWN_ERRORS:
        return apdu.reject(invoke, UNRECOGNIZED_SERVICE), UNRECOGNIZED_SERVICE
    error_class, code = _reason(service, cause)
    if service == 16:
        rest = b"\x1e\x0c" + first[0].to_bytes(4, "big") + _enumerated(first[1]) + b"\x1f"
    elif service in _LISTS or service == _CREATE:
        rest = b"\x19" + bytes((int(service in _LISTS),))
    else:
        return apdu.error(invoke, service, error_class, code), code
    return apdu.nested_error(invoke, service, error_class, code, rest), code


def _enumerated(prop: int) -> bytes:
    """Return field 1, in as few bytes as it takes."""
    size = max(1, (prop.bit_length() + 7) // 8)
    return bytes((0x18 | size,)) + prop.to_bytes(size, "big")


def _reason(service: int, cause: Cause) -> tuple[int, int]:
    if cause is Cause.VALUE:
        return _PROPERTY, OUT_OF_RANGE
    if cause in {Cause.FUNCTION, Cause.OBJECT} and service in _WRITES:
        return _PROPERTY, WRITE_DENIED
    if cause is Cause.OBJECT and service in _READS:
        return _PROPERTY, READ_DENIED
    return _SERVICES, SERVICE_DENIED
