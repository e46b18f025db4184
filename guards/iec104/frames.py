"""Frames and application service data units.

IEC 60870-5-104:2006, 5.1 (APCI), with the fixed field sizes of clause 7: cause two bytes, common address two, object
address three. Numbers are little-endian.
"""

from struct import Struct
from typing import NamedTuple

from guards.given import Access, Touched
from guards.iec104 import values
from guards.iec104.types import ACTIVATION, COUNTER_INTERROGATION, INTERROGATION, TypeId, type_of
from guards.malformations import flaw
from guards.reasons import UNSAID, Reason
from guards.splitting import INCOMPLETE, FramingFault
from policies.rules import Tier

MAX_APDU_BYTES = 253
MAX_FRAME_BYTES = MAX_APDU_BYTES + 2
MODULUS = 0x8000
"""Sequence numbers have fifteen bits (5.1)."""

NEGATIVE, TEST = 0x40, 0x80
"""Bits beside the cause: what it confirms was refused; it was said to test (IEC 60870-5-101:2003, 7.2.3)."""

STARTDT_ACT, STARTDT_CON, STOPDT_ACT, STOPDT_CON, TESTFR_ACT, TESTFR_CON = 0x07, 0x0B, 0x13, 0x23, 0x43, 0x83
UNNUMBERED = {
    STARTDT_ACT: "startdt_act", STARTDT_CON: "startdt_con", STOPDT_ACT: "stopdt_act", STOPDT_CON: "stopdt_con",
    TESTFR_ACT: "testfr_act", TESTFR_CON: "testfr_con",
}  # fmt: skip
_START = 0x68
_HEAD = Struct("<BBBBH")
_APCI = Struct("<BBHH")


class Frame(NamedTuple):
    """One frame: of ``i``, ``s`` or ``u`` format, the control function of the last, the ASDU of the first.

    ``sent`` and ``received`` are the sequence numbers N(S) and N(R) of the formats that have them.
    """

    form: str
    control: int
    asdu: bytes
    sent: int = 0
    received: int = 0


class Asdu(NamedTuple):
    """One application service data unit. ``is_negative``: what it confirms was refused; ``fault`` is what is wrong.

    ``is_select``: a command that only selects its object. ``is_invalid``: the station does not trust what it tells.
    """

    type_id: TypeId
    tier: Tier
    cause: int
    is_negative: bool
    common_address: int
    accesses: tuple[Access, ...] = ()
    fault: Reason = UNSAID
    is_select: bool = False
    is_invalid: bool = False

    @property
    def is_interrogation(self) -> bool:
        """Whether a tool asks for all that a station, or a group of it, counts (C_IC, C_CI)."""
        return self.cause == ACTIVATION and self.type_id.code in {INTERROGATION, COUNTER_INTERROGATION}


def measure(stream: bytes, at: int) -> int | FramingFault:
    """Tell where the APDU that begins at ``at`` ends."""
    if stream[at] != _START:
        return FramingFault("iec104_start", flaw("apdu_start", byte=f"{stream[at]:#04x}"))
    if len(stream) - at < 2:
        return INCOMPLETE
    if not 4 <= stream[at + 1] <= MAX_APDU_BYTES:
        return FramingFault("iec104_length", flaw("apdu_length", length=stream[at + 1], most=MAX_APDU_BYTES))
    return at + 2 + stream[at + 1]


def parse(apdu: bytes) -> Frame | Reason:
    """Read a whole APDU; return what is wrong with one whose format and length do not fit (5.1, figures 5 to 8)."""
    _, _, first, second = _APCI.unpack_from(apdu)
    if not first & 1:
        if second & 1:
            return flaw("second_number")
        if len(apdu) == 6:
            return flaw("no_asdu")
        return Frame("i", 0, apdu[6:], first >> 1, second >> 1)
    if len(apdu) != 6:
        return flaw("nothing_carried")
    if first == 1 and not second & 1:
        return Frame("s", 0, b"", 0, second >> 1)
    if first not in UNNUMBERED or second:
        return flaw("control_unknown", code=f"{first:#04x}")
    return Frame("u", first, b"")


def numbered(asdu: bytes, sent: int, received: int) -> bytes:
    """Return an I-frame; the numbers are counted on without end here, and cut to fifteen bits there."""
    head = _APCI.pack(_START, 4 + len(asdu), sent % MODULUS << 1, received % MODULUS << 1)
    return head + asdu


def supervisory(received: int) -> bytes:
    """Return an S-frame, which acknowledges and says nothing else."""
    return _APCI.pack(_START, 4, 1, received % MODULUS << 1)


def unnumbered(control: int) -> bytes:
    """Return a U-frame with one control function."""
    return _APCI.pack(_START, 4, control, 0)


def mirrored(asdu: bytes, cause: int) -> bytes:
    """Return an ASDU as a station sends it back that refuses it: all but the cause as it came, also the originator."""
    return asdu[:2] + bytes([cause | NEGATIVE | asdu[2] & TEST]) + asdu[3:]


def read(data: bytes, *, to_station: bool) -> Asdu | Reason:
    """Read an ASDU; return what is wrong with one that has not even a head."""
    if len(data) < _HEAD.size:
        return flaw("asdu_cut_short")
    code, qualifier, cause, _, address = _HEAD.unpack_from(data)
    type_id = type_of(code, to_station=to_station)
    count, is_sequence = qualifier & 0x7F, bool(qualifier & 0x80)
    head = type_id, type_id.tier, cause & 0x3F, bool(cause & NEGATIVE), address
    elements = _elements(type_id, data[_HEAD.size :], count, is_sequence=is_sequence)
    if isinstance(elements, str):
        return Asdu(*head, fault=elements)
    tier = type_id.tier
    if code == COUNTER_INTERROGATION and to_station and any(element[0] & 0xC0 for _, element in elements):
        tier = Tier.OPERATE  # it freezes or resets the counters before it reads them
    accesses = _accesses(type_id, elements, is_sequence=is_sequence)
    if type_id.is_monitoring:
        is_invalid = any(values.is_invalid(code, element) for _, element in elements)
        return Asdu(type_id, tier, *head[2:], accesses, is_invalid=is_invalid)
    is_select = any(values.selects(code, element) for _, element in elements)
    return Asdu(type_id, tier, *head[2:], accesses, is_select=is_select)


def _elements(type_id: TypeId, body: bytes, count: int, *, is_sequence: bool) -> list[tuple[int, bytes]] | Reason:
    """Return the objects' addresses and elements; in a sequence only the first has an address (7.2.2.1)."""
    size = type_id.size
    if size is None and not type_id.table:
        return []
    if size is None:
        return [(int.from_bytes(body[:3], "little"), body[3:])] if len(body) >= 3 else flaw("object_cut_short")
    step = size if is_sequence else 3 + size
    if len(body) != (3 if is_sequence else 0) + count * step or not count:
        return flaw("objects_and_length")
    if is_sequence:
        first = int.from_bytes(body[:3], "little")
        return [(first + n, body[3 + n * size : 3 + (n + 1) * size]) for n in range(count)]
    parts = [body[n * step : (n + 1) * step] for n in range(count)]
    return [(int.from_bytes(part[:3], "little"), part[3:]) for part in parts]


def _accesses(type_id: TypeId, elements: list[tuple[int, bytes]], *, is_sequence: bool) -> tuple[Access, ...]:
    table, code = type_id.table, type_id.code
    if not table:
        return ()
    if table.endswith("interrogation"):
        groups = [element[0] & (0x3F if code == COUNTER_INTERROGATION else 0xFF) for _, element in elements]
        return tuple(Access(Touched(table, group, group)) for group in groups)
    if is_sequence:
        said = tuple(one for _, element in elements for one in values.value(code, element))
        return (Access(Touched(table, elements[0][0], elements[-1][0]), said),)
    return tuple([Access(Touched(table, at, at), values.value(code, element)) for at, element in elements])
