"""What tunnels carry that mirror traffic to where it is captured, or join networks.

IP in IP: RFC 2003, 4213; GRE: RFC 2784, 2890; VXLAN: RFC 7348; ERSPAN: draft-foschiano-erspan.
"""

from client.captures.links import ethernet

_IP_IN_IP, _UDP, _IP6_IN_IP, _GRE = 4, 17, 41, 47
_VXLAN_PORT, _VXLAN_HEAD_BYTES, _HAS_NETWORK = 4789, 8, 0x08
_CHECKSUM, _KEY, _SEQUENCE = 0x80, 0x20, 0x10
_ROUTING_OR_VERSION = 0x4000, 0x0007
_IP = frozenset({0x0800, 0x86DD})
_BRIDGED, _ERSPAN, _ERSPAN_3 = 0x6558, 0x88BE, 0x22EB
_ADDRESSES_BYTES = 12


def inside(protocol: int, data: bytes) -> bytes | None:
    """Return the IP packet that a tunnel carries in this payload, empty if it carries none; ``None``: no tunnel."""
    if protocol in {_IP_IN_IP, _IP6_IN_IP}:
        return data
    if protocol == _GRE:
        return _gre(data)
    if protocol == _UDP and data[2:4] == _VXLAN_PORT.to_bytes(2) and len(data) > 16 and data[8] == _HAS_NETWORK:
        return _framed(data[8 + _VXLAN_HEAD_BYTES :])
    return None


def _framed(frame: bytes) -> bytes:
    return ethernet(frame[_ADDRESSES_BYTES:])


def _gre(data: bytes) -> bytes:
    if len(data) < 4 or any(int.from_bytes(data[:2]) & bits for bits in _ROUTING_OR_VERSION):
        return b""
    flags, kind = data[0], int.from_bytes(data[2:4])
    body = data[4 + 4 * sum(bool(flags & bit) for bit in (_CHECKSUM, _KEY, _SEQUENCE)) :]
    if kind in _IP:
        return body
    if kind == _BRIDGED:
        return _framed(body)
    if kind == _ERSPAN:
        return _framed(body[8:] if flags & _SEQUENCE else body)  # type I has no head of its own, and no numbers
    if kind == _ERSPAN_3:
        has_more = len(body) >= 12 and body[11] & 1
        return _framed(body[20 if has_more else 12 :])
    return b""
