"""What a DNP3 outstation tells of itself: device attributes, and those indications that last.

IEEE Std 1815-2012: A.2 (group 0), 4.2.2.6 (confirmations), 4.3.3 (internal indications). Indications of events, of the
clock and of busy functions come and go by themselves; points are data, and events are never asked for.
"""

from collections.abc import Generator, Iterator
from functools import partial
from struct import unpack_from

from guards.dnp3 import link
from guards.dnp3.functions import CONFIRM, READ
from guards.dnp3.limits import BROADCASTS
from guards.look import Facts, LookKind, LookStoppedError, Script, text
from guards.shortfalls import short
from guards.splitting import Splitter
from policies.rules import Rules

MASTER = 1
"""Whom the look comes from. Outstations are set to one master and do not say which; one with another stays silent."""
_ALL_ATTRIBUTES = b"\0\xfe\0\0\0"
_ATTRIBUTES = {
    242: "software",
    243: "hardware",
    245: "location",
    246: "id",
    247: "name",
    248: "serial_number",
    249: "conformance",
    250: "product_name",
    252: "vendor_name",
}
_INDICATIONS = {0x0020: "local_control", 0x0040: "trouble", 0x0080: "restarted", 0x2000: "configuration_corrupt"}
_TEXT, _UNSIGNED = 1, 2
_FIRST, _LAST, _CONFIRM_BIT, _UNASKED_BIT, _SEQUENCE = 0x80, 0x40, 0x20, 0x10, 0x0F
_RESPONSE, _UNASKED = 0x81, 0x82
_EMPTY_BYTES = 4
_FROM_MASTER = 0xC4
_MAX_OUTSTATIONS = 4
_MAX_FRAGMENTS = 4
_MAX_FRAMES = 64
_Heard = Generator[bytes, bytes, bytes]


def script(rules: Rules, facts: Facts) -> Script:
    """Ask each outstation of the fence; no address is tried that the policy does not name."""
    units = sorted(unit for unit in rules.units or () if unit not in BROADCASTS)
    if not units:
        return short("no_outstation")
    for sequence, unit in enumerate(units[:_MAX_OUTSTATIONS]):
        prefix = "" if len(units) == 1 else f"unit{unit}."
        yield from _outstation(unit, sequence * _MAX_FRAGMENTS & _SEQUENCE, prefix, facts)
    if len(units) > _MAX_OUTSTATIONS:
        return short("some_outstations", count=_MAX_OUTSTATIONS, all=len(units))
    return ""


def _outstation(unit: int, sequence: int, prefix: str, facts: Facts) -> Generator[bytes, bytes, None]:
    ear = _Ear(unit)
    request = _said(unit, 0, bytes([_FIRST | _LAST | sequence, READ]) + _ALL_ATTRIBUTES)
    for number in range(1, _MAX_FRAGMENTS + 1):
        fragment = yield from ear.ask(request, sequence)
        for bit, name in _INDICATIONS.items():
            facts[prefix + name] = "yes" if unpack_from("<H", fragment, 2)[0] & bit else "no"
        for variation, value in _attributes(fragment):
            if variation in _ATTRIBUTES:
                facts[prefix + _ATTRIBUTES[variation]] = value
        if fragment[0] & _LAST:
            return
        request = b""
        if fragment[0] & _CONFIRM_BIT:
            request = _said(unit, number, bytes([_FIRST | _LAST | sequence, CONFIRM]))
        sequence = sequence + 1 & _SEQUENCE
    raise LookStoppedError(short("tells_more", unit=unit, most=_MAX_FRAGMENTS))


class _Ear:
    """Puts one outstation's frames together.

    What it tells unasked is not confirmed, so that its master still gets it; but for the empty word with which it
    greets whoever connects: some answer nothing before that is confirmed.
    """

    def __init__(self, unit: int) -> None:
        self._unit = unit
        self._pieces = link.Pieces()

    def ask(self, request: bytes, sequence: int) -> _Heard:
        """Return the whole fragment that answers."""
        raw = yield request
        for _ in range(_MAX_FRAMES):
            fragment = self._take(raw)
            if fragment is not None and fragment[1] == _RESPONSE and fragment[0] & _SEQUENCE == sequence:
                return fragment
            raw = yield b"" if fragment is None else self._greet(fragment)
        raise LookStoppedError(short("said_other", unit=self._unit))

    def _take(self, raw: bytes) -> bytes | None:
        frame = link.parse(raw)
        if isinstance(frame, str) or frame.from_master or frame.source != self._unit or not frame.data:
            return None
        if not frame.is_primary or frame.function != link.UNCONFIRMED_DATA:
            return None
        whole = self._pieces.take(frame.data)
        return whole if isinstance(whole, bytes) and len(whole) >= _EMPTY_BYTES else None

    def _greet(self, fragment: bytes) -> bytes:
        if fragment[1] != _UNASKED or len(fragment) > _EMPTY_BYTES or not fragment[0] & _CONFIRM_BIT:
            return b""
        control = _FIRST | _LAST | _UNASKED_BIT | fragment[0] & _SEQUENCE
        return _said(self._unit, 0, bytes([control, CONFIRM]))


def _said(unit: int, piece: int, fragment: bytes) -> bytes:
    """Return a master's fragment in one frame."""
    return link.frame(_FROM_MASTER, unit, MASTER, bytes([0xC0 | piece]) + fragment)


def _attributes(fragment: bytes) -> Iterator[tuple[int, str]]:
    """Read attributes of set 0, each behind a header of its own: type, length, value (A.2.1)."""
    at = 4
    while at + 7 <= len(fragment) and fragment[at] == 0 and fragment[at + 2 : at + 5] == b"\0\0\0":
        variation, kind, size = fragment[at + 1], fragment[at + 5], fragment[at + 6]
        value = fragment[at + 7 : at + 7 + size]
        if len(value) < size:
            return
        if kind == _TEXT:
            yield variation, text(value)
        elif kind == _UNSIGNED:
            yield variation, str(int.from_bytes(value, "little"))
        at += 7 + size


LOOK = LookKind(script, partial(Splitter, link.measure))
