"""The properties of every guard, held against the FINS guard with sound, broken and random traffic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.fins.framing import HEAD_BYTES, MAX_FRAME_BYTES, wrap
from guards.turns import MAX_WAITING
from tests.unit.guards import properties
from tests.unit.guards.fins import traffic
from tests.unit.guards.seen import ALL, ask, forwarded, operations, replies

BOUND = (MAX_WAITING + 2) * (HEAD_BYTES + MAX_FRAME_BYTES)
STRICT = properties.Subject(
    lambda: traffic.guard(
        "read", routes=frozenset({"0.10.0"}), reads=[{"table": "dm", "addresses": [{"first": 0, "last": 50}]}]
    ),
    BOUND,
)
LOOSE = properties.Subject(lambda: traffic.guard(*ALL, upload=True, max_in_flight=4), BOUND)
STEPPED = properties.Subject(
    lambda: traffic.guard("read", "operate", writes=[{"table": "dm", "step": 1000}], ask={"program"}), BOUND
)
READER = properties.Subject(lambda: traffic.guard(*ALL, read_before_write=True, max_in_flight=4), BOUND)
each = pytest.mark.parametrize(
    "subject", [STRICT, LOOSE, STEPPED, READER], ids=["strict", "loose", "stepped", "reading before writes"]
)


@each
@given(steps=traffic.steps, sizes=st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_every_property_of_guards_holds(
    subject: properties.Subject, steps: list[properties.Step], sizes: list[int]
) -> None:
    """In one test, since drawing the traffic costs as much as holding all of them against it."""
    properties.check_all(subject, steps, sizes)


@each
@given(data=st.binary(max_size=2000))
def test_garbage_never_raises(subject: properties.Subject, data: bytes) -> None:
    for direction in properties.Direction:
        properties.play(subject.make(), [(direction, data)])
        properties.play(subject.make(), [(direction, wrap(data))])
        properties.play(subject.make(), [(direction, wrap(traffic.frame(0x0104, data)))])


@given(message=traffic.messages)
def test_no_request_that_changes_anything_passes_a_session_that_may_only_read(message: bytes) -> None:
    for operation in operations(ask(traffic.guard("read"), message)):
        if operation.verdict == "allowed":
            assert operation.tier == "read"
            assert operation.function_code in {0, 6, 0x0101, 0x0104, 0x0501, 0x0920, 0x230A}


@given(message=traffic.messages)
def test_each_command_that_wants_an_answer_is_either_forwarded_or_answered_once(message: bytes) -> None:
    effects = ask(traffic.guard("read"), message)
    if len(message) >= 28 and message[16] in {0x00, 0x80} and message[20] != 0xFF:
        assert len(forwarded(effects)) + len(replies(effects)) == 1
