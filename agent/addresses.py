"""Addresses that no device has: what a taken-over broker would ask for to turn the agent against its own site."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

METADATA_ADDRESSES: frozenset[IPAddress] = frozenset(
    ip_address(text)
    for text in ("169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")
)
"""Where cloud providers answer with credentials of the machine that asks."""

_THIS_NETWORK = IPv4Network("0.0.0.0/8")  # Linux connects 0.0.0.0 to itself
_LIMITED_BROADCAST = IPv4Address("255.255.255.255")

_HAZARDS: tuple[tuple[str, Callable[[IPAddress], bool]], ...] = (
    ("cloud metadata", lambda address: address in METADATA_ADDRESSES),
    ("loopback", lambda address: address.is_loopback),
    ("unspecified", lambda address: address.is_unspecified or address in _THIS_NETWORK),
    ("link-local", lambda address: address.is_link_local),
    ("multicast", lambda address: address.is_multicast),
    ("broadcast", lambda address: address == _LIMITED_BROADCAST),
    ("reserved", lambda address: address.is_reserved),
)


def parse_address(text: str) -> IPAddress | None:
    """Return the literal address in its plainest form (an IPv4 address inside IPv6 is unwrapped), or ``None``.

    Shorthand such as ``127.1``, ``0x7f.1`` or ``010.0.0.1`` is no literal address here, nor is one with a scope id.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id else address.ipv4_mapped or address
    return address


def hazard(address: IPAddress) -> str | None:
    """Name the kind of address that must be listed by itself to be dialled, or ``None`` for an ordinary one."""
    if isinstance(address, IPv6Address) and address.sixtofour:
        return hazard(address.sixtofour)
    return next((name for name, applies in _HAZARDS if applies(address)), None)


def is_edge_of(address: IPAddress, network: IPNetwork) -> bool:
    """Tell whether the address is the network's own or its broadcast address, which no device has."""
    if network.version != 4 or network.prefixlen >= 31:
        return False
    return address in (network.network_address, network.broadcast_address)
