"""What tag services touch and write, and what their answers say.

Rockwell Automation publication 1756-PM020, Logix 5000 Controllers Data Access, CIP Services Reference; elementary types
from The CIP Networks Library, Volume 1, appendix C-6.1. All numbers are little-endian.
"""

from struct import Struct

from guards.enip.paths import Path
from guards.enip.services import READ_FRAGMENT, READ_TAG, SYMBOL, WRITE_FRAGMENT, WRITE_TAG
from guards.given import Access, Touched
from guards.malformations import flaw
from guards.reasons import UNSAID, Reason

STRUCTURE = 0x02A0
"""The type of a structured tag; two bytes behind it say which structure."""
_CONSTRUCTED = 0xA0
"""The low bytes A0 to A7 are those of constructed types; their high byte tells how long their description is."""
MAX_ELEMENTS = 256
Values = tuple[int | float | bool, ...]

_TYPES = {
    0xC1: Struct("<?"), 0xC2: Struct("<b"), 0xC3: Struct("<h"), 0xC4: Struct("<i"), 0xC5: Struct("<q"),
    0xC6: Struct("<B"), 0xC7: Struct("<H"), 0xC8: Struct("<I"), 0xC9: Struct("<Q"), 0xCA: Struct("<f"),
    0xCB: Struct("<d"), 0xD1: Struct("<B"), 0xD2: Struct("<H"), 0xD3: Struct("<I"), 0xD4: Struct("<Q"),
}  # fmt: skip
"""Elementary data types whose values can be held against bounds."""
_READS, _WRITES = frozenset({READ_TAG, READ_FRAGMENT}), frozenset({WRITE_TAG, WRITE_FRAGMENT})


def accesses(code: int, path: Path, body: bytes) -> tuple[tuple[Access, ...], Reason]:
    """Return what a tag service touches with the values that it writes, and what is wrong with it, if anything.

    ``count`` elements from one on are each named, of a fragment whose values are known those that it writes; too many
    are the whole array. A tag that is an instance of the symbol class, within what a name says (``Program:Main``),
    counts as both.
    """
    values, fault = _written(code, body) if code in _WRITES else ((), UNSAID)
    found: list[Access] = []
    if path.symbol:
        if code == WRITE_FRAGMENT and values:
            names = _elements(path.symbol, _count(code, body), _begins(body), len(values))
        else:
            names = _elements(path.symbol, _count(code, body))
        each = [(value,) for value in values] if len(values) == len(names) > 1 else [values] * len(names)
        found += (Access(Touched("tag", name=name), one) for name, one in zip(names, each, strict=True))
    if path.class_id == SYMBOL:
        instance = path.instance or 0
        found.append(Access(Touched(f"class{SYMBOL}", instance, instance), values))
    return tuple(found), fault


def answered(data: bytes) -> Values:
    """Return the values in the answer to a Read Tag: type, data; none of a structure's."""
    number = _TYPES.get(int.from_bytes(data[:2], "little"))
    if number is None or (len(data) - 2) % number.size:
        return ()
    return tuple(value for (value,) in number.iter_unpack(data[2:]))


def _elements(symbol: str, count: int, begin: int = 0, some: int | None = None) -> list[str]:
    """Return the names of ``some`` of ``count`` elements, from the one at ``begin`` on; of all, unless it is given."""
    base, _, index = symbol.removesuffix("]").rpartition("[")
    if count <= 1 or not symbol.endswith("]"):
        return [symbol]
    if count > MAX_ELEMENTS or base.endswith("]") or not (index.isascii() and index.isdecimal()):
        return [base.partition("[")[0]]
    first = int(index) + begin
    return [f"{base}[{number}]" for number in range(first, first + (count if some is None else some))]


def _begins(body: bytes) -> int:
    """Return at which element a fragment begins whose values are known."""
    at = count_at(body) + 2
    return int.from_bytes(body[at : at + 4], "little") // _TYPES[int.from_bytes(body[:2], "little")].size


def _count(code: int, body: bytes) -> int:
    """Return how many elements a tag service asks for: behind the type, where one is given."""
    if code in _READS:
        return int.from_bytes(body[:2], "little")
    if code in _WRITES:
        at = count_at(body)
        return int.from_bytes(body[at : at + 2], "little")
    return 1


def count_at(body: bytes) -> int:
    """Return where the number of elements stands in a Write Tag: behind its type, of which structures have two."""
    return 4 if int.from_bytes(body[:2], "little") == STRUCTURE else 2


def _written(code: int, body: bytes) -> tuple[Values, Reason]:
    """Return the values of a Write Tag: type, count, in a fragment an offset, data; none of a structure's.

    A fragment that begins inside an element writes no values that anybody could name.
    """
    kind = int.from_bytes(body[:2], "little")
    at = count_at(body)
    count = int.from_bytes(body[at : at + 2], "little")
    start = at + (6 if code == WRITE_FRAGMENT else 2)
    if len(body) < start:
        return (), flaw("write_cut_short")
    number, data = _TYPES.get(kind), body[start:]
    offset = int.from_bytes(body[at + 2 : start], "little")
    most = max(count, 1) * (1 if number is None else number.size)
    if most % 2 and offset + len(data) == most + 1 and data.endswith(b"\0"):
        data = data[:-1]  # tools fill the last word
    if number is None:
        is_structure = kind & 0xF8 == _CONSTRUCTED and kind != STRUCTURE
        return (), flaw("structure_untold") if is_structure else UNSAID
    if offset + len(data) > most:
        return (), flaw("write_beyond")
    if offset % number.size or len(data) % number.size:
        return (), UNSAID
    return tuple(value for (value,) in number.iter_unpack(data)), UNSAID
