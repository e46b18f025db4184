"""Cut a byte stream into Modbus/TCP ADUs, and make the exception responses that a guard answers with.

MODBUS Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3: the MBAP header is transaction, protocol, length, unit.

UMAS (function 90) negotiates longer frames than the 260 bytes of the guide; see ``guards.modbus.umas``.
"""

from enum import IntEnum
from struct import Struct

from guards.malformations import flaw
from guards.splitting import INCOMPLETE, FramingFault

HEADER_BYTES = 7
LENGTH_ENDS_AT = 6
MIN_LENGTH = 2
MAX_LENGTH = 254
MAX_UMAS_LENGTH = 1024
"""Controllers offer 1021 bytes for a PDU (0x3FD in their answer to 01)."""
MAX_ADU_BYTES = LENGTH_ENDS_AT + MAX_UMAS_LENGTH
_FUNCTION_AT = HEADER_BYTES
_UMAS = 90

_HEAD = Struct(">HHH")
_EXCEPTION = Struct(">HHHBBB")


class ExceptionCode(IntEnum):
    """The exception codes that the guard gives (MODBUS Application Protocol V1.1b3, 7)."""

    ILLEGAL_FUNCTION = 0x01
    ILLEGAL_DATA_ADDRESS = 0x02
    ILLEGAL_DATA_VALUE = 0x03
    SERVER_DEVICE_BUSY = 0x06
    GATEWAY_PATH_UNAVAILABLE = 0x0A
    GATEWAY_TARGET_SILENT = 0x0B


class AduSplitter:
    """One direction's bytes, cut into whole ADUs; keeps less than one ADU between calls.

    Written out, and not a ``guards.splitting.Splitter``: one more call for each ADU would cost a tenth of the speed.
    """

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        """Start with nothing kept."""
        self._rest = b""

    @property
    def held_bytes(self) -> int:
        """How many bytes wait for the rest of their ADU; always under ``MAX_ADU_BYTES``."""
        return len(self._rest)

    def feed(self, data: bytes) -> tuple[list[bytes], FramingFault | None]:
        """Return the ADUs that are complete now, and the fault that ends the stream if one was met."""
        stream = self._rest + data if self._rest else data
        adus: list[bytes] = []
        at, end = 0, len(stream)
        fault = None
        while end - at >= LENGTH_ENDS_AT:
            _, protocol, length = _HEAD.unpack_from(stream, at)
            if protocol or not MIN_LENGTH <= length <= MAX_LENGTH:
                if not protocol and MAX_LENGTH < length <= MAX_UMAS_LENGTH and end - at <= _FUNCTION_AT:
                    break  # whether so long an ADU may be, its function says
                if protocol or not _may_be_long(stream[at + _FUNCTION_AT : at + _FUNCTION_AT + 1], length):
                    fault, at = _fault(protocol, length), end
                    break
            following = at + LENGTH_ENDS_AT + length
            if following > end:
                break
            adus.append(stream[at:following])
            at = following
        self._rest = stream[at:]
        return adus, fault


def measure(stream: bytes, at: int) -> int | FramingFault:
    """Tell where the ADU that begins at ``at`` ends, once its function has come."""
    if len(stream) - at <= HEADER_BYTES:
        protocol = int.from_bytes(stream[at + 2 : at + 4])
        return _fault(protocol, MIN_LENGTH) if protocol else INCOMPLETE
    _, protocol, length = _HEAD.unpack_from(stream, at)
    is_long = _may_be_long(stream[at + _FUNCTION_AT : at + _FUNCTION_AT + 1], length)
    if protocol or not (MIN_LENGTH <= length <= MAX_LENGTH or is_long):
        return _fault(protocol, length)
    return at + LENGTH_ENDS_AT + int(length)


def exception_response(request: bytes, code: ExceptionCode) -> bytes:
    """Return the ADU that answers the request ADU with an exception (V1.1b3, 7)."""
    transaction = request[0] << 8 | request[1]
    return _EXCEPTION.pack(transaction, 0, 3, request[6], request[7] | 0x80, code)


def _may_be_long(function: bytes, length: int) -> bool:
    return MAX_LENGTH < length <= MAX_UMAS_LENGTH and bool(function) and function[0] == _UMAS


def _fault(protocol: int, length: int) -> FramingFault:
    if protocol:
        return FramingFault("modbus_protocol_id", flaw("mbap_protocol", protocol=protocol))
    return FramingFault("modbus_length", flaw("mbap_length", length=length, least=MIN_LENGTH, most=MAX_LENGTH))
