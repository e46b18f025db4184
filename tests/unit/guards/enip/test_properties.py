"""The properties of every guard, held against the EtherNet/IP guard with sound, broken and random traffic."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.effects import Forward, Verdict
from guards.enip.encapsulation import HEAD_BYTES, MAX_DATA_BYTES, measure_any
from guards.turns import MAX_WAITING
from tests.unit.guards import properties
from tests.unit.guards.enip import cip, traffic

BOUND = (MAX_WAITING + 2) * (HEAD_BYTES + MAX_DATA_BYTES)
STRICT = properties.Subject(
    lambda: traffic.connected(
        "read", to=traffic.SLOT_0 + cip.ROUTER, routes=frozenset({"1/0"}), reads=[{"table": "tag", "names": ["Speed"]}]
    ),
    BOUND,
    overtakes=measure_any,
)
LOOSE = properties.Subject(
    lambda: traffic.connected(*traffic.ALL, upload=True, max_in_flight=4), BOUND, overtakes=measure_any
)
STEPPED = properties.Subject(
    lambda: traffic.connected("read", "operate", writes=[{"table": "tag", "step": 2}], ask={"program"}),
    BOUND,
    overtakes=measure_any,
)
READER = properties.Subject(
    lambda: traffic.connected("read", "operate", read_before_write=True, max_in_flight=2), BOUND, overtakes=measure_any
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
        wrapped = (cip.unconnected(data), cip.connected(data, traffic.THERE, 1), cip.unconnected(cip.several(data)))
        for said in (
            data,
            *wrapped,
            cip.unconnected(cip.sent_on(data, traffic.SLOT_0)),
            cip.unconnected(cip.pccc(data)),
        ):
            properties.play(subject.make(), [(direction, said)])


@given(steps=traffic.steps)
def test_the_good_bye_is_short_and_said_once(steps: list[properties.Step]) -> None:
    guard = LOOSE.make()
    properties.play(guard, steps)
    assert sum(map(len, traffic.replies(guard.good_bye(traffic.NOW)))) <= 4096
    assert guard.good_bye(traffic.NOW) == []


@given(request=traffic.requests)
def test_no_request_that_changes_anything_passes_a_session_that_may_only_read(request: bytes) -> None:
    for said in (cip.unconnected(request), cip.connected(request, traffic.THERE, 1)):
        for operation in traffic.operations(traffic.ask(traffic.connected("read"), said)):
            assert operation.verdict is not Verdict.ALLOWED or operation.tier == "read"


@given(request=traffic.requests)
def test_each_request_is_either_forwarded_or_answered_once(request: bytes) -> None:
    for said in (cip.unconnected(request), cip.connected(request, traffic.THERE, 1)):
        effects = traffic.ask(traffic.connected("read"), said)
        assert len(traffic.forwarded(effects)) + len(traffic.replies(effects)) == 1


@given(request=traffic.requests, steps=traffic.steps)
def test_no_slot_but_the_one_inside_the_fence_is_ever_reached(request: bytes, steps: list[properties.Step]) -> None:
    guard = traffic.connected(*traffic.ALL, to=traffic.SLOT_0 + cip.ROUTER, routes=frozenset({"1/0"}))
    about_sessions = {0x00, 0x04, 0x63, 0x64, 0x65, 0x66}
    effects = properties.play(guard, [*steps, (properties.Direction.TO_ASSET, cip.unconnected(request))])
    for observed, effect in pairwise(effects):
        if isinstance(effect, Forward) and effect.direction is properties.Direction.TO_ASSET:
            (operation,) = traffic.operations([observed])
            assert operation.route == "1/0" or operation.function_code in about_sessions
