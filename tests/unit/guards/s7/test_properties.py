"""The properties of every guard, held against the S7 guard with sound, broken and random traffic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.s7.cotp import MAX_PIECES_BYTES, MAX_TPKT_BYTES, measure
from guards.turns import MAX_WAITING
from tests.unit.guards import properties
from tests.unit.guards.s7 import traffic

BOUND = (MAX_WAITING + 2) * MAX_PIECES_BYTES + 2 * MAX_TPKT_BYTES
STRICT = properties.Subject(
    lambda: traffic.connected(
        "read", routes=frozenset({"0/2"}), reads=[{"table": "db1", "addresses": [{"first": 0, "last": 200}]}]
    ),
    BOUND,
)
# S7comm-plus waits for no job of S7comm, should a tool speak both on one connection.
LOOSE = properties.Subject(lambda: traffic.guard(*traffic.ALL, upload=True, max_in_flight=4), BOUND, overtakes=measure)
STEPPED = properties.Subject(
    lambda: traffic.connected("read", "operate", writes=[{"table": "db1", "step": 1000}], ask={"program"}), BOUND
)
READER = properties.Subject(
    lambda: traffic.connected("read", "operate", read_before_write=True, max_in_flight=2), BOUND, overtakes=measure
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
    for direction in properties.Direction:
        properties.play(subject.make(), [(direction, data)])
        properties.play(subject.make(), [(direction, traffic.piece(b"\x32" + data))])
        properties.play(subject.make(), [(direction, traffic.piece(b"\x72" + data))])


@given(message=traffic.messages)
def test_no_request_that_changes_anything_passes_a_session_that_may_only_read(message: bytes) -> None:
    effects = traffic.ask(traffic.connected("read"), message)
    reads = {0xF0, 0x04, 0x80, 0x054C, 0x04CA}
    for operation in traffic.operations(effects):
        if operation.verdict == "allowed":
            assert operation.tier == "read"
            assert operation.function_code in reads | set(range(0x40, 0x80))


@given(message=st.one_of(traffic.messages))
def test_each_job_is_either_forwarded_or_answered_once(message: bytes) -> None:
    if message[7:9] == b"\x32\x01":
        effects = traffic.ask(traffic.connected("read"), message)
        assert len(traffic.forwarded(effects)) + len(traffic.replies(effects)) == 1


def test_messages_that_are_never_finished_stay_bounded() -> None:
    inspector, half = traffic.guard("read"), traffic.piece(traffic.READ_1[7:20], last=False)
    for _ in range(10_000):
        traffic.ask(inspector, half)
        assert inspector.held_bytes <= BOUND
    guards = [traffic.guard("read") for _ in range(10_000)]
    for one in guards:
        traffic.ask(one, half + half[:10])
    assert sum(one.held_bytes for one in guards) == 10_000 * (len(half) + 10)
