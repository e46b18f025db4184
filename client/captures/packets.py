"""From a captured packet to the TCP segment or UDP datagram in it. Pure; a packet that is none of these is ``None``.

Link types: https://www.tcpdump.org/linktypes.html. IPv4: RFC 791; IPv6: RFC 8200; VLAN tags: IEEE 802.1Q.
"""

from ipaddress import ip_address
from struct import Struct
from typing import NamedTuple

_NULL, _ETHERNET, _RAW_BSD, _LOOP, _RAW, _SLL, _IPV4, _IPV6, _SLL2 = 0, 1, 12, 108, 101, 113, 228, 229, 276
_VLANS = frozenset({0x8100, 0x88A8, 0x9100})
_PPPOE, _IP4, _IP6 = 0x8864, 0x0800, 0x86DD
_TCP, _UDP = 6, 17
_EXTENSIONS = frozenset({0, 43, 60, 135, 139, 140})
_FRAGMENT, _NO_NEXT = 44, 59
MAX_FRAGMENTS = 1024
MAX_IP_BYTES = 65535

FIN, SYN, RST, ACK = 1, 2, 4, 16


class Address(NamedTuple):
    """One end of a flow; IP version and bytes, and the port."""

    ip: bytes
    port: int

    def __str__(self) -> str:
        text = str(ip_address(self.ip))
        return f"[{text}]:{self.port}" if len(self.ip) == 16 else f"{text}:{self.port}"


class Segment(NamedTuple):
    """A TCP segment, or (``transport`` udp) a datagram; the last ``missing`` bytes of its payload were not captured."""

    transport: str
    source: Address
    destination: Address
    payload: bytes
    sequence: int = 0
    flags: int = 0
    missing: int = 0
    acknowledged: int = 0


class _Fragments(NamedTuple):
    pieces: dict[int, bytes]
    total: list[int]


class PacketReader:
    """Finds segments in packets; keeps the fragments of at most 1,024 incomplete IP packets, 64 KiB of each."""

    def __init__(self) -> None:
        self._fragments: dict[tuple[bytes, bytes, int, int], _Fragments] = {}

    def read(self, link_type: int, data: bytes) -> Segment | None:
        """Return what a packet carries, or the packet that its last missing fragment completes."""
        network = _network(link_type, data)
        if not network:
            return None
        version = network[0] >> 4
        if version == 4:
            return self._ip4(network)
        return self._ip6(network) if version == 6 else None

    def _ip4(self, packet: bytes) -> Segment | None:
        if len(packet) < 20:
            return None
        head = (packet[0] & 15) * 4
        total = packet[2] << 8 | packet[3] or len(packet)  # 0: the sender's network card would have cut it
        where = packet[6] << 8 | packet[7]
        source, destination, protocol = packet[12:16], packet[16:20], packet[9]
        if head < 20 or total < head:
            return None
        payload, missing = packet[head:total], max(0, total - len(packet))
        offset, more = (where & 0x1FFF) * 8, bool(where & 0x2000)
        if offset or more:
            key = (source, destination, protocol, packet[4] << 8 | packet[5])
            whole = self._gather(key, offset, payload, more) if not missing else None
            return None if whole is None else _transport(protocol, source, destination, whole, 0)
        return _transport(protocol, source, destination, payload, missing)

    def _ip6(self, packet: bytes) -> Segment | None:
        if len(packet) < 40:
            return None
        length, following = packet[4] << 8 | packet[5], packet[6]
        source, destination = packet[8:24], packet[24:40]
        payload = packet[40 : 40 + length] if length else packet[40:]
        missing = max(0, 40 + length - len(packet))
        while following in _EXTENSIONS and len(payload) >= 8:
            following, payload = payload[0], payload[(payload[1] + 1) * 8 :]
        if following == _FRAGMENT and len(payload) >= 8:
            where, key_bytes = payload[2] << 8 | payload[3], int.from_bytes(payload[4:8], "big")
            key = (source, destination, payload[0], key_bytes)
            whole = self._gather(key, where & 0xFFF8, payload[8:], bool(where & 1)) if not missing else None
            return None if whole is None else _transport(payload[0], source, destination, whole, 0)
        return _transport(following, source, destination, payload, missing)

    def _gather(self, key: tuple[bytes, bytes, int, int], offset: int, piece: bytes, more: bool) -> bytes | None:
        kept = self._fragments.setdefault(key, _Fragments({}, []))
        kept.pieces.setdefault(offset, piece)
        if offset + len(piece) > MAX_IP_BYTES or sum(map(len, kept.pieces.values())) > MAX_IP_BYTES:
            del self._fragments[key]
            return None
        if not more:
            kept.total.append(offset + len(piece))
        if len(self._fragments) > MAX_FRAGMENTS:
            del self._fragments[next(iter(self._fragments))]
        if not kept.total:
            return None
        whole = bytearray()
        for start in sorted(kept.pieces):
            if start > len(whole):
                return None
            whole[start:] = kept.pieces[start]
        if len(whole) < kept.total[0]:
            return None
        self._fragments.pop(key, None)
        return bytes(whole[: kept.total[0]])


def _network(link_type: int, data: bytes) -> bytes:
    """Return the IP packet in a frame; empty where there is none."""
    if link_type == _ETHERNET:
        return _ethernet(data[12:])
    if link_type in {_RAW, _RAW_BSD, 14, _IPV4, _IPV6}:
        return data
    if link_type in {_NULL, _LOOP}:
        return data[4:]
    if link_type == _SLL:
        return _ethernet(data[14:])
    if link_type == _SLL2:
        return data[20:] if data[:2] in {b"\x08\x00", b"\x86\xdd"} else b""
    return b""


def _ethernet(data: bytes) -> bytes:
    """Return what follows an EtherType, behind any number of VLAN tags, or in a PPPoE session."""
    for _ in range(4):
        kind = data[0] << 8 | data[1] if len(data) >= 2 else 0
        if kind in {_IP4, _IP6}:
            return data[2:]
        if kind == _PPPOE and data[8:10] in {b"\x00\x21", b"\x00\x57"}:
            return data[10:]
        if kind not in _VLANS:
            return b""
        data = data[4:]
    return b""


_TCP_HEAD = Struct(">HHIIBBHHH")


def _transport(protocol: int, source: bytes, destination: bytes, data: bytes, missing: int) -> Segment | None:
    if protocol == _TCP and len(data) >= _TCP_HEAD.size:
        from_port, to_port, sequence, acknowledged, offset, flags, *_ = _TCP_HEAD.unpack_from(data)
        head = (offset >> 4) * 4
        if head < _TCP_HEAD.size:
            return None
        ends = Address(source, from_port), Address(destination, to_port)
        return Segment("tcp", *ends, data[head:], sequence, flags, missing, acknowledged)
    if protocol == _UDP and len(data) >= 8:
        length = data[4] << 8 | data[5]
        ends = Address(source, data[0] << 8 | data[1]), Address(destination, data[2] << 8 | data[3])
        payload = data[8:length] if length >= 8 else data[8:]
        return Segment("udp", *ends, payload, missing=missing)
    return None
