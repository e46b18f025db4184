"""The properties of every guard, held against the DNP3 guard with sound, broken and random traffic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.dnp3.assembly import MAX_HELD_BYTES
from guards.dnp3.link import MAX_FRAME_BYTES, measure
from guards.turns import MAX_WAITING
from tests.unit.guards import properties
from tests.unit.guards.dnp3 import traffic, wire

BOUND = (MAX_WAITING + 2) * MAX_HELD_BYTES + 2 * MAX_FRAME_BYTES
STRICT = properties.Subject(
    lambda: traffic.guard(
        "read", units=frozenset({10}), reads=[{"table": "class"}, {"table": "analog_input"}], max_rate=50
    ),
    BOUND,
    overtakes=measure,
)
LOOSE = properties.Subject(
    lambda: traffic.guard(*traffic.ALL, upload=True, max_in_flight=4, units=frozenset({10, 11, 0xFFFF})),
    BOUND,
    overtakes=measure,
)
STEPPED = properties.Subject(
    lambda: traffic.guard(
        "read", "operate", writes=[{"table": "analog_output", "step": 100}, {"table": "binary_output"}], ask={"program"}
    ),
    BOUND,
    overtakes=measure,
)
READER = properties.Subject(
    lambda: traffic.guard("read", "operate", read_before_write=True, max_in_flight=2), BOUND, overtakes=measure
)
each = pytest.mark.parametrize(
    "subject", [STRICT, LOOSE, STEPPED, READER], ids=["strict", "loose", "stepped", "reading before commands"]
)


@each
@given(steps=traffic.steps, sizes=st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_every_property_of_guards_holds(
    subject: properties.Subject, steps: list[properties.Step], sizes: list[int]
) -> None:
    properties.check_all(subject, steps, sizes)


@each
@given(data=st.binary(max_size=300))
def test_garbage_never_raises(subject: properties.Subject, data: bytes) -> None:
    for direction in properties.Direction:
        from_master = direction is properties.Direction.TO_ASSET
        properties.play(subject.make(), [(direction, data)])
        framed = wire.frames(b"\xc3" + data, from_master=from_master)
        properties.play(subject.make(), [(direction, b"".join(framed))])


@given(message=traffic.messages)
def test_nothing_that_changes_anything_passes_a_session_that_may_only_read(message: bytes) -> None:
    reads = {"confirm", "read", "delay_measure", "close_file", "get_file_info", "authenticate_file", "abort_file"}
    reads |= {"authenticate_request", "authenticate_error", "ack", "nack", "link_status", "not_supported"}
    reads |= {"reset_link", "test_link", "request_link_status"}
    for operation in traffic.operations(traffic.ask(traffic.guard("read"), message)):
        if operation.verdict == "allowed":
            assert operation.tier == "read"
            assert operation.function in reads


@given(message=traffic.messages)
def test_nothing_passes_to_an_outstation_outside_the_fence(message: bytes) -> None:
    effects = traffic.ask(traffic.guard(*traffic.ALL, units=frozenset({12})), message)
    assert traffic.forwarded(effects) == []


def test_fragments_that_are_never_finished_stay_bounded() -> None:
    inspector = traffic.guard("read")
    for number in range(5_000):
        traffic.ask(inspector, wire.frame(bytes([(number == 0) << 6 | number & 0x3F])))
        assert inspector.held_bytes <= MAX_HELD_BYTES
    traffic.ask(inspector, wire.frame(b"\x40\xc3\x01"))
    for _ in range(5_000):
        traffic.ask(inspector, wire.frame(function=wire.STATUS))
        assert inspector.held_bytes <= MAX_HELD_BYTES


@each
def test_a_confirmation_may_overtake_a_request_that_waits(subject: properties.Subject) -> None:
    steps = [
        (properties.Direction.TO_ASSET, wire.request(1, b"\x3c\x01\x06", 3)),
        (properties.Direction.TO_ASSET, wire.request(1, b"\x3c\x01\x06", 9)),
        (properties.Direction.TO_USER, wire.response(b"", 0, 3, control=0xA0)),
        (properties.Direction.TO_ASSET, wire.request(0, b"", 3)),
        (properties.Direction.TO_USER, wire.response(b"", 0, 4, control=0x40)),
    ]
    properties.check_all(subject, steps, [1])
