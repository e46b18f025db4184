"""Which guard inspects which protocol: the one table that the relay asks."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from guards.arming import Armed
from guards.bacnet.decoder import BacnetDecoder
from guards.bacnet.guard import BacnetGuard
from guards.decoding import EVERYTHING, Decoder
from guards.dnp3.decoder import Dnp3Decoder
from guards.dnp3.guard import Dnp3Guard
from guards.effects import Guard
from guards.enip.decoder import EnipDecoder
from guards.enip.guard import EnipGuard
from guards.errors import UnknownProtocolError
from guards.fins.decoder import FinsDecoder
from guards.fins.guard import FinsGuard
from guards.iec104.decoder import Iec104Decoder
from guards.iec104.guard import Iec104Guard
from guards.material import GuardMaterial
from guards.modbus.decoder import ModbusDecoder
from guards.modbus.guard import ModbusGuard
from guards.opcua.decoder import OpcUaDecoder
from guards.opcua.guard import OpcUaGuard
from guards.s7.decoder import S7Decoder
from guards.s7.guard import S7Guard
from guards.slmp.decoder import SlmpDecoder
from guards.slmp.guard import SlmpGuard
from policies.protocols import OPAQUE_DATAGRAMS
from policies.rules import Rules


class GuardFactory(Protocol):
    """How a guard is made, one for each stream."""

    def __call__(self, rules: Rules, *, device_timeout_seconds: float, material: GuardMaterial) -> Guard:
        """Return a guard that has seen nothing yet."""
        ...


class _Filter(Protocol):
    def __call__(self, rules: Rules, *, device_timeout_seconds: float, armed: Armed) -> Guard: ...


def _filter(make: _Filter) -> GuardFactory:
    """Return the factory of a guard that needs nothing else from outside than the session's approvals."""

    def made(rules: Rules, *, device_timeout_seconds: float, material: GuardMaterial) -> Guard:
        return make(rules, device_timeout_seconds=device_timeout_seconds, armed=material.armed)

    return made


_GUARDS: dict[str, GuardFactory] = {
    "bacnet": _filter(BacnetGuard),
    "dnp3": _filter(Dnp3Guard),
    "enip": _filter(EnipGuard),
    "fins": _filter(FinsGuard),
    "iec104": _filter(Iec104Guard),
    "modbus": _filter(ModbusGuard),
    "modbus-rtu": _filter(partial(ModbusGuard, is_serial=True)),  # the agent makes frames of the line out of Modbus/TCP
    "opcua": OpcUaGuard,
    "s7": _filter(S7Guard),
    "slmp": _filter(SlmpGuard),
}
_DECODERS: dict[str, Callable[[Rules], Decoder]] = {
    "bacnet": BacnetDecoder,
    "dnp3": Dnp3Decoder,
    "enip": EnipDecoder,
    "fins": FinsDecoder,
    "iec104": Iec104Decoder,
    "modbus": ModbusDecoder,
    "opcua": OpcUaDecoder,
    "s7": S7Decoder,
    "slmp": SlmpDecoder,
}
_OPAQUE = frozenset({"tcp", "ssh", OPAQUE_DATAGRAMS})
CERTIFIED_PROTOCOLS = frozenset({"opcua"})
"""The protocols whose guards show tools a certificate of their own: ``GuardMaterial.certificate`` at the broker."""


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
