"""Decode request PDUs: each decoder takes one whole PDU and returns its contents, or why it is malformed.

Limits and layouts: MODBUS Application Protocol Specification V1.1b3, section 6; each function names its clause.
"""

from collections.abc import Callable

from guards.malformations import flaw
from guards.modbus.contents import ADDRESSES, EMPTY, TOO_FAR, Contents, Malformed, Span, bits, words
from guards.modbus.tables import Table

MAX_READ_BITS = 2000
MAX_READ_WORDS = 125
MAX_WRITE_BITS = 1968
MAX_WRITE_WORDS = 123
MAX_READ_WRITE_WORDS = 121
MAX_FIFO_WORDS = 31
FILE_REFERENCE = 6
MAX_FILE_BYTES = 0xF5
MAX_FILE_WRITE_BYTES = 0xFB
MAX_FILE_RECORD = 0x270F

Decoder = Callable[[bytes], Contents | Malformed]

_SIZE = Malformed(flaw("request_length"))
_QUANTITY = Malformed(flaw("quantity"))
_BYTE_COUNT = Malformed(flaw("byte_count"))


def nothing(pdu: bytes) -> Contents | Malformed:
    """Decode a request that is its function code alone (6.7, 6.9, 6.10, 6.13)."""
    return EMPTY if len(pdu) == 1 else _SIZE


def opaque(pdu: bytes) -> Contents | Malformed:  # noqa: ARG001 - one signature for the table
    """Accept any content: the specification does not say what the function carries."""
    return EMPTY


def read(table: Table, limit: int) -> Decoder:
    """Return the decoder of a read of up to ``limit`` objects (6.1 to 6.4)."""

    def decode(pdu: bytes) -> Contents | Malformed:
        if len(pdu) != 5:
            return _SIZE
        first, quantity = pdu[1] << 8 | pdu[2], pdu[3] << 8 | pdu[4]
        if not 1 <= quantity <= limit:
            return _QUANTITY
        if first + quantity > ADDRESSES:
            return TOO_FAR
        span = Span(table, first, first + quantity - 1)
        return Contents(span, objects=(str(span),))

    return decode


def write_single_coil(pdu: bytes) -> Contents | Malformed:
    """Decode 6.5: only 0x0000 and 0xFF00 are values of a coil."""
    if len(pdu) != 5:
        return _SIZE
    if pdu[4] or pdu[3] not in {0x00, 0xFF}:
        return Malformed(flaw("coil_value"))
    return _written(Table.COILS, _word(pdu, 1), (pdu[3] & 1,))


def write_single_register(pdu: bytes) -> Contents | Malformed:
    """Decode 6.6."""
    return _written(Table.HOLDING, _word(pdu, 1), (_word(pdu, 3),)) if len(pdu) == 5 else _SIZE


def write_multiple_coils(pdu: bytes) -> Contents | Malformed:
    """Decode 6.11."""
    if len(pdu) < 6:
        return _SIZE
    quantity = _word(pdu, 3)
    if not 1 <= quantity <= MAX_WRITE_BITS:
        return _QUANTITY
    if pdu[5] != (quantity + 7) // 8 or len(pdu) != 6 + pdu[5]:
        return _BYTE_COUNT
    return _written(Table.COILS, _word(pdu, 1), bits(pdu[6:], quantity))


def write_multiple_registers(pdu: bytes) -> Contents | Malformed:
    """Decode 6.12."""
    if len(pdu) < 6:
        return _SIZE
    quantity = _word(pdu, 3)
    if not 1 <= quantity <= MAX_WRITE_WORDS:
        return _QUANTITY
    if pdu[5] != 2 * quantity or len(pdu) != 6 + pdu[5]:
        return _BYTE_COUNT
    return _written(Table.HOLDING, _word(pdu, 1), words(pdu[6:]))


def mask_write_register(pdu: bytes) -> Contents | Malformed:
    """Decode 6.16; the result is (current AND and-mask) OR (or-mask AND NOT and-mask), so only its bounds are known."""
    if len(pdu) != 7:
        return _SIZE
    address, and_mask, or_mask = words(pdu[1:])
    low = or_mask & ~and_mask & 0xFFFF
    span = Span(Table.HOLDING, address, address)
    return Contents(None, span, (and_mask, or_mask), (low,), (and_mask | low,), (str(span),))


def read_write_multiple_registers(pdu: bytes) -> Contents | Malformed:
    """Decode 6.17: it writes before it reads; ``objects`` names the written ones first, as ``values`` are theirs."""
    if len(pdu) < 10:
        return _SIZE
    from_first, from_quantity, to_first, to_quantity = words(pdu[1:9])
    if not (1 <= from_quantity <= MAX_READ_WORDS and 1 <= to_quantity <= MAX_READ_WRITE_WORDS):
        return _QUANTITY
    if pdu[9] != 2 * to_quantity or len(pdu) != 10 + pdu[9]:
        return _BYTE_COUNT
    if max(from_first + from_quantity, to_first + to_quantity) > ADDRESSES:
        return TOO_FAR
    reads = Span(Table.HOLDING, from_first, from_first + from_quantity - 1)
    writes = Span(Table.HOLDING, to_first, to_first + to_quantity - 1)
    values = words(pdu[10:])
    return Contents(reads, writes, values, values, values, (str(writes), f"read {reads}"))


def read_fifo_queue(pdu: bytes) -> Contents | Malformed:
    """Decode 6.18: the count register and up to 31 registers after it are read."""
    if len(pdu) != 3:
        return _SIZE
    first = _word(pdu, 1)
    return Contents(Span(Table.HOLDING, first, first + MAX_FIFO_WORDS), objects=(f"fifo {first}",))


def read_file_record(pdu: bytes) -> Contents | Malformed:
    """Decode 6.14: sub-requests of 7 bytes; the answers must fit into one PDU."""
    count = pdu[1] if len(pdu) > 1 else 0
    if not 7 <= count <= MAX_FILE_BYTES or count % 7 or len(pdu) != 2 + count:
        return _BYTE_COUNT
    objects: list[str] = []
    answer_bytes = 0
    for at in range(2, len(pdu), 7):
        if (named := _file_object(pdu, at)) is None:
            return Malformed(flaw("no_file_record"))
        objects.append(named)
        answer_bytes += 2 + 2 * _word(pdu, at + 5)
    if answer_bytes > MAX_FILE_BYTES:
        return _QUANTITY
    return Contents(objects=tuple(objects), outside_tables=True)


def write_file_record(pdu: bytes) -> Contents | Malformed:
    """Decode 6.15: sub-requests of 7 bytes, each followed by its registers."""
    count = pdu[1] if len(pdu) > 1 else 0
    if not 9 <= count <= MAX_FILE_WRITE_BYTES or len(pdu) != 2 + count:
        return _BYTE_COUNT
    objects: list[str] = []
    values: list[int] = []
    at = 2
    while at < len(pdu):
        following = at + 7 + 2 * _word(pdu, at + 5) if at + 7 <= len(pdu) else len(pdu) + 1
        if following > len(pdu) or (named := _file_object(pdu, at)) is None:
            return Malformed(flaw("no_file_record"))
        objects.append(named)
        values += words(pdu[at + 7 : following])
        at = following
    return Contents(values=tuple(values), objects=tuple(objects), outside_tables=True)


def diagnostic(pdu: bytes) -> Contents | Malformed:
    """Decode a diagnostic with one data word (6.8.1)."""
    return Contents(values=words(pdu[3:])) if len(pdu) == 5 else _SIZE


def loopback(pdu: bytes) -> Contents | Malformed:
    """Decode Return Query Data (6.8.1, sub-function 0): any data comes back."""
    return Contents(values=words(pdu[3:])) if len(pdu) >= 3 else _SIZE


def restart_communications(pdu: bytes) -> Contents | Malformed:
    """Decode 6.8.1, sub-function 1: 0xFF00 also clears the event log."""
    contents = diagnostic(pdu)
    if isinstance(contents, Contents) and contents.values[0] not in {0x0000, 0xFF00}:
        return Malformed(flaw("restart_value"))
    return contents


def sub_function(pdu: bytes) -> Contents | Malformed:
    """Accept an unknown sub-function (or MEI type) and name it."""
    width = 2 if pdu[0] == 8 else 1
    if len(pdu) < 1 + width:
        return _SIZE
    return Contents(objects=(f"sub-function {int.from_bytes(pdu[1 : 1 + width], 'big')}",))


def identification(pdu: bytes) -> Contents | Malformed:
    """Decode 6.21: category 1 to 4 and the object where to begin."""
    if len(pdu) != 4:
        return _SIZE
    if not 1 <= pdu[2] <= 4:
        return Malformed(flaw("identification_category"))
    return Contents(objects=(f"identification object {pdu[3]}",))


def _word(pdu: bytes, at: int) -> int:
    return pdu[at] << 8 | pdu[at + 1]


def _written(table: Table, first: int, values: tuple[int, ...]) -> Contents | Malformed:
    if first + len(values) > ADDRESSES:
        return TOO_FAR
    span = Span(table, first, first + len(values) - 1)
    return Contents(None, span, values, values, values, (str(span),))


def _file_object(pdu: bytes, at: int) -> str | None:
    file, record, length = words(pdu[at + 1 : at + 7])
    last = record + length - 1
    if pdu[at] != FILE_REFERENCE or not file or not length or record > MAX_FILE_RECORD:
        return None
    return f"file {file} record {record}" if last == record else f"file {file} records {record}-{last}"
