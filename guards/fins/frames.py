"""One FINS frame: header, command code, text; and how a unit says no.

OMRON, SYSMAC CS/CJ/CP Series Communications Commands Reference Manual (W342): header 5-1-1, end codes 5-1-3. The same
frame is a datagram of FINS/UDP and the content of FINS/TCP.
"""

from guards.fins.commands import COMMANDS, command_of
from guards.given import worst
from guards.malformations import flaw
from guards.reasons import Reason
from guards.refusal import Answer, Cause
from guards.registers.contents import Contents, Head, Heard
from policies.rules import Tier

HEADER_BYTES = 10
_TEXT_AT = 12
_IS_ANSWER, _NO_ANSWER = 0x40, 0x01
_RESERVED = 0x3E
_ANSWER_ICF, _ANSWER_GCT = 0xC0, 0x02
_BROADCAST = 0xFF
_FLAGS = 0x8000 | 0x00C0
"""In an end code: the error happened on the way; the unit has a fatal, a non-fatal error of its own."""

_MEMORY_READ, _READABLE = b"\x01\x01", frozenset({b"\x01\x02", b"\x01\x03"})
_PLACE_BYTES = 6

NOT_EXECUTABLE = 0x2607
UNDEFINED = 0x0401
_CODES = {
    Cause.FENCE: 0x0501,
    Cause.MALFORMED: 0x1004,
    Cause.BUSY: 0x0204,
    Cause.GONE: 0x0201,
    Cause.SILENT: 0x0205,
    Cause.VALUE: 0x2108,
}
"""Not in the routing table; command format; destination busy, not there, silent; data cannot be changed."""
_READ_PROTECTED, _WRITE_PROTECTED, _READ_ONLY = 0x2002, 0x2102, 0x2101


class FinsCodec:
    """Reads and answers FINS frames."""

    protocol = "fins"
    references = 0x100

    def is_answer(self, message: bytes) -> bool:
        """See ``Codec``: the data type bit of the information control field."""
        return bool(message[:1]) and bool(message[0] & _IS_ANSWER)

    def head(self, message: bytes) -> Head | Reason:
        """See ``Codec``. Everything but the service id counts as what a request says.

        Nodes are no part of the key: a device that was called as node 0, or by a node that did not name itself, puts
        the true ones into its answer. So requests that differ in the node alone reach it one after the other.
        """
        if len(message) < _TEXT_AT:
            return flaw("frame_size", size=len(message))
        if message[0] & (_IS_ANSWER | _RESERVED):
            return flaw("command_field", field=f"{message[0]:02x}")
        key = message[3:4] + message[5:7] + message[8:_TEXT_AT]
        said = message[:9] + message[HEADER_BYTES:]
        wants_answer = not message[0] & _NO_ANSWER and message[4] != _BROADCAST
        return Head(key, said, route_of(message[3:6]), message[9], wants_answer)

    def contents(self, message: bytes) -> Contents:
        """See ``Codec``."""
        code = message[10] << 8 | message[11]
        command = command_of(code)
        body = command.decode(message[_TEXT_AT:])
        if isinstance(body, str):
            return Contents(code, command.name, command.tier, is_upload=command.is_upload, fault=body)
        tier = command.tier if body.raises is None else worst((command.tier, body.raises))
        return Contents(
            code,
            command.name,
            tier,
            body.reads,
            body.writes,
            body.read_answer,
            command.is_upload,
            command.is_status and body.raises is None,
        )

    def heard(self, message: bytes) -> Heard | Reason:
        """See ``Codec``. The key is that of the request: the addresses change places."""
        if len(message) < _TEXT_AT + 2:
            return flaw("answer_size", size=len(message))
        if not message[0] & _IS_ANSWER or message[0] & _RESERVED:
            return flaw("answer_field", field=f"{message[0]:02x}")
        key = message[6:7] + message[8:9] + message[3:4] + message[5:6] + message[9:_TEXT_AT]
        end = message[12] << 8 | message[13]
        code = end if end & ~_FLAGS else None
        return Heard(
            key, message[10] << 8 | message[11], route_of(message[6:9]), message[9], code, message[_TEXT_AT + 2 :]
        )

    def named(self, command: int) -> tuple[str, Tier]:
        """See ``Codec``."""
        row = command_of(command)
        return row.name, row.tier

    def reading(self, message: bytes, reference: int) -> bytes | None:
        """See ``Codec``: a write and a fill name place and number as a read does (5-3-2 to 4)."""
        if message[10:_TEXT_AT] not in _READABLE:
            return None
        return message[:9] + bytes([reference]) + _MEMORY_READ + message[_TEXT_AT : _TEXT_AT + _PLACE_BYTES]

    def refuse(self, message: bytes, contents: Contents, cause: Cause) -> Answer:
        """See ``Codec``: addresses change places, service id and command stay."""
        code = _CODES.get(cause) or _protected(contents, cause)
        head = bytes([_ANSWER_ICF, 0, _ANSWER_GCT]) + message[6:9] + message[3:6] + message[9:12]
        return Answer(head + code.to_bytes(2, "big"), code)


def route_of(address: bytes) -> str:
    """Return network, node and unit as fences write them."""
    return f"{address[0]}.{address[1]}.{address[2]}"


def _protected(contents: Contents, cause: Cause) -> int:
    """Return how a unit says that a command, or these objects, are not for this node."""
    if contents.tier is Tier.READ:
        return _READ_PROTECTED
    if contents.tier is Tier.OPERATE:
        return _READ_ONLY if cause is Cause.OBJECT else _WRITE_PROTECTED
    return NOT_EXECUTABLE if contents.code in COMMANDS else UNDEFINED
