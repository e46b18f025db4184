"""Read what a device answers: values, return codes and errors, held against the request."""

from typing import NamedTuple

from guards.effects import Value
from guards.reasons import UNSAID, Reason, why
from guards.s7 import numbers
from guards.s7.contents import Contents
from guards.s7.functions import READ_VAR, WRITE_VAR
from guards.s7.jobs import data_items
from guards.s7.pdu import ITEM_DONE, Pdu
from guards.s7.variables import Variable

ODD_SHAPE = why("odd_answer")


class Answered(NamedTuple):
    """What an answer says: objects with their values, the first error in it, and what is odd about it.

    ``learned`` are the variables whose bytes are known by it.
    """

    objects: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    code: int | None = None
    reason: Reason = UNSAID
    learned: tuple[tuple[Variable, bytes], ...] = ()


def of_job(function: int, contents: Contents, pdu: Pdu) -> Answered:
    """Read the acknowledgement of a job."""
    if pdu.error:
        return Answered(contents.objects, code=pdu.error)
    if function == READ_VAR:
        return _of_read(contents, pdu)
    if function == WRITE_VAR:
        return _of_write(contents, pdu)
    return Answered(contents.objects)


def of_userdata(contents: Contents, pdu: Pdu) -> Answered:
    """Read a user data response; its error stands in the last two bytes of its parameters."""
    error = pdu.parameters[10] << 8 | pdu.parameters[11] if len(pdu.parameters) == 12 else 0
    return Answered(contents.objects, code=error or None)


def _of_read(contents: Contents, pdu: Pdu) -> Answered:
    items = _items(pdu, READ_VAR)
    if items is None or len(items) != len(contents.reads):
        return Answered(reason=ODD_SHAPE)
    got = [(variable, data) for variable, (code, data) in zip(contents.reads, items, strict=True) if code == ITEM_DONE]
    if any(variable.size and variable.size != len(data) for variable, data in got):
        return Answered(reason=ODD_SHAPE)
    values = tuple(value for variable, data in got for value in numbers.values(variable, data))
    failed = _failure([code for code, _ in items])
    return Answered(tuple(str(variable) for variable, _ in got), values, *failed, tuple(got))


def _of_write(contents: Contents, pdu: Pdu) -> Answered:
    codes = pdu.data
    if pdu.parameters[:1] != bytes([WRITE_VAR]) or len(codes) != len(contents.writes):
        return Answered(reason=ODD_SHAPE)
    done = [write for write, code in zip(contents.writes, codes, strict=True) if code == ITEM_DONE]
    learned = tuple((write.variable, write.data) for write in done)
    return Answered(tuple(str(write.variable) for write in done), (), *_failure(list(codes)), learned)


def _items(pdu: Pdu, function: int) -> list[tuple[int, bytes]] | None:
    parameters = pdu.parameters
    if len(parameters) != 2 or parameters[0] != function:
        return None
    return data_items(pdu.data, parameters[1])


def _failure(codes: list[int]) -> tuple[int | None, Reason]:
    for number, code in enumerate(codes, 1):
        if code != ITEM_DONE:
            return code, why("item_failed", number=number, count=len(codes)) if len(codes) > 1 else UNSAID
    return None, UNSAID
