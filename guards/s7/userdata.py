"""Decode user data requests: what is watched, modified, read cyclically or listed.

Layouts as in Wireshark's dissector (s7comm_decode_ud and what it calls): parameters of 8 or 12 bytes, then a return
code, a transport size and a length before the data proper.
"""

from collections.abc import Callable

from guards.malformations import flaw
from guards.s7.contents import EMPTY, Contents, Malformed, Written, reading
from guards.s7.jobs import BLOCK_TYPES, block, data_items, specifications, written
from guards.s7.pdu import USERDATA, Pdu
from guards.s7.variables import Variable, specification, watched
from policies.rules import Tier

Decoder = Callable[[Pdu], Contents | Malformed]
REQUEST, RESPONSE, PUSH = 1, 2, 0
_SHORT = Malformed(flaw("request_cut_short"))


def is_sound(parameters: bytes) -> bool:
    """Tell whether these are parameters of user data: the head, and 4 or 8 bytes more as it says."""
    return parameters[:3] == b"\x00\x01\x12" and len(parameters) == 4 + parameters[3] and parameters[3] in {4, 8}


def type_of(parameters: bytes) -> int:
    """Return whether it is a request, a response or pushed; the type is the upper two bits of the byte."""
    return parameters[5] >> 6


def is_said(pdu: Pdu) -> bool:
    """Tell whether this is user data that asks for nothing, and so cannot be answered."""
    is_userdata = pdu.rosctr == USERDATA and is_sound(pdu.parameters)
    return is_userdata and type_of(pdu.parameters) != REQUEST


def nothing(pdu: Pdu) -> Contents | Malformed:  # noqa: ARG001 - one signature for the table
    """Accept any content of a function that names no objects."""
    return EMPTY


def hidden(what: str) -> Decoder:
    """Return the decoder of a read whose objects cannot be told: it lies outside every table."""
    return lambda pdu: reading(Variable(what, -1, -1))  # noqa: ARG005 - one signature for the table


def watch(pdu: Pdu) -> Contents | Malformed:
    """Decode the request to watch variables (group 1, variable status)."""
    found = _table(pdu)
    if found is None:
        return _SHORT
    variables, rest = found
    return _SHORT if rest else reading(*variables)


def modify(pdu: Pdu) -> Contents | Malformed:
    """Decode the request to modify or force variables (group 1): addresses first, then a value for each."""
    found = _table(pdu)
    if found is None:
        return _SHORT
    variables, rest = found
    given = data_items(rest, len(variables), is_given=True)
    if given is None or any(v.size and v.size != len(data) for v, (_, data) in zip(variables, given, strict=True)):
        return Malformed(flaw("values_and_variables"))
    return written([Written(variable, data) for variable, (_, data) in zip(variables, given, strict=True)])


def control_job(of: Callable[[int], Tier]) -> Decoder:
    """Return the decoder of what enables, disables or deletes a job; ``of`` tells what a job's function is."""

    def decode(pdu: Pdu) -> Contents | Malformed:
        found = _job(pdu)
        if found is None or len(found[1]) not in {2, 4}:
            return _SHORT
        function, number = found[1][-2:]
        return Contents(objects=(f"job {function}/{number}",), raises=of(function))

    return decode


def cyclic(pdu: Pdu) -> Contents | Malformed:
    """Decode the request to be told variables again and again (group 2): a count, an interval, specifications."""
    payload = payload_of(pdu)
    if payload is None or len(payload) < 4:
        return _SHORT
    count = payload[0] << 8 | payload[1]
    specs = list(specifications(payload, 4, min(count, len(payload))))
    if len(specs) != count:
        return Malformed(flaw("specification_cut_short"))
    variables: list[Variable] = []
    for spec in specs:
        found = specification(spec)
        if isinstance(found, str):
            return Malformed(found)
        variables += found
    return reading(*variables)


def status_list(pdu: Pdu) -> Contents | Malformed:
    """Decode the read of a system status list: its id and index; a request for the next part names none."""
    payload = payload_of(pdu)
    if not payload:
        return EMPTY
    if len(payload) != 4:
        return _SHORT
    return Contents(objects=(f"szl {payload[:2].hex()} {int.from_bytes(payload[2:], 'big')}",))


def block_list(pdu: Pdu) -> Contents | Malformed:
    """Decode the request to list the blocks of a type."""
    payload = payload_of(pdu)
    return Contents(objects=(f"blocks {BLOCK_TYPES[payload]}",)) if payload in BLOCK_TYPES else EMPTY


def block_info(pdu: Pdu) -> Contents | Malformed:
    """Decode the question about one block: type, number and place."""
    payload = payload_of(pdu)
    return Contents(objects=(block(b"_" + payload),)) if payload and len(payload) == 8 else EMPTY


def payload_of(pdu: Pdu) -> bytes | None:
    """Return the data behind its four leading bytes; ``None`` if they do not tell its length."""
    data = pdu.data
    if not data:
        return b""
    if len(data) < 4 or len(data) != 4 + (data[2] << 8 | data[3]):
        return None
    return data[4:]


def is_piece(pdu: Pdu) -> bool:
    """Tell whether this is a piece of a request that fills several messages."""
    parameters = pdu.parameters
    return len(parameters) == 12 and bool(parameters[8] or parameters[9]) and bool(payload_of(pdu) != b"")


def _job(pdu: Pdu) -> tuple[bytes, bytes] | None:
    payload = payload_of(pdu)
    if payload is None or len(payload) < 4:
        return None
    middle = 4 + (payload[0] << 8 | payload[1])
    end = middle + (payload[2] << 8 | payload[3])
    return (payload[4:middle], payload[middle:end]) if len(payload) >= end else None


def _table(pdu: Pdu) -> tuple[list[Variable], bytes] | None:
    found = _job(pdu)
    if found is None or len(found[1]) < 2:
        return None
    data = found[1]
    count = data[0] << 8 | data[1]
    end = 2 + 6 * count
    if not count or end > len(data):
        return None
    return [watched(data[at : at + 6]) for at in range(2, end, 6)], data[end:]
