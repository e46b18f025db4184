"""Read what a device answers: status, values, and what they tell about the objects that were asked for.

The CIP Networks Library, Volume 1, 2-4.2 (answers), A-4.10 (Multiple Service Packet).
"""

from collections.abc import Callable
from typing import NamedTuple

from guards.effects import Direction, Operation, Value, Verdict
from guards.enip import pccc, tags
from guards.enip.contents import REPLY, Request, attribute_shown
from guards.enip.refusals import EMBEDDED_ERROR
from guards.enip.services import EXECUTE_PCCC, UNCONNECTED_SEND
from guards.given import Access
from guards.reasons import UNSAID, Reason, why

ODD_SHAPE = why("odd_answer")
PARTIAL = 0x06
"""The status of an answer that more follows to."""


class Answered(NamedTuple):
    """What an answer says. ``code`` is its first error, ``reason`` what is odd about it.

    ``done`` are the requests that were carried out, the one itself or some in the packet; ``learned`` objects along
    their routes with the values that they have by it.
    """

    code: int | None = None
    reason: Reason = UNSAID
    values: tuple[Value, ...] = ()
    learned: tuple[tuple[str, Access], ...] = ()
    done: tuple[Request, ...] = ()
    data: bytes = b""

    @property
    def objects(self) -> tuple[str, ...]:
        """What was read or written."""
        return tuple(dict.fromkeys(name for request in self.done for name in request.objects))


def read(request: Request, cip: bytes) -> Answered:
    """Read the answer to a request. An Unconnected Send is answered by the request inside, or fails by itself."""
    start = 4 + 2 * cip[3] if len(cip) >= 4 else 0
    if not start or len(cip) < start or not _is_of(request, cip):
        return Answered(reason=ODD_SHAPE)
    status, data = cip[2], cip[start:]
    if request.inner and status in {0, EMBEDDED_ERROR}:
        return _several(request, status, data)
    if status not in {0, PARTIAL}:
        return Answered(status)
    code = status or None
    if request.code == EXECUTE_PCCC and request.function.startswith("pccc_"):
        return _pccc(request, code, data)
    reader = _READERS.get(request.function)
    return Answered(code, data=data, done=(request,)) if reader is None else reader(request, code, data)


def _is_of(request: Request, cip: bytes) -> bool:
    service = cip[0] & ~REPLY
    return bool(cip[0] & REPLY) and (service == request.code or (service == UNCONNECTED_SEND and cip[2] != 0))


def _several(request: Request, status: int, data: bytes) -> Answered:
    count = int.from_bytes(data[:2], "little")
    starts = [int.from_bytes(data[2 + 2 * n : 4 + 2 * n], "little") for n in range(len(request.inner))]
    ends = [*starts[1:], len(data)]
    if count != len(request.inner) or starts != sorted(starts) or starts[0] < 2 + 2 * count:
        return Answered(status or None, ODD_SHAPE)
    each = [read(one, data[at:to]) for one, at, to in zip(request.inner, starts, ends, strict=True)]
    return Answered(
        next((one.code for one in each if one.code is not None), status or None),
        next((one.reason for one in each if one.reason), UNSAID),
        tuple(value for one in each for value in one.values),
        tuple(learned for one in each for learned in one.learned),
        tuple(done for one in each for done in one.done),
    )


def _tag_read(request: Request, code: int | None, data: bytes) -> Answered:
    values = tags.answered(data)
    (part,) = request.parts
    is_shared = code is None and len(values) == len(part.accesses) and request.function == "read_tag"
    pairs = zip(part.accesses, values, strict=True) if is_shared else ()
    learned = tuple((part.route, Access(one.touched, (value,))) for one, value in pairs)
    return Answered(code, UNSAID, values, learned, (request,))


def _tag_written(request: Request, code: int | None, _: bytes) -> Answered:
    (part,) = request.parts
    learned = tuple((part.route, access) for access in part.accesses if code is None)
    return Answered(code, learned=learned, done=(request,))


def _attribute_read(request: Request, code: int | None, data: bytes) -> Answered:
    return Answered(code, UNSAID, attribute_shown(data), done=(request,))


def _pccc(request: Request, code: int | None, data: bytes) -> Answered:
    (part,) = request.parts
    touched = part.accesses[0].touched if part.accesses else None
    message = data[data[0] :] if data and 0 < data[0] <= len(data) else b""
    said = pccc.answered(message, touched)
    if said is None:
        return Answered(code, ODD_SHAPE)
    failed, values = said
    if failed:
        return Answered(failed, why("pccc_status"))
    written = tuple(access for access in part.accesses if access.values)
    learned = written or (() if touched is None else (Access(touched, values),))
    return Answered(code, UNSAID, values, tuple((part.route, access) for access in learned), (request,))


_READERS: dict[str, Callable[[Request, int | None, bytes], Answered]] = {
    "read_tag": _tag_read,
    "read_tag_fragmented": _tag_read,
    "write_tag": _tag_written,
    "get_attribute_single": _attribute_read,
}
"""Services whose answers carry values, or make a written value known."""


def told_of(asked: Operation, request: Request, found: Answered) -> Operation:
    """Return an answer as an operation; of a packet it names the objects of those services that were carried out."""
    return Operation(
        Direction.TO_USER,
        asked.protocol,
        asked.function_code,
        asked.function,
        asked.tier,
        Verdict.ALLOWED,
        True,
        asked.transaction,
        None,
        found.objects if request.inner else asked.objects,
        found.values,
        found.reason,
        found.code,
        asked.route,
        asked.is_upload,
        parts=request._replace(carriers=()).told() if found.done else (),
    )
