"""The properties of every guard, held against the Modbus guard with sound, broken and random traffic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.modbus.framing import MAX_ADU_BYTES
from guards.turns import MAX_WAITING
from tests.unit.guards import properties
from tests.unit.guards.modbus import traffic

STRICT = properties.Subject(
    lambda: traffic.guard("read", units=frozenset({1, 2}), reads=(traffic.ranges("holding", (0, 30000)),)),
    (MAX_WAITING + 2) * MAX_ADU_BYTES,
)
LOOSE = properties.Subject(
    lambda: traffic.guard("read", "operate", "program", "firmware", max_in_flight=4),
    (MAX_WAITING + 2) * MAX_ADU_BYTES,
)
STEPPED = properties.Subject(
    lambda: traffic.guard("read", "operate", writes=[{"table": "holding", "step": 1000}], ask={"program"}),
    (MAX_WAITING + 2) * MAX_ADU_BYTES,
)
READER = properties.Subject(
    lambda: traffic.guard("read", "operate", read_before_write=True, max_in_flight=2),
    (MAX_WAITING + 2) * MAX_ADU_BYTES,
)
each = pytest.mark.parametrize(
    "subject", [STRICT, LOOSE, STEPPED, READER], ids=["strict", "loose", "stepped", "reading before writes"]
)


@each
@given(steps=traffic.steps, sizes=st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_every_property_of_guards_holds(
    subject: properties.Subject, steps: list[properties.Step], sizes: list[int]
) -> None:
    properties.check_all(subject, steps, sizes)


@each
@given(data=st.binary(max_size=2000))
def test_garbage_never_raises(subject: properties.Subject, data: bytes) -> None:
    guard = subject.make()
    for direction in properties.Direction:
        properties.play(guard, [(direction, data)])


@given(count=st.integers(1, 100))
def test_requests_that_pile_up_stay_bounded(count: int) -> None:
    guard = traffic.guard("operate")
    biggest = traffic.adu(bytes.fromhex("10 0000 007b f6") + bytes(246))
    traffic.ask(guard, biggest * count)
    assert guard.held_bytes <= LOOSE.max_held_bytes


@given(pdu=traffic.pdus)
def test_no_request_that_changes_anything_passes_a_session_that_may_only_read(pdu: bytes) -> None:
    effects = traffic.ask(traffic.guard("read"), traffic.adu(pdu))
    reads = {1, 2, 3, 4, 7, 8, 11, 12, 17, 20, 24, 43}
    umas_reads = {0x01, 0x02, 0x03, 0x04, 0x06, 0x0A, 0x12, 0x20, 0x22, 0x24, 0x26, 0x39, 0x58, 0x70, 0x73}
    for data in traffic.forwarded(effects):
        assert data[7] in reads or (data[7] == 90 and data[9] in umas_reads)


@given(pdu=traffic.pdus, unit=st.integers(0, 255))
def test_each_request_is_either_forwarded_or_answered_once(pdu: bytes, unit: int) -> None:
    effects = traffic.ask(traffic.guard("read", units=frozenset({1})), traffic.adu(pdu, unit=unit))
    assert len(traffic.forwarded(effects)) + len(traffic.replies(effects)) == 1
