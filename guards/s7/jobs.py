"""Decode jobs: reads, writes, blocks, program invocation.

Layouts as in Wireshark's dissector (s7comm_decode_req_resp and what it calls).
"""

from collections.abc import Callable, Iterator

from guards.malformations import flaw
from guards.s7 import numbers
from guards.s7.contents import EMPTY, Contents, Malformed, Written, reading
from guards.s7.pdu import Pdu
from guards.s7.variables import DATA_RECORD, Variable, machine_data, specification
from policies.rules import Tier

Decoder = Callable[[Pdu], Contents | Malformed]
MAX_ITEMS = 255
_BITS = frozenset({3, 4, 5})
"""Transport sizes of data whose length counts bits; of all others it counts bytes."""
_ONE_BIT, _DOUBLE_WORD = 3, 6
_KINDS_OF_DATA = frozenset({3, 4, 5, 6, 7, 9})
_SHORT = Malformed(flaw("request_cut_short"))
_NO_DATA = Malformed(flaw("data_without_need"))

BLOCK_TYPES = {
    b"08": "OB",
    b"09": "CMod",
    b"0A": "DB",
    b"0B": "SDB",
    b"0C": "FC",
    b"0D": "SFC",
    b"0E": "FB",
    b"0F": "SFB",
}


def setup(pdu: Pdu) -> Contents | Malformed:
    """Decode the agreement on parallel jobs and length: each 16 bits, after one reserved byte."""
    return EMPTY if len(pdu.parameters) == 8 and not pdu.data else Malformed(flaw("agreement_size"))


def read_variables(pdu: Pdu) -> Contents | Malformed:
    """Decode a read: a count, and so many variable specifications. Tools of python-snap7 also read nothing at all."""
    if pdu.data:
        return _NO_DATA
    if len(pdu.parameters) == 1:
        return EMPTY
    found = _items(pdu.parameters)
    if isinstance(found, Malformed):
        return found
    return reading(*(variable for _, variables in found for variable in variables))


def write_variables(pdu: Pdu) -> Contents | Malformed:
    """Decode a write: as a read, and for each specification an item of data that fits it."""
    found = _items(pdu.parameters)
    if isinstance(found, Malformed):
        return found
    given = data_items(pdu.data, len(found), is_given=True)
    if given is None:
        return Malformed(flaw("items_and_variables"))
    writes: list[Written] = []
    raises = None
    for (spec, variables), (_, data) in zip(found, given, strict=True):
        if len(variables) != 1:
            return Malformed(flaw("several_areas"))
        variable = variables[0]
        if len(data) != (variable.size or max(len(data), variable.last - variable.first + 1)):
            return Malformed(flaw("bytes_do_not_fit", size=len(data), object=variable))
        writes.append(Written(variable, data))
        if variable.table == DATA_RECORD:
            raises = Tier.FIRMWARE
        elif raises is None and (variable.table == "drive" or machine_data(spec)):
            raises = Tier.PROGRAM
    return written(writes, raises)


def written(writes: list[Written], raises: Tier | None = None) -> Contents:
    """Return the contents of a request that writes."""
    objects = tuple(str(write.variable) for write in writes)
    values = tuple(value for write in writes for value in numbers.values(*write))
    return Contents(writes=tuple(writes), objects=objects, values=values, raises=raises)


def data_items(data: bytes, count: int, *, is_given: bool = False) -> list[tuple[int, bytes]] | None:
    """Return code and bytes of each item of a read's answer or a write; ``None`` if there are not ``count`` of them.

    A length counts bits or bytes, by the item's transport size. Items of odd length are followed by a byte that fills
    up; after the last one it may be left out. ``is_given``: they are to be written, so that every device must find
    the same bytes in them.
    """
    items: list[tuple[int, bytes]] = []
    at = 0
    for _ in range(count):
        if at + 4 > len(data) or data[at + 1] not in _KINDS_OF_DATA | {0}:
            return None
        length = data[at + 2] << 8 | data[at + 3]
        if is_given and not _is_plain(data[at + 1], length, count):
            return None
        if data[at + 1] in _BITS:
            length = (length + 7) // 8
        if not data[at + 1] or data[at] not in {0x00, 0xFF}:
            length = 0
        if at + 4 + length > len(data):
            return None
        items.append((data[at], data[at + 4 : at + 4 + length]))
        at += 4 + length + length % 2
    return items if at - 1 <= len(data) <= at else None


def _is_plain(size: int, length: int, count: int) -> bool:
    """Tell whether all devices agree how many bytes these are.

    Some count a bit in bytes, and a double word, which comes alone at best, in bits (the servers of snap7 do).
    """
    if size == _ONE_BIT:
        return length == 1
    return count == 1 if size == _DOUBLE_WORD else size not in _BITS or not length % 8


def block_transfer(pdu: Pdu) -> Contents | Malformed:
    """Decode what begins a down- or upload, or goes on with a download: the file's name is at the end."""
    name = file_name(pdu.parameters)
    return _SHORT if name is None else Contents(objects=(block(name),))


def transfer_by_id(pdu: Pdu) -> Contents | Malformed:
    """Decode a part or the end of an upload, which is named by the id that its beginning was answered with."""
    if len(pdu.parameters) != 8:
        return _SHORT
    return Contents(objects=(f"upload {int.from_bytes(pdu.parameters[4:8], 'big')}",))


def program_invocation(pdu: Pdu) -> Contents | Malformed:
    """Decode a program invocation service: an argument of its own kind, and the service's name."""
    found = _invocation(pdu.parameters)
    if found is None or pdu.data:
        return _SHORT
    name, argument = found
    if name in {"_INSE", "_INS2", "_DELE"}:
        names = [argument[at : at + 8] for at in range(2, len(argument) - 7, 8)]
        return Contents(objects=tuple(block(b"_" + one) for one in names))
    return Contents(objects=(f"argument {_printed(argument)}",) if argument else ())


def stop(pdu: Pdu) -> Contents | Malformed:
    """Decode the stop of the program: five bytes without meaning, and the service's name."""
    parameters = pdu.parameters
    if len(parameters) < 7 or len(parameters) != 7 + parameters[6] or pdu.data:
        return _SHORT
    return Contents(objects=(_printed(parameters[7:]),))


def unknown(pdu: Pdu) -> Contents | Malformed:  # noqa: ARG001 - one signature for the table
    """Accept any content of a function that nobody knows."""
    return EMPTY


def invoked(parameters: bytes) -> str:
    """Return the name of a program invocation service; empty where there is none to be read."""
    found = _invocation(parameters)
    return "" if found is None else found[0]


def file_name(parameters: bytes) -> bytes | None:
    """Return the file that a block transfer names."""
    if len(parameters) < 9 or len(parameters) < 9 + parameters[8]:
        return None
    return parameters[9 : 9 + parameters[8]]


def block(name: bytes) -> str:
    """Return a file's name as people write it: ``block DB10``; what is no block is a file."""
    if len(name) == 9 and name[1:3] in BLOCK_TYPES and name[3:8].isdigit():
        return f"block {BLOCK_TYPES[name[1:3]]}{int(name[3:8])}"
    return f"file {_printed(name)}"


def _items(parameters: bytes) -> list[tuple[bytes, list[Variable]]] | Malformed:
    if len(parameters) < 2 or not parameters[1]:
        return Malformed(flaw("no_variable"))
    found = list(specifications(parameters, 2, parameters[1]))
    if len(found) != parameters[1]:
        return Malformed(flaw("specification_cut_short"))
    items: list[tuple[bytes, list[Variable]]] = []
    for spec in found:
        variables = specification(spec)
        if isinstance(variables, str):
            return Malformed(variables)
        items.append((spec, variables))
    return items


def specifications(data: bytes, at: int, count: int) -> Iterator[bytes]:
    """Yield up to ``count`` variable specifications without their two leading bytes; odd ones are filled up."""
    for _ in range(count):
        if at + 2 > len(data) or data[at] != 0x12 or at + 2 + data[at + 1] > len(data):
            return
        yield data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1] + data[at + 1] % 2


def _invocation(parameters: bytes) -> tuple[str, bytes] | None:
    if len(parameters) < 11:
        return None
    middle = 10 + (parameters[8] << 8 | parameters[9])
    if len(parameters) <= middle or len(parameters) != middle + 1 + parameters[middle]:
        return None
    return _printed(parameters[middle + 1 :]), parameters[10:middle]


def _printed(text: bytes) -> str:
    return text.decode("ascii", "replace") if text.isascii() and text.decode().isprintable() else text.hex()
