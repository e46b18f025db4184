"""Routes: the sub-addresses that are paths and not numbers, each protocol's in one way of writing.

A fence compares routes as text, so that policy, inventory and guard must write the same route the same. ``direct``
stands for a message that names no route: it is meant for the device at the address itself.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address

DIRECT = "direct"
MAX_ROUTE_CHARACTERS = 128

_NUMBER = re.compile(r"\d{1,5}", re.ASCII)
_LINK = re.compile(r"[a-z0-9][a-z0-9.:_-]{0,63}")
_MAC = re.compile(r"([0-9a-f]{2}){1,7}")
_OWN_CPU = 0x03FF


@dataclass(frozen=True, slots=True)
class RouteForm:
    """How one protocol writes its routes; ``normal`` returns the one way of writing, ``None`` for what is no route."""

    words: str
    example: str
    normal: Callable[[str], str | None]


def numbers(separator: str, *highest: int) -> Callable[[str], str | None]:
    """Return what reads as many decimal numbers as there are bounds, and drops their leading zeros."""

    def normal(text: str) -> str | None:
        parts = [_number(part, most) for part, most in zip(text.split(separator), highest, strict=False)]
        if text.count(separator) != len(highest) - 1 or None in parts:
            return None
        return separator.join(map(str, parts))

    return normal


def or_direct(read: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Return what also takes ``direct``."""
    return lambda text: DIRECT if text.lower() == DIRECT else read(text)


def cip_path(text: str) -> str | None:
    """Read port segments (CIP Vol. 1, C-1.4.1): pairs of port and link, the link a number or an address: ``1/0``."""
    parts = text.lower().split("/")
    pairs = [_cip_segment(port, link) for port, link in zip(parts[::2], parts[1::2], strict=False)]
    return None if len(parts) % 2 or None in pairs else "/".join(filter(None, pairs))


def slmp_station(text: str) -> str | None:
    """Read network and station, and where it is not the station's own CPU also module (hexadecimal) and multidrop."""
    parts = text.lower().split("/")
    short = numbers("/", 0xFF, 0xFF)("/".join(parts[:2]))
    if short is None or len(parts) == 2:
        return short
    module = int(parts[2], 16) if re.fullmatch(r"[0-9a-f]{1,4}", parts[2]) else None
    multidrop = _number(parts[3], 0xFF) if len(parts) == 4 else None
    if module is None or multidrop is None:
        return None
    return short if (module, multidrop) == (_OWN_CPU, 0) else f"{short}/{module:04x}/{multidrop}"


def bacnet_address(text: str) -> str | None:
    """Read network number and MAC address, this in hexadecimal (ASHRAE 135, 6.2.2): ``10/05``."""
    network, slash, mac = text.lower().partition("/")
    number = _number(network, 0xFFFF)
    return f"{number}/{mac}" if slash and number is not None and _MAC.fullmatch(mac) else None


def _number(text: str, highest: int) -> int | None:
    number = int(text) if _NUMBER.fullmatch(text) else None
    return number if number is not None and number <= highest else None


def _cip_segment(port: str, link: str) -> str | None:
    number, slot = _number(port, 0xFFFF), _number(link, 0xFF)
    if not number:
        return None
    if slot is not None:
        return f"{number}/{slot}"
    if link.isdecimal() or not _LINK.fullmatch(link):
        return None
    try:
        return f"{number}/{IPv4Address(link)}"
    except ValueError:
        return f"{number}/{link}"
