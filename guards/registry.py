"""Which guard inspects which protocol: the one table that the relay asks.

A guard's modules are loaded when it is first wanted: an agent at a site of one protocol has no room for all.
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol, cast

from guards.decoding import EVERYTHING, Decoder
from guards.effects import Guard
from guards.errors import UnknownProtocolError
from guards.loading import loaded
from guards.material import GuardMaterial
from policies.protocols import OPAQUE_DATAGRAMS
from policies.rules import Rules


class GuardFactory(Protocol):
    """How a guard is made, one for each stream."""

    def __call__(self, rules: Rules, *, device_timeout_seconds: float, material: GuardMaterial) -> Guard:
        """Return a guard that has seen nothing yet."""
        ...


def _filter(place: str, *also: str, **fixed: bool) -> Callable[[], GuardFactory]:
    """Find a guard that needs from outside the session's approvals, and ``also`` these parts of the material."""

    def found() -> GuardFactory:
        make = partial(cast("Callable[..., Guard]", loaded(place)), **fixed)

        def made(rules: Rules, *, device_timeout_seconds: float, material: GuardMaterial) -> Guard:
            parts = {part: getattr(material, part) for part in ("armed", *also)}
            return make(rules, device_timeout_seconds=device_timeout_seconds, **parts)

        return made

    return found


def _terminating(place: str) -> Callable[[], GuardFactory]:
    """Find a guard that makes all that it sends, and needs material for it."""
    return lambda: cast("GuardFactory", loaded(place))


_GUARDS: dict[str, Callable[[], GuardFactory]] = {
    "bacnet": _filter("bacnet.guard:BacnetGuard", "identity", "interrogations"),
    "dnp3": _filter("dnp3.guard:Dnp3Guard", "interrogations"),
    "enip": _filter("enip.guard:EnipGuard", "identity"),
    "fins": _filter("fins.guard:FinsGuard"),
    "fins-udp": _filter("fins.udp:FinsUdpGuard"),
    "iec104": _filter("iec104.guard:Iec104Guard", "interrogations"),
    "modbus": _filter("modbus.guard:ModbusGuard"),
    # The agent makes frames of the line out of Modbus/TCP.
    "modbus-rtu": _filter("modbus.guard:ModbusGuard", is_serial=True),
    "opcua": _terminating("opcua.guard:OpcUaGuard"),
    "s7": _filter("s7.guard:S7Guard"),
    "slmp": _filter("slmp.guard:SlmpGuard"),
    "slmp-udp": _filter("slmp.udp:SlmpUdpGuard"),
}
_DECODERS = {
    "bacnet": "bacnet.decoder:BacnetDecoder",
    "dnp3": "dnp3.decoder:Dnp3Decoder",
    "enip": "enip.decoder:EnipDecoder",
    "fins": "fins.decoder:FinsDecoder",
    "iec104": "iec104.decoder:Iec104Decoder",
    "modbus": "modbus.decoder:ModbusDecoder",
    "modbus-rtu": "modbus.rtu_decoder:ModbusRtuDecoder",
    "opcua": "opcua.decoder:OpcUaDecoder",
    "s7": "s7.decoder:S7Decoder",
    "slmp": "slmp.decoder:SlmpDecoder",
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


def load_guards() -> None:
    """Load all guards now, so that no stream waits for its own."""
    for find in _GUARDS.values():
        find()


def make_guard(protocol: str, rules: Rules, *, device_timeout_seconds: float, material: GuardMaterial) -> Guard | None:
    """Return a new guard for one stream, or ``None`` for a protocol that passes opaquely.

    Raises ``UnknownProtocolError`` for any other protocol: what nobody decided on is refused.
    """
    if protocol in _OPAQUE:
        return None
    if protocol not in _GUARDS:
        raise UnknownProtocolError(f"no guard and no pass-through for protocol {protocol!r}")
    return _GUARDS[protocol]()(rules, device_timeout_seconds=device_timeout_seconds, material=material)


def make_decoder(protocol: str, rules: Rules | None = None) -> Decoder:
    """Return the reader of one flow of a guarded protocol, which judges by ``rules`` (``None``: refuses nothing).

    Raises ``UnknownProtocolError`` for a protocol that no guard understands.
    """
    if protocol not in _DECODERS:
        raise UnknownProtocolError(f"no decoder for protocol {protocol!r}")
    decoder = cast("Callable[[Rules], Decoder]", loaded(_DECODERS[protocol]))
    return decoder(EVERYTHING if rules is None else rules)
