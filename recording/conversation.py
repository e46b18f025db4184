"""A TCP conversation made of recorded bytes: handshake, numbered and acknowledged segments, checksums, a clean end.

The packets never were on a wire: a recording holds streams. They are laid out as RFC 9293 asks, so that dissectors
reassemble the streams byte for byte. Streams of datagrams become UDP packets (RFC 768) instead.
"""

import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from recording.chunks import Direction

MAX_SEGMENT_BYTES = 1460
ACKNOWLEDGE_BYTES = 64 * 1024
_ETHERTYPE_IPV4 = 0x0800
_PROTOCOL_TCP, _PROTOCOL_UDP = 6, 17
_WINDOW = 0xFFFF
_WINDOW_SHIFT = 7
_FIRST_SEQUENCE = 1000
_FIN, _SYN, _PSH, _ACK = 0x01, 0x02, 0x08, 0x10
_SYN_OPTIONS = struct.pack(">BBHBBBB", 2, 4, MAX_SEGMENT_BYTES, 1, 3, 3, _WINDOW_SHIFT)
_IP = struct.Struct(">BBHHHBBH4s4s")
_TCP = struct.Struct(">HHIIBBHHH")
_UDP = struct.Struct(">HHHH")
_PSEUDO = struct.Struct(">4s4sBBH")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One end of a conversation."""

    address: ipaddress.IPv4Address
    port: int
    mac: bytes


class Conversation:
    """The frames of one stream. ``Direction.TO_ASSET`` travels from ``user`` to ``asset``."""

    def __init__(self, user: Endpoint, asset: Endpoint) -> None:
        self._ends = (user, asset)
        self._next = [_FIRST_SEQUENCE, _FIRST_SEQUENCE]
        self._acknowledged = [_FIRST_SEQUENCE, _FIRST_SEQUENCE]
        self._is_finished = [False, False]
        self._identification = 0
        self.is_open = False

    def opening(self) -> Iterator[tuple[Direction, bytes]]:
        """Yield the three frames of the handshake."""
        self.is_open = True
        yield Direction.TO_ASSET, self._frame(Direction.TO_ASSET, _SYN, options=_SYN_OPTIONS)
        yield Direction.TO_USER, self._frame(Direction.TO_USER, _SYN | _ACK, options=_SYN_OPTIONS)
        yield Direction.TO_ASSET, self._frame(Direction.TO_ASSET, _ACK)

    def data(self, direction: Direction, payload: bytes) -> Iterator[tuple[Direction, bytes]]:
        """Yield the frames that carry ``payload``, and the other side's acknowledgement when much is outstanding."""
        for start in range(0, len(payload), MAX_SEGMENT_BYTES):
            yield direction, self._frame(direction, _PSH | _ACK, payload[start : start + MAX_SEGMENT_BYTES])
            if (self._next[direction] - self._acknowledged[direction]) % 2**32 >= ACKNOWLEDGE_BYTES:
                other = Direction(1 - direction)
                yield other, self._frame(other, _ACK)

    def ending(self, direction: Direction) -> Iterator[tuple[Direction, bytes]]:
        """Yield the end of one direction and its acknowledgement; nothing if it has ended."""
        if self._is_finished[direction]:
            return
        self._is_finished[direction] = True
        other = Direction(1 - direction)
        yield direction, self._frame(direction, _FIN | _ACK)
        yield other, self._frame(other, _ACK)

    def _frame(self, direction: Direction, flags: int, payload: bytes = b"", options: bytes = b"") -> bytes:
        source, target = self._ends[direction], self._ends[1 - direction]
        acknowledged = self._next[1 - direction] if flags & _ACK else 0
        tcp = _tcp(source, target, self._next[direction], acknowledged, flags, options, payload)
        self._next[direction] = (self._next[direction] + len(payload) + bool(flags & (_SYN | _FIN))) % 2**32
        if flags & _ACK:
            self._acknowledged[1 - direction] = acknowledged
        self._identification = (self._identification + 1) % 2**16
        ethernet = target.mac + source.mac + _ETHERTYPE_IPV4.to_bytes(2, "big")
        return ethernet + _ip(source, target, self._identification, len(tcp)) + tcp


class Datagrams:
    """The frames of one stream of datagrams (docs/wire-protocol.md, 6): a packet each, and no beginning or end."""

    def __init__(self, user: Endpoint, asset: Endpoint) -> None:
        self._ends = (user, asset)
        self._rest = [b"", b""]
        self._identification = 0
        self.is_open = True

    def opening(self) -> Iterator[tuple[Direction, bytes]]:
        """Yield nothing."""
        return iter(())

    def data(self, direction: Direction, payload: bytes) -> Iterator[tuple[Direction, bytes]]:
        """Yield a frame for each datagram that is whole now."""
        stream, at = self._rest[direction] + payload, 0
        while (end := at + 2 + int.from_bytes(stream[at : at + 2], "big")) <= len(stream):
            yield direction, self._frame(direction, stream[at + 2 : end])
            at = end
        self._rest[direction] = stream[at:]

    def ending(self, direction: Direction) -> Iterator[tuple[Direction, bytes]]:  # noqa: ARG002 - as in Conversation
        """Yield nothing."""
        return iter(())

    def _frame(self, direction: Direction, datagram: bytes) -> bytes:
        source, target = self._ends[direction], self._ends[1 - direction]
        udp = _udp(source, target, datagram)
        self._identification = (self._identification + 1) % 2**16
        ethernet = target.mac + source.mac + _ETHERTYPE_IPV4.to_bytes(2, "big")
        return ethernet + _ip(source, target, self._identification, len(udp), _PROTOCOL_UDP) + udp


def _ip(source: Endpoint, target: Endpoint, identification: int, length: int, protocol: int = _PROTOCOL_TCP) -> bytes:
    addresses = (source.address.packed, target.address.packed)
    fields = (0x45, 0, _IP.size + length, identification, 0x4000, 64, protocol)
    return _IP.pack(*fields, checksum(_IP.pack(*fields, 0, *addresses)), *addresses)


def _tcp(
    source: Endpoint, target: Endpoint, sequence: int, acknowledged: int, flags: int, options: bytes, payload: bytes
) -> bytes:
    offset = (_TCP.size + len(options)) // 4 << 4
    fields = (source.port, target.port, sequence, acknowledged, offset, flags, _WINDOW)
    rest = options + payload
    length = _TCP.size + len(rest)
    pseudo = _PSEUDO.pack(source.address.packed, target.address.packed, 0, _PROTOCOL_TCP, length)
    return _TCP.pack(*fields, checksum(pseudo + _TCP.pack(*fields, 0, 0) + rest), 0) + rest


def _udp(source: Endpoint, target: Endpoint, datagram: bytes) -> bytes:
    length = _UDP.size + len(datagram)
    pseudo = _PSEUDO.pack(source.address.packed, target.address.packed, 0, _PROTOCOL_UDP, length)
    fields = (source.port, target.port, length)
    # RFC 768: a checksum of 0 would mean that there is none.
    return _UDP.pack(*fields, checksum(pseudo + _UDP.pack(*fields, 0) + datagram) or 0xFFFF) + datagram


def checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071): the complement of the ones' complement sum of 16-bit words."""
    # A sum of base-65536 digits, end-around carries folded in, is the number modulo 65535.
    number = int.from_bytes(data + bytes(len(data) % 2), "big")
    return 0xFFFF - ((number - 1) % 0xFFFF + 1 if number else 0)
