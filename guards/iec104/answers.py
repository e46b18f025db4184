"""Which request a station's ASDU answers: nothing in it says so but that it mirrors the request."""

from collections.abc import Iterator
from typing import NamedTuple

from guards.iec104.frames import Asdu
from guards.iec104.refusals import CONFIRMED_BY
from guards.iec104.types import (
    ACTIVATION,
    BROADCAST,
    BROADCASTS,
    DEACTIVATION,
    READ_COMMAND,
    REQUEST,
    UNKNOWN_OBJECT,
    UNKNOWN_TYPE,
)

_CONFIRMS = {confirmation: cause for cause, confirmation in CONFIRMED_BY.items()}


class Key(NamedTuple):
    """What a request shares with its answer."""

    type_code: int
    common_address: int
    object_address: int
    cause: int


def key_of(data: bytes, asdu: Asdu) -> Key | None:
    """Return what the answer to a request will share with it; ``None`` if none need come (files, test of delay)."""
    code = asdu.type_id.code
    is_answered = asdu.cause in CONFIRMED_BY or (asdu.cause == REQUEST and code == READ_COMMAND)
    return Key(code, asdu.common_address, _object_address(data), asdu.cause) if is_answered else None


def keys_answered(data: bytes, asdu: Asdu) -> Iterator[Key]:
    """Return the requests that a station's ASDU may be the answer to, the likeliest first.

    To what was said to every station at once, each answers under its own address.
    """
    code, address = asdu.type_id.code, _object_address(data)
    for cause in _causes_answered(asdu.cause):
        as_type = READ_COMMAND if cause == REQUEST else code
        yield Key(as_type, asdu.common_address, address, cause)
        if code in BROADCASTS:
            yield from (Key(code, everybody, address, cause) for everybody in BROADCAST)


def _causes_answered(cause: int) -> tuple[int, ...]:
    if cause == REQUEST:
        return (REQUEST,)
    if UNKNOWN_TYPE <= cause <= UNKNOWN_OBJECT:
        return (ACTIVATION, DEACTIVATION, REQUEST)
    confirmed = _CONFIRMS.get(cause)
    return () if confirmed is None else (confirmed,)


def _object_address(data: bytes) -> int:
    return int.from_bytes(data[6:9], "little")
