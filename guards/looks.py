"""Which protocol's devices can be looked at, and how: the one table that the broker asks."""

from functools import partial

from guards.enip import encapsulation
from guards.enip import fingerprint as enip
from guards.look import Look, LookKind
from guards.modbus import fingerprint as modbus
from guards.modbus.framing import AduSplitter
from guards.s7 import cotp
from guards.s7 import fingerprint as s7
from guards.splitting import Splitter
from policies.rules import Rules

_KINDS: dict[str, LookKind] = {
    "enip": LookKind(enip.script, partial(Splitter, encapsulation.measure)),
    "modbus": LookKind(modbus.script, AduSplitter),
    "modbus-rtu": LookKind(modbus.serial_script, AduSplitter),
    "s7": LookKind(s7.script, partial(Splitter, cotp.measure)),
}


def looked_at() -> frozenset[str]:
    """Return the protocols in which devices can be looked at."""
    return frozenset(_KINDS)


def make_look(protocol: str, rules: Rules) -> Look | None:
    """Return a new look at a device, or ``None`` for a protocol in which there is none yet."""
    kind = _KINDS.get(protocol)
    return None if kind is None else Look(kind, rules)
