"""The blocks of a capture file that Wireshark opens (draft-ietf-opsawg-pcapng, 3 and 4), written by ourselves."""

import struct
from collections.abc import Iterable
from enum import IntEnum

LINKTYPE_ETHERNET = 1
_SECTION_HEADER = 0x0A0D0D0A
_INTERFACE = 1
_ENHANCED_PACKET = 6
_BYTE_ORDER = 0x1A2B3C4D
_UNKNOWN_LENGTH = 2**64 - 1
_OPT_END = 0
_OPT_COMMENT = 1
_SHB_USERAPPL = 4
_IF_NAME = 2
_IF_TSRESOL = 9
_EPB_FLAGS = 2
_MICROSECONDS = 6
_MAX_OPTION_BYTES = 0xFFFF

_BLOCK = struct.Struct("<II")
_LENGTH = struct.Struct("<I")
_OPTION = struct.Struct("<HH")
_PACKET = struct.Struct("<IIIII")

Option = tuple[int, bytes]


class Heading(IntEnum):
    """The direction bits of ``epb_flags``, seen from the broker."""

    INBOUND = 1
    OUTBOUND = 2


def section_header(*, application: str, comment: str) -> bytes:
    """Return the block that a capture starts with."""
    body = struct.pack("<IHHQ", _BYTE_ORDER, 1, 0, _UNKNOWN_LENGTH)
    options = [(_OPT_COMMENT, comment.encode()), (_SHB_USERAPPL, application.encode())]
    return _block(_SECTION_HEADER, body, options)


def interface(name: str) -> bytes:
    """Return the description of an Ethernet interface with microsecond times and packets of any size."""
    body = struct.pack("<HHI", LINKTYPE_ETHERNET, 0, 0)
    return _block(_INTERFACE, body, [(_IF_NAME, name.encode()), (_IF_TSRESOL, bytes([_MICROSECONDS]))])


def packet(frame: bytes, wall_us: int, heading: Heading, comments: Iterable[str] = ()) -> bytes:
    """Return one packet of interface 0; ``wall_us`` is microseconds since 1970 UTC."""
    head = _PACKET.pack(0, wall_us >> 32, wall_us & 0xFFFFFFFF, len(frame), len(frame))
    options = [(_OPT_COMMENT, comment.encode()) for comment in comments]
    options.append((_EPB_FLAGS, _LENGTH.pack(heading)))
    return _block(_ENHANCED_PACKET, head + _padded(frame), options)


def _block(kind: int, body: bytes, options: Iterable[Option]) -> bytes:
    content = body + b"".join(map(_option, options)) + _OPTION.pack(_OPT_END, 0)
    length = len(content) + _BLOCK.size + _LENGTH.size
    return _BLOCK.pack(kind, length) + content + _LENGTH.pack(length)


def _option(option: Option) -> bytes:
    code, value = option
    value = value[:_MAX_OPTION_BYTES]
    return _OPTION.pack(code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
