"""Values: Variant and DataValue (OPC 10000-6 1.05, 5.2.2.16 and 5.2.2.17)."""

from collections.abc import Callable
from math import nan
from struct import Struct
from typing import NamedTuple

from guards.effects import Value
from guards.malformations import flaw
from guards.opcua.binary import LayoutError, Reader
from guards.opcua.nodes import guid_text

MAX_TEXT = 256
_VARIANT = 24


def _text(text: str) -> str:
    return text[:MAX_TEXT]


def _diagnostic(reader: Reader) -> Value:
    reader.diagnostic()
    return "diagnostic"


_FORMS = {
    1: Struct("<?"), 2: Struct("<b"), 3: Struct("<B"), 4: Struct("<h"), 5: Struct("<H"), 6: Struct("<i"),
    7: Struct("<I"), 8: Struct("<q"), 9: Struct("<Q"), 10: Struct("<f"), 11: Struct("<d"),
}  # fmt: skip
"""Boolean, and the integers and floating point numbers of every size."""
_TYPES: dict[int, Callable[[Reader], Value]] = {
    12: lambda reader: _text(reader.string() or ""),
    13: Reader.int64,
    14: lambda reader: guid_text(reader.take(16)),
    15: lambda reader: _text((reader.blob() or b"").hex()),
    16: lambda reader: _text(reader.string() or ""),
    17: lambda reader: _text(str(reader.node_id())),
    18: lambda reader: _text(str(reader.expanded_node_id())),
    19: Reader.uint32,
    20: lambda reader: _text(reader.qualified_name()),
    21: lambda reader: _text(reader.localized_text()),
    22: lambda reader: _text(f"structure {reader.extension().type_id}"),
    23: lambda reader: _text(" ".join(str(value) for value in reader.nested(data_value).values)),
    _VARIANT: lambda reader: _text(" ".join(str(value) for value in reader.nested(variant).values)),
    25: _diagnostic,
}


class Variant(NamedTuple):
    """A value or an array of them, flat, as they are shown; ``kind`` is the number of the built-in type, 0 for null."""

    kind: int = 0
    is_array: bool = False
    values: tuple[Value, ...] = ()

    @property
    def numbers(self) -> tuple[float, ...]:
        """The values as bounds see them: what is no number is NaN, which no bound admits."""
        if self.kind in _FORMS:
            return tuple(float(value) for value in self.values) or (nan,)
        return (nan,) * max(1, len(self.values))

    @property
    def number(self) -> float | None:
        """The value, where it is one number."""
        return float(self.values[0]) if self.kind in _FORMS and not self.is_array else None


def _one(reader: Reader, kind: int) -> Value:
    form = _FORMS.get(kind)
    return _TYPES[kind](reader) if form is None else reader.number(form)


def _many(reader: Reader, kind: int) -> tuple[Value, ...]:
    form = _FORMS.get(kind)
    return tuple(reader.array(_TYPES[kind])) if form is None else reader.numbers(form)


EMPTY = Variant()
_DIMENSIONS, _ARRAY = 0x40, 0x80
_TIMES = 0x3C


def variant(reader: Reader) -> Variant:
    """Read a Variant; raises ``LayoutError``."""
    mask = reader.byte()
    form = _FORMS.get(mask)
    if form is not None:  # one number, as nearly always
        return Variant(mask, is_array=False, values=(reader.number(form),))
    kind = mask & 0x3F
    if not kind and not mask:
        return EMPTY
    is_known = kind in _FORMS or kind in _TYPES
    if not is_known or (mask & _DIMENSIONS and not mask & _ARRAY) or (kind == _VARIANT and not mask & _ARRAY):
        raise LayoutError(flaw("value_encoding", mask=f"{mask:#04x}"))
    if not mask & _ARRAY:
        return Variant(kind, is_array=False, values=(_one(reader, kind),))
    values = _many(reader, kind)
    if mask & _DIMENSIONS:
        reader.array(Reader.int32)
    return Variant(kind, is_array=True, values=values)


class DataValue(NamedTuple):
    """A value with its status; times are read over."""

    variant: Variant = EMPTY
    status: int = 0

    @property
    def values(self) -> tuple[Value, ...]:
        """The values alone."""
        return self.variant.values


def data_value(reader: Reader) -> DataValue:
    """Read a DataValue; raises ``LayoutError``."""
    mask = reader.byte()
    if mask & ~0x3F:
        raise LayoutError(flaw("value_fields"))
    held = variant(reader) if mask & 0x01 else EMPTY
    status = reader.uint32() if mask & 0x02 else 0
    if mask & _TIMES:
        for bit, size in ((0x04, 8), (0x10, 2), (0x08, 8), (0x20, 2)):
            if mask & bit:
                reader.take(size)
    return DataValue(held, status)
