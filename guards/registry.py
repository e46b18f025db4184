"""Which guard inspects which protocol: the one table that the relay asks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from guards.bacnet.decoder import BacnetDecoder
from guards.bacnet.guard import BacnetGuard
from guards.decoding import EVERYTHING, Decoder
from guards.dnp3.decoder import Dnp3Decoder
from guards.effects import Guard
from guards.enip.decoder import EnipDecoder
from guards.errors import UnknownProtocolError
from guards.iec104.decoder import Iec104Decoder
from guards.modbus.decoder import ModbusDecoder
from guards.modbus.guard import ModbusGuard
from guards.s7.decoder import S7Decoder
from guards.s7.guard import S7Guard
from policies.protocols import OPAQUE_DATAGRAMS
from policies.rules import Rules


@dataclass(frozen=True, slots=True)
class GuardMaterial:
    """What a guard that terminates its protocol needs from outside, since guards are pure.

    ``random`` returns so many unpredictable bytes (nonces, ids). ``started_at`` and ``started_monotonic`` are one
    moment on both clocks. ``certificate`` and ``private_key`` (DER; PKCS #8) are ours towards users' tools, if any.
    """

    random: Callable[[int], bytes]
    started_at: datetime
    started_monotonic: float
    certificate: bytes = b""
    private_key: bytes = b""

    def wall_time(self, now_monotonic: float) -> datetime:
        """Return the wall time of a moment of the monotonic clock."""
        return self.started_at + timedelta(seconds=now_monotonic - self.started_monotonic)


class GuardFactory(Protocol):
    """How a guard is made, one for each stream."""

    def __call__(self, rules: Rules, *, device_timeout_seconds: float, material: GuardMaterial) -> Guard:
        """Return a guard that has seen nothing yet."""
        ...


def _bacnet(rules: Rules, *, device_timeout_seconds: float, material: GuardMaterial) -> Guard:  # noqa: ARG001 - a filter
    return BacnetGuard(rules, device_timeout_seconds=device_timeout_seconds)


def _modbus(rules: Rules, *, device_timeout_seconds: float, material: GuardMaterial) -> Guard:  # noqa: ARG001 - a filter
    return ModbusGuard(rules, device_timeout_seconds=device_timeout_seconds)


def _s7(rules: Rules, *, device_timeout_seconds: float, material: GuardMaterial) -> Guard:  # noqa: ARG001 - a filter
    return S7Guard(rules, device_timeout_seconds=device_timeout_seconds)


_GUARDS: dict[str, GuardFactory] = {"bacnet": _bacnet, "modbus": _modbus, "s7": _s7}
_DECODERS: dict[str, Callable[[Rules], Decoder]] = {
    "bacnet": BacnetDecoder,
    "dnp3": Dnp3Decoder,
    "enip": EnipDecoder,
    "iec104": Iec104Decoder,
    "modbus": ModbusDecoder,
    "s7": S7Decoder,
}
_OPAQUE = frozenset({"tcp", "ssh", OPAQUE_DATAGRAMS})


def guarded_protocols() -> frozenset[str]:
    """Return the protocols that a guard understands."""
    return frozenset(_GUARDS)


def decoded_protocols() -> frozenset[str]:
    """Return the protocols that captures can be read in."""
    return frozenset(_DECODERS)


def opaque_protocols() -> frozenset[str]:
    """Return the protocols that pass uninspected, where the policy's own switch for that is on."""
    return _OPAQUE


def make_guard(protocol: str, rules: Rules, *, device_timeout_seconds: float, material: GuardMaterial) -> Guard | None:
    """Return a new guard for one stream, or ``None`` for a protocol that passes opaquely.

    Raises ``UnknownProtocolError`` for any other protocol: what nobody decided on is refused.
    """
    if protocol in _OPAQUE:
        return None
    if protocol not in _GUARDS:
        raise UnknownProtocolError(f"no guard and no pass-through for protocol {protocol!r}")
    return _GUARDS[protocol](rules, device_timeout_seconds=device_timeout_seconds, material=material)


def make_decoder(protocol: str, rules: Rules | None = None) -> Decoder:
    """Return the reader of one flow of a guarded protocol, which judges by ``rules`` (``None``: refuses nothing).

    Raises ``UnknownProtocolError`` for a protocol that no guard understands.
    """
    if protocol not in _DECODERS:
        raise UnknownProtocolError(f"no decoder for protocol {protocol!r}")
    return _DECODERS[protocol](EVERYTHING if rules is None else rules)
