"""Read capture files packet by packet: pcap, with micro- or nanoseconds, and pcapng; each of them also gzipped.

pcap: draft-ietf-opsawg-pcap; pcapng: draft-ietf-opsawg-pcapng (block types 1, 2, 3, 6 and the section header; other
blocks are passed over). A file that breaks off in the middle of a packet ends there, and says so.
"""

import zlib
from collections.abc import Iterator
from gzip import GzipFile
from struct import Struct
from struct import error as struct_error
from typing import BinaryIO, NamedTuple, cast

MAX_PACKET_BYTES = 1 << 20
MAX_BLOCK_BYTES = 16 << 20
SECOND_NANOSECONDS = 1_000_000_000
_PCAP = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}
"""By the magic number: how many nanoseconds a tick has."""
_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
_BYTE_ORDER = 0x1A2B3C4D
_GZIP = b"\x1f\x8b"
_TSRESOL, _TSOFFSET = 9, 14


class Packet(NamedTuple):
    """One captured packet. ``time`` is in nanoseconds since 1970, ``None`` where the file does not say.

    It is exact as far as nanoseconds go; what a file says beyond them is cut off.
    """

    time: int | None
    link_type: int
    data: bytes


class CaptureError(Exception):
    """The file is no capture, or is damaged from some place on."""


class _Interface(NamedTuple):
    link_type: int
    snap: int
    ticks_per_second: int
    offset_seconds: int


def read_packets(file: BinaryIO) -> Iterator[Packet]:
    """Yield the packets of a capture; raise ``CaptureError`` where it cannot be read on."""
    magic = file.read(4)
    if magic[:2] != _GZIP:
        yield from _read(magic, file)
        return
    unpacked = GzipFile(fileobj=cast("BinaryIO", _Again(magic, file)), mode="rb")
    try:
        yield from _read(unpacked.read(4), cast("BinaryIO", unpacked))
    except (OSError, EOFError, zlib.error) as error:
        raise CaptureError(f"the gzipped file is damaged: {error}") from error


class _Again:
    """A file whose first bytes were read already, and are read once more."""

    def __init__(self, begun: bytes, file: BinaryIO) -> None:
        self._begun = begun
        self._file = file

    def read(self, count: int) -> bytes:
        begun, self._begun = self._begun[:count], self._begun[count:]
        return begun or self._file.read(count)


def _read(magic: bytes, file: BinaryIO) -> Iterator[Packet]:
    for order in "<", ">":
        number = int.from_bytes(magic, "little" if order == "<" else "big")
        if number in _PCAP:
            yield from _read_pcap(file, order, _PCAP[number])
            return
    if magic == b"\x0a\x0d\x0d\x0a":
        yield from _read_pcapng(file)
        return
    raise CaptureError("this is neither a pcap nor a pcapng file")


def _read_pcap(file: BinaryIO, order: str, tick_nanoseconds: int) -> Iterator[Packet]:
    head = file.read(20)
    if len(head) < 20:
        raise CaptureError("the file ends in its own header")
    link_type = Struct(order + "I").unpack(head[16:])[0] & 0x0FFFFFFF
    record = Struct(order + "IIII")
    while head := file.read(record.size):
        if len(head) < record.size:
            raise CaptureError("the file ends in the middle of a packet")
        seconds, ticks, captured, _ = record.unpack(head)
        if captured > MAX_PACKET_BYTES:
            raise CaptureError(f"a packet of {captured} bytes: the file is damaged")
        data = _exactly(file, captured)
        yield Packet(seconds * SECOND_NANOSECONDS + ticks * tick_nanoseconds, link_type, data)


def _read_pcapng(file: BinaryIO) -> Iterator[Packet]:
    """Read blocks; ``file`` stands after the first four bytes, the type of the first section header."""
    order, kind_bytes = "<", b"\x0a\x0d\x0d\x0a"
    interfaces: list[_Interface] = []
    while kind_bytes:
        if len(kind_bytes) < 4:
            raise CaptureError("the file ends in the middle of a block")
        kind = int.from_bytes(kind_bytes, "little" if order == "<" else "big")
        length_bytes = _exactly(file, 4)
        if kind == _SECTION:
            mark = _exactly(file, 4)
            order = "<" if int.from_bytes(mark, "little") == _BYTE_ORDER else ">"
            interfaces = []
        length = Struct(order + "I").unpack(length_bytes)[0]
        begun = 12 if kind == _SECTION else 8
        if not begun + 4 <= length <= MAX_BLOCK_BYTES or length % 4:
            raise CaptureError(f"a block of {length} bytes: the file is damaged")
        body = _exactly(file, length - begun)[:-4]
        try:
            yield from _block(kind, body, order, interfaces)
        except (struct_error, IndexError) as error:
            raise CaptureError(f"a block of type {kind:#x} is damaged") from error
        kind_bytes = file.read(4)


def _block(kind: int, body: bytes, order: str, interfaces: list[_Interface]) -> Iterator[Packet]:
    if kind == _INTERFACE:
        link_type, _, snap = Struct(order + "HHI").unpack_from(body)
        interfaces.append(_Interface(link_type, snap, *_clock(body[8:], order)))
    elif kind == _ENHANCED:
        number, high, low, captured, _ = Struct(order + "IIIII").unpack_from(body)
        yield _packet(interfaces[number], (high << 32) | low, body[20:], captured)
    elif kind == _OLD_PACKET:
        number, _, high, low, captured, _ = Struct(order + "HHIIII").unpack_from(body)
        yield _packet(interfaces[number], (high << 32) | low, body[20:], captured)
    elif kind == _SIMPLE:
        original = Struct(order + "I").unpack_from(body)[0]
        interface = interfaces[0]
        captured = min(original, interface.snap or original, len(body) - 4)
        yield Packet(None, interface.link_type, body[4 : 4 + captured])


def _packet(interface: _Interface, ticks: int, data: bytes, captured: int) -> Packet:
    if captured > len(data):
        raise CaptureError("a packet is longer than its block")
    nanoseconds = ticks * SECOND_NANOSECONDS // interface.ticks_per_second
    return Packet(interface.offset_seconds * SECOND_NANOSECONDS + nanoseconds, interface.link_type, data[:captured])


def _clock(options: bytes, order: str) -> tuple[int, int]:
    """Return ticks per second and the offset in seconds that an interface's options give."""
    resolution, offset = 6, 0
    head = Struct(order + "HH")
    while len(options) >= 4:
        code, length = head.unpack_from(options)
        value = options[4 : 4 + length]
        if code == 0:
            break
        if code == _TSRESOL and length == 1:
            resolution = value[0]
        elif code == _TSOFFSET and length == 8:
            offset = Struct(order + "q").unpack(value)[0]
        options = options[4 + (length + 3) // 4 * 4 :]
    base, power = (2, resolution & 0x7F) if resolution & 0x80 else (10, resolution)
    return base**power, offset


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise CaptureError("the file ends in the middle of a packet")
    return data
