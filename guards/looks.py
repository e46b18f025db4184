"""Which protocol's devices can be looked at, and how: the one table that the broker asks."""

from typing import cast

from guards.loading import loaded
from guards.look import Look, LookKind
from guards.shortfalls import short
from policies.rules import Rules

_KINDS = {
    "bacnet": "bacnet.fingerprint:LOOK",
    "dnp3": "dnp3.fingerprint:LOOK",
    "enip": "enip.fingerprint:LOOK",
    "fins": "fins.fingerprint:LOOK",
    "fins-udp": "fins.fingerprint:DATAGRAM_LOOK",
    "modbus": "modbus.fingerprint:LOOK",
    "modbus-rtu": "modbus.fingerprint:SERIAL_LOOK",
    "opcua": "opcua.fingerprint:LOOK",
    "s7": "s7.fingerprint:LOOK",
    "slmp": "slmp.fingerprint:LOOK",
    "slmp-udp": "slmp.fingerprint:DATAGRAM_LOOK",
}
_WHY_NOT = {"iec104": short("iec104")}


def looked_at() -> frozenset[str]:
    """Return the protocols in which devices can be looked at."""
    return frozenset(_KINDS)


def load_looks() -> None:
    """Load all looks now, so that no session waits for its own."""
    for place in _KINDS.values():
        loaded(place)


def why_not(protocol: str) -> str:
    """Return why devices are not looked at in a protocol for which ``make_look`` has no look."""
    return _WHY_NOT.get(protocol, short("protocol", protocol=protocol))


def make_look(protocol: str, rules: Rules) -> Look | None:
    """Return a new look at a device, or ``None`` for a protocol in which there is none yet."""
    place = _KINDS.get(protocol)
    return None if place is None else Look(cast("LookKind", loaded(place)), rules)
