"""How EtherNet/IP says no: in the head of a message, or in the answer to a CIP request.

The CIP Networks Library, Volume 1, appendix B (general status codes) and 3-5.5 (unsuccessful answers of the Connection
Manager); Volume 2, 2-3.4 (status in the encapsulation header).
"""

from guards.enip.contents import REPLY, Request
from guards.refusal import Cause

PRIVILEGE_VIOLATION, EMBEDDED_ERROR = 0x0F, 0x1E
CONNECTION_FAILURE, RESOURCE_UNAVAILABLE, CONNECTION_LOST, INVALID_PARAMETER = 0x01, 0x02, 0x07, 0x20
UNSUPPORTED, NO_MEMORY, INCORRECT_DATA, INVALID_SESSION, INVALID_LENGTH = 0x01, 0x02, 0x03, 0x64, 0x65
_TIMED_OUT = b"\x04\x02"
"""Extended status 0204 of a connection failure: the request timed out."""

_CIP = {
    Cause.MALFORMED: INVALID_PARAMETER,
    Cause.BUSY: RESOURCE_UNAVAILABLE,
    Cause.GONE: CONNECTION_LOST,
    Cause.SILENT: CONNECTION_FAILURE,
}
"""General status codes; everything else is a privilege violation."""
_HEAD = {Cause.MALFORMED: INCORRECT_DATA, Cause.BUSY: NO_MEMORY, Cause.GONE: NO_MEMORY, Cause.SILENT: NO_MEMORY}
"""Status codes of the encapsulation; everything else is a command that is not supported."""


def head_status(cause: Cause) -> int:
    """Return the status that refuses a command of the encapsulation."""
    return _HEAD.get(cause, UNSUPPORTED)


def refuse(request: Request, cause: Cause) -> tuple[bytes, int]:
    """Return the answer to a request that is not carried out, and the status that says why.

    In a packet of services each gets an answer of its own, and each the same: none was carried out.
    """
    status = _CIP.get(cause, PRIVILEGE_VIOLATION)
    if request.inner:
        return _several([_answer(one.code, status) for one in request.inner]), status
    link = request.opens or request.closes
    return _answer(request.code, status) + (b"" if link is None else link.serials + bytes(2)), status


def _answer(code: int, status: int) -> bytes:
    extended = _TIMED_OUT if status == CONNECTION_FAILURE else b""
    return bytes([code | REPLY, 0, status, len(extended) // 2]) + extended


def _several(answers: list[bytes]) -> bytes:
    head = 2 + 2 * len(answers)
    starts = [head + sum(map(len, answers[:at])) for at in range(len(answers))]
    numbers = [len(answers), *starts]
    return _answer(0x0A, EMBEDDED_ERROR) + b"".join(n.to_bytes(2, "little") for n in numbers) + b"".join(answers)
