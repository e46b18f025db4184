"""The properties of every guard, held against the OPC UA guard with sound, broken and random traffic."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.effects import Direction, Reply, Verdict
from guards.opcua.calls import MAX_WAITING_BYTES
from guards.opcua.chunks import MAX_CHUNK_BYTES, MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES
from tests.unit.guards import properties
from tests.unit.guards.opcua import traffic
from tests.unit.guards.opcua.secure import SECURE_STEPS, secured

BOUND = 2 * MAX_CHUNK_BYTES + 2 * MAX_REQUEST_BYTES + MAX_RESPONSE_BYTES + 2 * MAX_WAITING_BYTES
STRICT = properties.Subject(
    lambda: traffic.guard("read", reads=[{"table": "node", "names": ["ns=2;s=Pump"]}], max_rate=1), BOUND
)
LOOSE = properties.Subject(lambda: traffic.guard(*traffic.ALL, upload=True, max_in_flight=4), BOUND)
STEPPED = properties.Subject(
    lambda: traffic.guard("read", "operate", writes=[{"table": "node", "step": 3}], ask={"program"}), BOUND
)
READER = properties.Subject(lambda: traffic.guard("read", "operate", read_before_write=True, max_in_flight=2), BOUND)
SECURE = properties.Subject(lambda: secured("read", "operate"), BOUND)
each = pytest.mark.parametrize(
    "subject", [STRICT, LOOSE, STEPPED, READER], ids=["strict", "loose", "stepped", "reading before writes"]
)
steps = traffic.steps()


@each
@given(steps=steps, sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_every_property_of_guards_holds(
    subject: properties.Subject, steps: list[properties.Step], sizes: list[int]
) -> None:
    properties.check_all(subject, steps, sizes)


@settings(max_examples=15)
@given(sizes=st.lists(st.integers(1, 400), min_size=1, max_size=5), cut=st.integers(0, 3000))
def test_chunking_never_matters_where_a_channel_is_secure(sizes: list[int], cut: int) -> None:
    broken = [(way, data[:cut] + b"\xff" + data[cut + 1 :] if len(data) > cut else data) for way, data in SECURE_STEPS]
    for said in (SECURE_STEPS, broken):
        properties.check_chunking_never_matters(SECURE, said, sizes)
        properties.check_silence_after_a_cut(SECURE, said)


@each
@given(steps=steps)
def test_it_makes_nothing_that_it_did_not_observe_as_allowed(
    subject: properties.Subject, steps: list[properties.Step]
) -> None:
    properties.check_it_makes_nothing_that_it_did_not_observe_as_allowed(subject, steps)


@each
@given(data=st.binary(max_size=600), begun=st.integers(0, 4))
def test_garbage_never_raises(subject: properties.Subject, data: bytes, begun: int) -> None:
    for direction in Direction:
        properties.play(subject.make(), [*traffic.BEGINNING[:begun], (direction, data)])
        framed = b"MSGF" + (len(data) + 8).to_bytes(4, "little") + data
        properties.play(subject.make(), [*traffic.BEGINNING[:begun], (direction, framed)])


@given(bodies=st.lists(traffic.messages, min_size=1, max_size=5))
def test_no_request_that_changes_anything_passes_a_session_that_may_only_read(bodies: list[bytes]) -> None:
    talk = traffic.Talk("read", max_in_flight=16)
    for body in bodies:
        for operation in traffic.operations(talk.ask(body)):
            assert operation.verdict is not Verdict.ALLOWED or operation.tier == "read"
    assert not any(body[2:4] in {b"\xa1\x02", b"\xc8\x02"} for body in (chunk[24:] for chunk in talk.asked))


@given(body=traffic.messages)
def test_each_request_is_either_sent_on_or_answered_once(body: bytes) -> None:
    effects = traffic.Talk("read").ask(body)
    assert len([effect for effect in effects if isinstance(effect, Reply)]) == 1


def test_messages_that_are_never_finished_stay_bounded() -> None:
    talk, piece = traffic.Talk(*traffic.ALL), bytes(60_000)
    for _ in range(40):
        talk.ask(piece, kind=b"MSGC")
        talk.number -= 1
        assert talk.guard.held_bytes <= BOUND
    assert talk.guard.held_bytes == 0
    talk = traffic.Talk(*traffic.ALL)
    talk.ask(traffic.READ)
    for _ in range(100):
        talk.answer(piece, kind=b"MSGC")
        assert talk.guard.held_bytes <= BOUND
    assert talk.guard.held_bytes == 0
