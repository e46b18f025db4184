"""From a captured frame to the IP packet in it.

Link types: https://www.tcpdump.org/linktypes.html. VLAN tags: IEEE 802.1Q.
"""

_NULL, _ETHERNET, _PPP, _RAW_BSD, _RAW_OPENBSD, _RAW, _LOOP, _SLL = 0, 1, 9, 12, 14, 101, 108, 113
_IPV4, _IPV6, _SLL2 = 228, 229, 276
LINKS = frozenset({
    _NULL, _ETHERNET, _PPP, _RAW_BSD, _RAW_OPENBSD, _RAW, _LOOP, _SLL, _IPV4, _IPV6, _SLL2,
})  # fmt: skip
_SNAP = b"\xaa\xaa\x03\x00\x00\x00"
"""The head that an EtherType follows where the field holds a length (IEEE 802.2, RFC 1042)."""
_MAX_LENGTH = 1500
_MPLS, _LAST_LABEL = 0x8847, 0x01
_PPP_IP = frozenset({b"\x00\x21", b"\x00\x57"})
_VLANS = frozenset({0x8100, 0x88A8, 0x9100})
_PPPOE, _IP4, _IP6 = 0x8864, 0x0800, 0x86DD
_BACNET = b"\x82\x82\x03"
"""Both service access points and the unnumbered information of BACnet (ASHRAE 135-2020, 7.1)."""
_WITHOUT_IP = {
    0x8892: "PROFINET",
    0x88A4: "EtherCAT",
    0x88AB: "POWERLINK",
    0x88B8: "GOOSE",
    0x88BA: "sampled values",
    0x88CD: "SERCOS",
}
"""By the EtherType."""


def network_of(link_type: int, data: bytes) -> bytes:
    """Return the IP packet in a frame; empty where there is none."""
    if link_type == _ETHERNET:
        return ethernet(data[12:])
    if link_type in {_RAW, _RAW_BSD, _RAW_OPENBSD, _IPV4, _IPV6}:
        return data
    if link_type in {_NULL, _LOOP}:
        return data[4:]
    if link_type == _SLL:
        return ethernet(data[14:])
    if link_type == _SLL2:
        return ethernet(data[:2] + data[20:])
    if link_type == _PPP:
        head = 2 if data[:2] == b"\xff\x03" else 0
        return data[head + 2 :] if data[head : head + 2] in _PPP_IP else b""
    return b""


def ethernet(data: bytes) -> bytes:
    """Return what follows an EtherType, behind VLAN tags, a SNAP head or MPLS labels, or in a PPPoE session."""
    for _ in range(4):
        kind = data[0] << 8 | data[1] if len(data) >= 2 else 0
        if kind in {_IP4, _IP6}:
            return data[2:]
        if kind == _PPPOE and data[8:10] in _PPP_IP:
            return data[10:]
        if kind == _MPLS:
            return _unlabelled(data[2:])
        if kind <= _MAX_LENGTH and data[2:8] == _SNAP:
            data = data[8:]
            continue
        if kind not in _VLANS:
            return b""
        data = data[4:]
    return b""


def _unlabelled(data: bytes) -> bytes:
    """Return what stands behind a stack of MPLS labels (RFC 3032, 2.1)."""
    for at in range(0, len(data) - 3, 4):
        if data[at + 2] & _LAST_LABEL:
            return data[at + 4 :]
    return b""


def not_over_ip(link_type: int, data: bytes) -> str:
    """Return the name of an industrial protocol that a frame carries without IP; empty if it is none of these."""
    if link_type not in {_ETHERNET, _SLL}:
        return ""
    at = 12 if link_type == _ETHERNET else 14
    while int.from_bytes(data[at : at + 2], "big") in _VLANS:
        at += 4
    kind = int.from_bytes(data[at : at + 2], "big")
    if kind <= _MAX_LENGTH and data[at + 2 : at + 5] == _BACNET:
        return "BACnet over Ethernet"
    return _WITHOUT_IP.get(kind, "")
