"""Which guard inspects which protocol: the one table that the relay asks."""

from typing import Protocol

from guards.effects import Guard
from guards.errors import UnknownProtocolError
from guards.modbus.guard import ModbusGuard
from policies.rules import Rules


class GuardFactory(Protocol):
    """How a guard is made, one for each stream."""

    def __call__(self, rules: Rules, *, device_timeout_seconds: float) -> Guard:
        """Return a guard that has seen nothing yet."""
        ...


_GUARDS: dict[str, GuardFactory] = {"modbus": ModbusGuard}
_OPAQUE = frozenset({"tcp", "ssh"})


def guarded_protocols() -> frozenset[str]:
    """Return the protocols that a guard understands."""
    return frozenset(_GUARDS)


def opaque_protocols() -> frozenset[str]:
    """Return the protocols that pass uninspected, where the policy's own switch for that is on."""
    return _OPAQUE


def make_guard(protocol: str, rules: Rules, *, device_timeout_seconds: float) -> Guard | None:
    """Return a new guard for one stream, or ``None`` for a protocol that passes opaquely.

    Raises ``UnknownProtocolError`` for any other protocol: what nobody decided on is refused.
    """
    if protocol in _OPAQUE:
        return None
    if protocol not in _GUARDS:
        raise UnknownProtocolError(f"no guard and no pass-through for protocol {protocol!r}")
    return _GUARDS[protocol](rules, device_timeout_seconds=device_timeout_seconds)
