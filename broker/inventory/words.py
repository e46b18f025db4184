"""The words of the inventory: names, labels, zones, criticality, addresses, units, and how each is checked."""

import ipaddress
import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from policies.routes import MAX_ROUTE_CHARACTERS
from policies.rules import Unit
from policies.words import Slug, time_zones

MAX_UNITS = 256
MAX_ROUTES = 256


class Criticality(StrEnum):
    """What losing or misusing the asset could cost, as the plant's risk assessment says (IEC 62443-3-2:2020, 4.3).

    ``safety`` marks parts of a safety instrumented system, which are to be kept apart from the rest (ZCR 3.3).
    """

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    SAFETY = "safety"


class AgentState(StrEnum):
    """Whether an agent may act: ``quarantined`` was seen twice at once, an admin decides; ``revoked`` is for ever."""

    ACTIVE = "active"
    QUARANTINED = "quarantined"
    REVOKED = "revoked"


_LABEL_VALUE = re.compile(r"[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]{0,126}[^\s\x00-\x1f\x7f])?")
_HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SERIAL = re.compile(r"serial:/dev(/[A-Za-z0-9][A-Za-z0-9._:+@,-]*){1,8}")
_LINE = re.compile(r"[^\x00-\x1f\x7f]*")
_TEXT = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]*")


def check_host(text: str) -> str:
    """Return an IP address or host name (RFC 1123, 2.1) in its canonical form, or a serial line of the agent's machine.

    ``ValueError`` says what is wrong.
    """
    if is_serial(text):
        return _check_serial(text.strip())
    host = text.strip().lower()
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return _check_name(host)


def is_serial(host: str) -> bool:
    """Tell whether an address means a serial line: ``serial:/dev/ttyS0``."""
    return host.strip().startswith("serial:")


def _check_serial(host: str) -> str:
    if not _SERIAL.fullmatch(host):
        raise ValueError(
            f"{host!r} is not a serial line: write serial: and the device on the agent's machine, such as "
            "serial:/dev/ttyS0; speed and parity belong into the ceiling file on site"
        )
    return host


def _check_name(host: str) -> str:
    if "://" in host or "/" in host:
        raise ValueError(
            f"{host!r} is not a host: give the bare address, such as 10.0.0.5, without scheme, path or mask"
        )
    if host.startswith("[") or re.fullmatch(r"[^:]+:\d+", host):
        raise ValueError(f"{host!r} carries more than the host: give the port in 'port', and IPv6 without brackets")
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(_HOST_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"{host!r} is neither an IP address nor a host name")
    if labels[-1].isdigit():
        raise ValueError(f"{host!r} looks like an IP address but is none: four numbers from 0 to 255")
    return ".".join(labels)


def _check_zone_name(text: str) -> str:
    if text not in time_zones():
        raise ValueError(f"{text!r} is not an IANA time zone, such as Europe/Berlin or UTC")
    return text


def _check_label_value(text: str) -> str:
    if not _LABEL_VALUE.fullmatch(text):
        raise ValueError("a label's value is text of 1 to 128 characters without line breaks; put numbers in quotes")
    return text


def _check_units(units: frozenset[int]) -> frozenset[int]:
    if not units:
        raise ValueError("an empty fence lets nothing through: leave 'units' out, or name the sub-addresses")
    return units


def _check_routes(routes: frozenset[str]) -> frozenset[str]:
    if not routes:
        raise ValueError("an empty fence lets nothing through: leave 'routes' out, or name the sub-addresses")
    return routes


def _check_line(text: str) -> str:
    if not _LINE.fullmatch(text):
        raise ValueError("this is one line of text, without control characters")
    return text


def _check_text(text: str) -> str:
    if not _TEXT.fullmatch(text):
        raise ValueError("control characters are not taken here")
    return text


Name = Slug
"""Sites, assets, services and agents are named with ``a-z``, ``0-9`` and inner hyphens, at most 63 characters."""

Line = Annotated[str, Field(max_length=200), AfterValidator(_check_line)]
Text = Annotated[str, Field(max_length=2000), AfterValidator(_check_text)]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_check_line)
]
TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_check_zone_name)]
Host = Annotated[str, Field(min_length=1, max_length=253), AfterValidator(check_host)]
Port = Annotated[int, Field(ge=1, le=65535)]
Labels = Annotated[dict[Slug, Annotated[str, AfterValidator(_check_label_value)]], Field(max_length=32)]
Zone = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$")]
"""The security zone of the asset (IEC 62443-3-2:2020, ZCR 3.1), a slug; empty while the plant has drawn none."""
Units = Annotated[frozenset[Unit], Field(max_length=MAX_UNITS), AfterValidator(_check_units)]
"""A fence of sub-addresses that are numbers: Modbus unit ids, DNP3 outstations, BACnet networks."""
Routes = Annotated[
    frozenset[Annotated[str, Field(min_length=1, max_length=MAX_ROUTE_CHARACTERS)]],
    Field(max_length=MAX_ROUTES),
    AfterValidator(_check_routes),
]
"""A fence of sub-addresses that are paths: CIP routes, racks and slots."""
