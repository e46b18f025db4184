"""S7comm-plus, as far as a filter can hold it: what a connection is for, and the functions that it shows in the clear.

There is no public specification; layouts are those of the Wireshark plugin by T. Wiens and of the captures. What a
connection is for stands in its TSAP (``SIMATIC-ROOT-HMI`` or ``-ES``). From version 3 on messages are signed, so that
none can be answered for the device: a refusal ends the connection.

Setting an attribute of an object that is no process data is what starts and stops a CPU (S7CommPlusDriver by T. Wiens:
object 52, attribute 2167), so only the addresses of process data are OPERATE.
"""

from enum import Enum
from typing import NamedTuple

from policies.rules import Tier

PROTOCOL_ID = 0x72
REQUEST, RESPONSE, NOTIFICATION = 0x31, 0x32, 0x33
CREATE_OBJECT, DELETE_OBJECT, SET_VARIABLE, SET_VARIABLES, INIT_SSL = 0x04CA, 0x04D4, 0x04F2, 0x0542, 0x05B3
SESSIONS = 285
"""The object in which a tool creates its session."""
_WITH_DIGEST = 3
_DIGEST_BYTES = 32
_RETURN_VALUE_AT = 10
_TARGET = slice(14, 18)
_MAX_ITEMS = 1024
_MAX_FIELDS = 64
_DATA_BLOCKS = range(0x8A0E0000, 0x8A0F0000)
_AREAS = range(80, 85)
"""Inputs, outputs, flags, counters, timers."""

_READ, _OPERATE, _PROGRAM, _FIRMWARE = Tier.READ, Tier.OPERATE, Tier.PROGRAM, Tier.FIRMWARE

FUNCTIONS = {
    0x04BB: ("explore", _READ),
    CREATE_OBJECT: ("create_object", _PROGRAM),
    DELETE_OBJECT: ("delete_object", _PROGRAM),
    SET_VARIABLE: ("set_variable", _OPERATE),
    0x04FC: ("get_variable", _READ),
    0x0506: ("add_link", _PROGRAM),
    0x051A: ("remove_link", _PROGRAM),
    0x0524: ("get_link", _READ),
    SET_VARIABLES: ("set_multi_variables", _OPERATE),
    0x054C: ("get_multi_variables", _READ),
    0x0556: ("begin_sequence", _READ),
    0x0560: ("end_sequence", _READ),
    0x056B: ("invoke", _PROGRAM),
    0x057C: ("set_var_sub_streamed", _PROGRAM),
    0x0586: ("get_var_sub_streamed", _READ),
    0x0590: ("get_variables_address", _READ),
    0x059A: ("abort", _READ),
    INIT_SSL: ("init_ssl", _PROGRAM),
}


class Purpose(Enum):
    """What a connection is for, by the TSAP that it asks for."""

    CLASSIC = "classic"
    HMI = "hmi"
    ENGINEERING = "engineering"
    UNKNOWN = "unknown"


class Said(NamedTuple):
    """One message: its kind, its function and the object that it is about; ``is_whole``: no piece of it follows."""

    opcode: int
    function: int
    name: str
    tier: Tier
    sequence: int | None
    target: int
    is_whole: bool


def read(message: bytes) -> Said | None:
    """Read a message that begins with the protocol's id; ``None`` where its lengths do not add up."""
    end = 4 + (message[2] << 8 | message[3]) if len(message) >= 4 else len(message) + 1
    trailer = message[end:]
    if end > len(message) or (trailer and trailer != bytes([PROTOCOL_ID, message[1], 0, 0])):
        return None
    body = _body(message, end)
    if body is None:
        return None
    is_whole = bool(trailer)
    opcode = body[0] if body else 0
    if opcode not in {REQUEST, RESPONSE} or len(body) < 10:
        name = "notification" if opcode == NOTIFICATION else "system_event"
        return Said(opcode, 0, name, _READ if opcode == NOTIFICATION else _FIRMWARE, None, 0, is_whole)
    function = body[3] << 8 | body[4]
    name, tier = FUNCTIONS.get(function, (f"function_{function:04x}", _FIRMWARE))
    if tier is _OPERATE and opcode == REQUEST and not (function == SET_VARIABLES and _sets_process_data(body)):
        tier = _PROGRAM
    return Said(opcode, function, name, tier, body[7] << 8 | body[8], int.from_bytes(body[_TARGET], "big"), is_whole)


def is_done(message: bytes) -> bool:
    """Tell whether an answer says, by its return value, that what was asked for was done."""
    found = _number(_body(message, 4 + (message[2] << 8 | message[3])) or b"", _RETURN_VALUE_AT)
    return found is not None and not found[0]


def created(message: bytes) -> tuple[int, ...]:
    """Return the objects that the answer to a creation names: a return value, a count, and so many numbers."""
    body = _body(message, 4 + (message[2] << 8 | message[3])) or b""
    found = _number(body, _RETURN_VALUE_AT)
    if found is None or found[0] or found[1] >= len(body):
        return ()
    count, at = body[found[1]], found[1] + 1
    objects: list[int] = []
    for _ in range(count):
        one = _number(body, at)
        if one is None:
            break
        objects.append(one[0])
        at = one[1]
    return tuple(objects)


def _body(message: bytes, end: int) -> bytes | None:
    """Return what stands behind the head and its digest; ``None`` if there is a digest of another length."""
    body = message[4:end]
    if message[1] != _WITH_DIGEST or not body:
        return body
    return body[1 + _DIGEST_BYTES :] if body[0] == _DIGEST_BYTES else None


def _sets_process_data(body: bytes) -> bool:
    """Tell whether all addresses lie in data blocks, inputs, outputs, flags, counters and timers.

    No object, then how many addresses and how many numbers in them; each has a check sum, an area, a count, numbers.
    """
    if int.from_bytes(body[_TARGET], "big") or len(body) < _TARGET.stop:
        return False
    numbers = _Numbers(body, _TARGET.stop)
    items, _ = numbers.next(), numbers.next()
    for _ in range(min(items, _MAX_ITEMS)):
        _, area, fields = numbers.next(), numbers.next(), numbers.next()
        if area not in _DATA_BLOCKS and area not in _AREAS:
            return False
        for _ in range(min(fields, _MAX_FIELDS)):
            numbers.next()
        if fields > _MAX_FIELDS:
            return False
    return 0 < items <= _MAX_ITEMS and not numbers.is_short


class _Numbers:
    """Numbers of variable length, one after the other; -1 from where they are cut short."""

    __slots__ = ("_at", "_data", "is_short")

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at
        self.is_short = False

    def next(self) -> int:
        found = None if self.is_short else _number(self._data, self._at)
        if found is None:
            self.is_short = True
            return -1
        self._at = found[1]
        return found[0]


def _number(data: bytes, at: int) -> tuple[int, int] | None:
    """Return a number of variable length, seven bits a byte, and where it ends."""
    value = 0
    for end in range(at, min(at + 10, len(data))):
        value = value << 7 | data[end] & 0x7F
        if not data[end] & 0x80:
            return value, end + 1
    return None
