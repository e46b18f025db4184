"""Responses: the header that all share, what they tell, and those that the guard makes (OPC 10000-4 1.05, 7.34)."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from struct import Struct
from typing import NamedTuple

from guards.effects import Value
from guards.malformations import flaw
from guards.opcua.binary import NULL, LayoutError, Reader, array, int64, type_id, uint32
from guards.opcua.requests import MAX_SHOWN, Request, read_code
from guards.opcua.services import CALL, FAULT, READ, WRITE, Service
from guards.opcua.status import BAD, Status
from guards.opcua.variants import DataValue, data_value, variant
from guards.reasons import UNSAID, Reason, why

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_PLAIN_HEAD = Struct("<12xIBi3s")
"""Time and reference, result, mask of diagnostics, length of the strings, and what more there is: mostly nothing."""
_NOTHING_MORE = bytes(3)


class Answer(NamedTuple):
    """One response. ``result`` is its status code, or that of the first item that failed, which ``reason`` names.

    ``read`` are the values of a Read, ``results`` the status codes of a Write; its own fields begin at ``fields_at``.
    """

    code: int
    result: int = 0
    reason: Reason = UNSAID
    values: tuple[Value, ...] = ()
    read: tuple[DataValue, ...] = ()
    results: tuple[int, ...] = ()
    fields_at: int = 0
    fault: Reason = UNSAID

    @property
    def exception_code(self) -> int | None:
        """The status code, if it is a bad one."""
        return self.result if self.is_bad(self.result) else None

    @staticmethod
    def is_bad(status: int) -> bool:
        """Tell whether something was not done."""
        return bool(status & BAD)


def read_answer(body: bytes, service: Service | None) -> Answer:
    """Return what a whole message says to a request of ``service`` (``None``: which was not seen)."""
    reader, code = Reader(body), 0
    try:
        code = read_code(reader)
        result = _header(reader)
        fields_at = reader.at
        if code == FAULT:
            return Answer(code, result or Status.BAD_COMMUNICATION)
        if service is not None and service.answer not in {0, code}:
            return Answer(code, result, fault=flaw("other_answer", service=service.name, code=code))
        contents = _CONTENTS.get(code)
        told = _NOTHING if contents is None else contents(reader)
    except LayoutError as wrong:
        return Answer(code, fault=wrong.reason)
    status, reason, values, read, results = told
    return Answer(code, result or status, reason, values, read, results, fields_at)


def _header(reader: Reader) -> int:
    plain = reader.peek(_PLAIN_HEAD)
    if plain is not None and not plain[1] and -1 <= plain[2] <= 0 and plain[3] == _NOTHING_MORE:
        reader.at += _PLAIN_HEAD.size
        return int(plain[0])
    reader.int64()
    reader.uint32()
    result = reader.uint32()
    reader.diagnostic()
    reader.array(Reader.string)
    reader.extension()
    return result


class _Told(NamedTuple):
    """See ``Answer``."""

    result: int = 0
    reason: Reason = UNSAID
    values: tuple[Value, ...] = ()
    read: tuple[DataValue, ...] = ()
    results: tuple[int, ...] = ()


_NOTHING = _Told()


def _read(reader: Reader) -> _Told:
    read = tuple(reader.array(data_value))
    _diagnostics(reader)
    values = tuple(islice(chain.from_iterable([one.variant.values for one in read]), MAX_SHOWN))
    return _Told(*_first_bad([one.status for one in read]), values, read)


def _write(reader: Reader) -> _Told:
    results = tuple(reader.array(Reader.uint32))
    _diagnostics(reader)
    return _Told(*_first_bad(results), results=results)


def _call(reader: Reader) -> _Told:
    def one(reader: Reader) -> tuple[int, tuple[Value, ...]]:
        status = reader.uint32()
        reader.array(Reader.uint32)
        reader.array(Reader.diagnostic)
        return status, tuple(value for output in reader.array(variant) for value in output.values)

    called = reader.array(one)
    _diagnostics(reader)
    values = tuple(value for _, outputs in called for value in outputs)[:MAX_SHOWN]
    return _Told(*_first_bad([status for status, _ in called]), values)


def _diagnostics(reader: Reader) -> None:
    reader.array(Reader.diagnostic)
    reader.end()


_CONTENTS = {READ + 3: _read, WRITE + 3: _write, CALL + 3: _call}


def _first_bad(statuses: Sequence[int]) -> tuple[int, Reason]:
    for at, status in enumerate(statuses):
        if status & BAD:
            return status, why("item_failed", number=at + 1, count=len(statuses))
    return 0, UNSAID


def ticks(moment: datetime) -> int:
    """Return a DateTime: 100 nanoseconds since 1601 (OPC 10000-6 1.05, 5.2.2.5)."""
    since = moment - _EPOCH
    return (since.days * 86400 + since.seconds) * 10_000_000 + since.microseconds * 10


def header(code: int, handle: int, status: int, moment: datetime) -> bytes:
    """Return type and header of a response of ours."""
    return type_id(code) + int64(ticks(moment)) + uint32(handle) + uint32(status) + b"\0" + NULL + bytes(3)


def fault(handle: int, status: int, moment: datetime) -> bytes:
    """Return the answer that a service was not carried out."""
    return header(FAULT, handle, status, moment)


def refusal(request: Request, refused: Collection[int], moment: datetime) -> bytes:
    """Return the answer to a request of which nothing was carried out, because of the items ``refused`` (all: empty).

    These get Bad_UserAccessDenied, the others Bad_RequestNotAllowed: nothing was done, and none must look as if it was.
    """
    service, handle = request.service, request.head.handle
    if service.refused is None or not request.items:
        return fault(handle, Status.BAD_USER_ACCESS_DENIED, moment)
    statuses = [
        Status.BAD_USER_ACCESS_DENIED if not refused or at in refused else Status.BAD_REQUEST_NOT_ALLOWED
        for at in range(len(request.items))
    ]
    results = [service.before + uint32(status) + service.refused for status in statuses]
    return header(service.answer, handle, Status.GOOD, moment) + array(results) + NULL
