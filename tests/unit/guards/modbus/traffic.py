"""Modbus/TCP traffic for tests: builders of ADUs, rules in one line, and hypothesis strategies."""

from hypothesis import strategies as st

from guards.effects import Ask, Cut, Direction, Effect, Forward, Observed, Operation, Reply
from guards.modbus.guard import ModbusGuard
from guards.modbus.tables import Table
from policies.rules import AddressRange, ObjectRule, Rules, Tier

NOW = 100.0
ALL_TIERS = frozenset(Tier)
READ_1 = bytes.fromhex("03 0000 0001")
WRITE_1 = bytes.fromhex("06 0000 002a")


def adu(pdu: bytes | str, transaction: int = 1, unit: int = 1) -> bytes:
    pdu = bytes.fromhex(pdu) if isinstance(pdu, str) else pdu
    return transaction.to_bytes(2, "big") + b"\0\0" + (len(pdu) + 1).to_bytes(2, "big") + bytes([unit]) + pdu


def rules(*tiers: str, **fields: object) -> Rules:
    return Rules.model_validate({"tiers": frozenset(Tier(tier) for tier in tiers), **fields})


def ranges(table: str, *pairs: tuple[int, int], minimum: int | None = None, maximum: int | None = None) -> ObjectRule:
    addresses = tuple(AddressRange(first=first, last=last) for first, last in pairs)
    return ObjectRule(table=Table(table), addresses=addresses, minimum=minimum, maximum=maximum)


def guard(*tiers: str, **fields: object) -> ModbusGuard:
    return ModbusGuard(rules(*tiers, **fields), device_timeout_seconds=30.0)


def ask(inspector: ModbusGuard, data: bytes, now: float = NOW) -> list[Effect]:
    return inspector.receive(Direction.TO_ASSET, data, now)


def answer(inspector: ModbusGuard, data: bytes, now: float = NOW) -> list[Effect]:
    return inspector.receive(Direction.TO_USER, data, now)


def forwarded(effects: list[Effect]) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Forward)]


def replies(effects: list[Effect]) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Reply)]


def operations(effects: list[Effect]) -> list[Operation]:
    return [effect.operation for effect in effects if isinstance(effect, Observed)]


def cuts(effects: list[Effect]) -> list[str]:
    return [effect.code for effect in effects if isinstance(effect, Cut)]


def asks(effects: list[Effect]) -> list[Ask]:
    return [effect for effect in effects if isinstance(effect, Ask)]


_words = st.integers(0, 0xFFFF).map(lambda word: word.to_bytes(2, "big"))
_reads = st.builds(
    lambda code, first, count: bytes([code]) + first + count.to_bytes(2, "big"),
    st.sampled_from([1, 2, 3, 4]),
    _words,
    st.integers(0, 130),
)
_writes = st.builds(lambda code, first, value: bytes([code]) + first + value, st.sampled_from([5, 6]), _words, _words)
_many = st.builds(
    lambda first, values: b"\x10" + first + bytes([0, len(values), 2 * len(values)]) + b"".join(values),
    _words,
    st.lists(_words, min_size=1, max_size=5),
)
_umas = st.builds(
    lambda key, code, data: bytes([90, key, code]) + data,
    st.integers(0, 3),
    st.sampled_from([0x02, 0x10, 0x11, 0x20, 0x23, 0x34, 0x38, 0x41, 0xFD, 0xFE]),
    st.one_of(st.binary(max_size=12), st.binary(min_size=250, max_size=600)),
)
_any_pdu = st.binary(min_size=1, max_size=253)
pdus = st.one_of(_reads, _writes, _many, _umas, _any_pdu)
adus = st.builds(adu, pdus, st.integers(0, 3), st.integers(0, 3))
garbage = st.binary(max_size=300)
bursts = st.lists(st.one_of(adus, adus, adus, garbage), max_size=6).map(b"".join)
steps = st.lists(st.tuples(st.sampled_from(Direction), bursts), max_size=10)
