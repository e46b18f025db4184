"""From a captured packet to the TCP segment or UDP datagram in it. Pure; a packet that is none of these is ``None``.

IPv4: RFC 791; IPv6: RFC 8200.
"""

from collections import Counter
from dataclasses import dataclass, field
from ipaddress import ip_address
from struct import Struct
from typing import NamedTuple

from client.captures.links import LINKS, network_of, not_over_ip
from client.captures.tunnels import inside

_TCP, _UDP = 6, 17
_EXTENSIONS = frozenset({0, 43, 60, 135, 139, 140})
_FRAGMENT, _NO_NEXT = 44, 59
MAX_FRAGMENTS = 1024
MAX_IP_BYTES = 65535
MAX_TUNNELS = 4
"""In each other."""

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


@dataclass(slots=True)
class _Fragments:
    pieces: dict[int, bytes] = field(default_factory=dict)
    held: int = 0
    total: int | None = None


class PacketReader:
    """Finds segments in packets; keeps the fragments of at most 1,024 incomplete IP packets, 64 KiB of each."""

    def __init__(self) -> None:
        self._fragments: dict[tuple[bytes, bytes, int, int], _Fragments] = {}
        self.unread: Counter[int] = Counter()
        """How many packets were on links of types that nobody here reads, by these types."""
        self.not_over_ip: Counter[str] = Counter()
        """How many frames were of industrial protocols that do without IP, by their names."""

    def read(self, link_type: int, data: bytes) -> Segment | None:
        """Return what a packet carries, or the packet that its last missing fragment completes."""
        if link_type not in LINKS:
            self.unread[link_type] += 1
            return None
        network = network_of(link_type, data)
        if not network:
            if name := not_over_ip(link_type, data):
                self.not_over_ip[name] += 1
            return None
        return self._packet(network, MAX_TUNNELS)

    def _packet(self, network: bytes, tunnels: int) -> Segment | None:
        version = network[0] >> 4 if network else 0
        if version == 4:
            return self._ip4(network, tunnels)
        return self._ip6(network, tunnels) if version == 6 else None

    def _carried(
        self, protocol: int, source: bytes, destination: bytes, data: bytes, missing: int, tunnels: int
    ) -> Segment | None:
        """Return the segment in an IP packet, or in the packet that a tunnel carries in it."""
        packet = inside(protocol, data)
        if packet is None:
            return _transport(protocol, source, destination, data, missing)
        return self._packet(packet, tunnels - 1) if tunnels else None

    def _ip4(self, packet: bytes, tunnels: int) -> Segment | None:
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
            return None if whole is None else self._carried(protocol, source, destination, whole, 0, tunnels)
        return self._carried(protocol, source, destination, payload, missing, tunnels)

    def _ip6(self, packet: bytes, tunnels: int) -> Segment | None:
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
            return None if whole is None else self._carried(payload[0], source, destination, whole, 0, tunnels)
        return self._carried(following, source, destination, payload, missing, tunnels)

    def _gather(self, key: tuple[bytes, bytes, int, int], offset: int, piece: bytes, more: bool) -> bytes | None:
        """Keep a fragment (RFC 791, 3.2); repeats change nothing, what reaches past the end spoils the packet."""
        kept = self._fragments.setdefault(key, _Fragments())
        if piece and offset not in kept.pieces:
            kept.pieces[offset] = piece
            kept.held += len(piece)
        if not more and kept.total is None:
            kept.total = offset + len(piece)
        if kept.held > MAX_IP_BYTES or offset + len(piece) > (MAX_IP_BYTES if kept.total is None else kept.total):
            del self._fragments[key]
            return None
        if len(self._fragments) > MAX_FRAGMENTS:
            del self._fragments[next(iter(self._fragments))]
        if kept.total is None or kept.held < kept.total:
            return None
        whole = bytearray()
        for start in sorted(kept.pieces):
            if start > len(whole):
                return None
            whole[start:] = kept.pieces[start]
        if len(whole) < kept.total:
            return None
        self._fragments.pop(key, None)
        return bytes(whole[: kept.total])


_TCP_HEAD = Struct(">HHIIBBHHH")


def _transport(protocol: int, source: bytes, destination: bytes, data: bytes, missing: int) -> Segment | None:
    if protocol == _TCP and len(data) >= _TCP_HEAD.size:
        from_port, to_port, sequence, acknowledged, offset, flags, *_ = _TCP_HEAD.unpack_from(data)
        head = (offset >> 4) * 4
        if head < _TCP_HEAD.size:
            return None
        if flags & (FIN | RST):
            flags &= ~SYN  # what ends a connection opens none (RFC 9293, 3.10.7.4)
        ends = Address(source, from_port), Address(destination, to_port)
        return Segment("tcp", *ends, data[head:], sequence, flags, missing, acknowledged)
    if protocol == _UDP and len(data) >= 8:
        length = data[4] << 8 | data[5]
        ends = Address(source, data[0] << 8 | data[1]), Address(destination, data[2] << 8 | data[3])
        payload = data[8:length] if length >= 8 else data[8:]
        return Segment("udp", *ends, payload, missing=missing)
    return None
