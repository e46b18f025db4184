"""The properties of every guard, held against the SLMP guard with sound, broken and random traffic of all kinds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.slmp.frames import MAX_BODY_BYTES, layout_of
from guards.turns import MAX_WAITING
from tests.unit.guards import properties
from tests.unit.guards.seen import ALL, ask, forwarded, operations, replies
from tests.unit.guards.slmp import traffic

BOUND = (MAX_WAITING + 2) * (26 + 2 * MAX_BODY_BYTES)
STRICT = properties.Subject(
    lambda: traffic.guard(
        "read", routes=frozenset({"0/255"}), reads=[{"table": "d", "addresses": [{"first": 0, "last": 50}]}]
    ),
    BOUND,
)
LOOSE = properties.Subject(lambda: traffic.guard(*ALL, upload=True, max_in_flight=4), BOUND)
STEPPED = properties.Subject(
    lambda: traffic.guard("read", "operate", writes=[{"table": "d", "step": 1000}], ask={"program"}), BOUND
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
@given(data=st.binary(max_size=2000), kind=st.sampled_from(traffic.KINDS))
def test_garbage_never_raises(subject: properties.Subject, data: bytes, kind: traffic.Kind) -> None:
    for direction in properties.Direction:
        properties.play(subject.make(), [(direction, data)])
        properties.play(subject.make(), [(direction, kind.request(0x1402, kind.sub, data))])
        properties.play(subject.make(), [(direction, kind.head(0x5000, 1, traffic.OWN, data))])
        properties.play(subject.make(), [(direction, kind.head(0xD000, 1, traffic.OWN, data))])


@given(message=traffic.messages)
def test_no_request_that_changes_anything_passes_a_session_that_may_only_read(message: bytes) -> None:
    for operation in operations(ask(traffic.guard("read"), message)):
        if operation.verdict == "allowed":
            assert operation.tier == "read"
            assert operation.function_code in {0x0101, 0x0401, 0x0403, 0x0406, 0x0801, 0x0802}


@given(message=traffic.messages)
def test_each_request_is_either_forwarded_or_answered_once(message: bytes) -> None:
    layout = layout_of(message)
    assert layout is not None
    effects = ask(traffic.guard("read"), message)
    assert len(forwarded(effects)) + len(replies(effects)) == (not layout.is_answer)
