"""BACnet/IP traffic for tests: builders of datagrams from the link up, rules in one line, strategies."""

import struct
from collections.abc import Iterable

from hypothesis import strategies as st

from guards.bacnet.guard import BacnetGuard
from guards.datagrams import framed
from guards.effects import Ask, Cut, Direction, Effect, Forward, Observed, Operation, Reply
from policies.rules import Rules, Tier

NOW = 100.0
ALL = ("read", "operate", "program", "firmware")
TO_ASSET, TO_USER = Direction.TO_ASSET, Direction.TO_USER
AI, AO, AV, BO, BV, DEVICE, FILE, PROGRAM = 0, 1, 2, 4, 5, 8, 10, 16
PRESENT_VALUE, DESCRIPTION, OUT_OF_SERVICE, HIGH_LIMIT = 85, 28, 81, 45


# --- tags


def number(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def field(at: int, data: bytes | int) -> bytes:
    data = number(data) if isinstance(data, int) else data
    return bytes((at << 4 | 0x08 | len(data),)) + data if len(data) < 5 else bytes((at << 4 | 0x0D, len(data))) + data


def tagged(kind: int, data: bytes) -> bytes:
    return bytes((kind << 4 | len(data),)) + data if len(data) < 5 else bytes((kind << 4 | 5, len(data))) + data


def within(at: int, inside: bytes) -> bytes:
    return bytes((at << 4 | 0x0E,)) + inside + bytes((at << 4 | 0x0F,))


def oid(kind: int, instance: int) -> bytes:
    return struct.pack(">I", kind << 22 | instance)


def real(value: float) -> bytes:
    return tagged(4, struct.pack(">f", value))


NULL, ON, OFF = b"\x00", b"\x91\x01", b"\x91\x00"


# --- layers


def link(body: bytes, code: int = 0x0A) -> bytes:
    return framed(b"\x81" + bytes((code,)) + (len(body) + 4).to_bytes(2, "big") + body)


def station(network: int, mac: bytes) -> bytes:
    return network.to_bytes(2, "big") + bytes((len(mac),)) + mac


def net(
    apdu: bytes, *, to: tuple[int, bytes] | None = None, source: tuple[int, bytes] | None = None, code: int = 0x0A,
    control: int = 0, message: bytes | None = None,
) -> bytes:  # fmt: skip
    control |= (0x20 if to else 0) | (0x08 if source else 0) | (0x80 if message is not None else 0)
    head = (station(*to) if to else b"") + (station(*source) if source else b"") + (b"\xff" if to else b"")
    return link(bytes((1, control)) + head + (message or b"") + apdu, code)


def confirmed(
    service: int, data: bytes = b"", invoke: int = 1, *, segments: bytes | None = None, **how: object
) -> bytes:
    head = bytes((0x08 if segments else 0, 0x05, invoke)) + (segments or b"")
    return net(head + bytes((service,)) + data, **how)  # type: ignore[arg-type]


def unconfirmed(service: int, data: bytes = b"", **how: object) -> bytes:
    return net(bytes((0x10, service)) + data, **how)  # type: ignore[arg-type]


def simple_ack(service: int, invoke: int = 1, **how: object) -> bytes:
    return net(bytes((0x20, invoke, service)), **how)  # type: ignore[arg-type]


def complex_ack(service: int, data: bytes, invoke: int = 1, **how: object) -> bytes:
    return net(bytes((0x30, invoke, service)) + data, **how)  # type: ignore[arg-type]


def segment(service: int, sequence: int, *, more: bool, invoke: int = 1) -> bytes:
    return net(bytes((0x3C if more else 0x38, invoke, sequence, 4, service)) + bytes(40))


def segment_ack(invoke: int = 1, sequence: int = 0, *, server: bool = False) -> bytes:
    return net(bytes((0x41 if server else 0x40, invoke, sequence, 4)))


def error(service: int, error_class: int, code: int, invoke: int = 1, **how: object) -> bytes:
    return net(bytes((0x50, invoke, service, 0x91, error_class, 0x91, code)), **how)  # type: ignore[arg-type]


def abort(invoke: int = 1, reason: int = 0, *, server: bool = True, **how: object) -> bytes:
    return net(bytes((0x71 if server else 0x70, invoke, reason)), **how)  # type: ignore[arg-type]


def reject(invoke: int = 1, reason: int = 9, **how: object) -> bytes:
    return net(bytes((0x60, invoke, reason)), **how)  # type: ignore[arg-type]


# --- services


def what(kind: int, instance: int, prop: int) -> bytes:
    return field(0, oid(kind, instance)) + field(1, prop)


def read(kind: int = AI, instance: int = 1, prop: int = PRESENT_VALUE, invoke: int = 1, **how: object) -> bytes:
    return confirmed(12, what(kind, instance, prop), invoke, **how)


def read_ack(value: bytes, kind: int = AI, instance: int = 1, invoke: int = 1, **how: object) -> bytes:
    return complex_ack(12, what(kind, instance, PRESENT_VALUE) + within(3, value), invoke, **how)


def read_many(*wanted: tuple[int, int, Iterable[int]], invoke: int = 1) -> bytes:
    parts = [field(0, oid(kind, n)) + within(1, b"".join(field(0, p) for p in props)) for kind, n, props in wanted]
    return confirmed(14, b"".join(parts), invoke)


def write(
    value: bytes, kind: int = AV, instance: int = 1, prop: int = PRESENT_VALUE, invoke: int = 1,
    priority: int | None = None, **how: object,
) -> bytes:  # fmt: skip
    data = what(kind, instance, prop) + within(3, value) + (b"" if priority is None else field(4, priority))
    return confirmed(15, data, invoke, **how)


def write_many(*given: tuple[int, int, int, bytes], invoke: int = 1) -> bytes:
    parts = [field(0, oid(kind, n)) + within(1, field(0, p) + within(2, value)) for kind, n, p, value in given]
    return confirmed(16, b"".join(parts), invoke)


def subscribe(instance: int = 1, process: int = 9, invoke: int = 1, *, back: bool = False, **how: object) -> bytes:
    more = b"" if back else field(2, 0) + field(3, 300)
    return confirmed(5, field(0, process) + field(1, oid(AI, instance)) + more, invoke, **how)


WHO_IS = unconfirmed(8)
I_AM = unconfirmed(0, tagged(12, oid(DEVICE, 7)) + b"\x22\x05\xc4\x91\x03\x21\x0f")
COV = unconfirmed(2, field(0, 9) + field(1, oid(DEVICE, 7)) + field(2, oid(AI, 1)) + field(3, 5) + within(4, b""))
SOUND = (
    read(), read(invoke=2), read(DEVICE, 7, 76), read_many((AI, 1, [8]), (AV, 2, [85, 28])), write(real(20)),
    write(NULL, AO, 1, priority=8), write(ON, BO), write(real(1), AV, 3, DESCRIPTION), write_many((AV, 1, 85, real(3))),
    subscribe(), subscribe(back=True), confirmed(17, field(1, 1)), confirmed(20, field(0, 0)), confirmed(99),
    read(to=(10, b"\x05")), WHO_IS, unconfirmed(6, b""), confirmed(7, tagged(12, oid(FILE, 1)), segments=b"\x00\x04"),
    segment_ack(), abort(server=False), net(b"", message=b"\x00"), net(b"\x00", message=b"\x06"), link(b"", 0x02),
    link(b"\x00\x3c", 0x05), link(bytes(6) + b"\x01\x00\x10\x08", 0x04), simple_ack(1), simple_ack(2),
)  # fmt: skip
ANSWERS = (
    read_ack(real(21.5)), simple_ack(15), simple_ack(5), error(15, 2, 40), abort(), reject(), I_AM, COV,
    segment(14, 0, more=True), segment(14, 1, more=False), confirmed(1), link(b"\x00\x00", 0x00), link(b"", 0x03),
    read_ack(real(1), source=(10, b"\x05")), net(b"", message=b"\x01\x00\x0a"), complex_ack(14, b"\x00"),
)  # fmt: skip


# --- a guard, and what it said


def rules(*tiers: str, **more: object) -> Rules:
    return Rules.model_validate({"tiers": set(tiers), **more})


def guard(*tiers: str, device_timeout_seconds: float = 30.0, **more: object) -> BacnetGuard:
    return BacnetGuard(rules(*tiers, **more), device_timeout_seconds=device_timeout_seconds)


def ask(inspector: BacnetGuard, *datagrams: bytes, now: float = NOW) -> list[Effect]:
    return [effect for datagram in datagrams for effect in inspector.receive(TO_ASSET, datagram, now)]


def tell(inspector: BacnetGuard, *datagrams: bytes, now: float = NOW) -> list[Effect]:
    return [effect for datagram in datagrams for effect in inspector.receive(TO_USER, datagram, now)]


def forwarded(effects: list[Effect]) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Forward)]


def replies(effects: list[Effect]) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Reply)]


def operations(effects: list[Effect]) -> list[Operation]:
    return [effect.operation for effect in effects if isinstance(effect, Observed)]


def asks(effects: list[Effect]) -> list[Ask]:
    return [effect for effect in effects if isinstance(effect, Ask)]


def cuts(effects: list[Effect]) -> list[str]:
    return [effect.code for effect in effects if isinstance(effect, Cut)]


def tier(effects: list[Effect]) -> Tier:
    return operations(effects)[0].tier


# --- strategies


def _spoilt(datagram: bytes, at: int, by: int) -> bytes:
    """A datagram with one byte changed, its frame kept."""
    at = 2 + at % max(1, len(datagram) - 2)
    return datagram[:at] + bytes(((datagram[at] + by) & 0xFF,)) + datagram[at + 1 :] if len(datagram) > 2 else datagram


def _told(samples: tuple[bytes, ...]) -> st.SearchStrategy[bytes]:
    sound = st.sampled_from(samples)
    spoilt = st.builds(_spoilt, sound, st.integers(0, 60), st.integers(1, 255))
    apdus = st.builds(net, st.binary(max_size=60), control=st.sampled_from([0, 4]))
    return st.one_of(sound, sound, spoilt, apdus, st.builds(framed, st.binary(max_size=80)))


requests = _told(SOUND)
steps = st.lists(
    st.one_of(
        st.tuples(st.just(TO_ASSET), requests), st.tuples(st.just(TO_USER), _told(ANSWERS)),
        st.tuples(st.sampled_from([TO_ASSET, TO_USER]), st.binary(max_size=30)),
    ),
    max_size=14,
)  # fmt: skip
