"""The properties of every guard, held against the BACnet guard with sound, broken and random traffic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.bacnet import apdu, bvlc, npdu
from guards.datagrams import MAX_DATAGRAM_BYTES, framed, measure
from guards.turns import MAX_WAITING
from tests.unit.guards import properties
from tests.unit.guards.bacnet import traffic

BOUND = (MAX_WAITING + 2) * (MAX_DATAGRAM_BYTES + 2)
STRICT = properties.Subject(
    lambda: traffic.guard(
        "read", units=frozenset({0}), routes=frozenset({"direct"}),
        reads=[{"table": "analog_input", "addresses": [{"first": 0, "last": 5}], "names": ["present_value"]}],
    ),
    BOUND,
    overtakes=measure,
)  # fmt: skip
LOOSE = properties.Subject(lambda: traffic.guard(*traffic.ALL, upload=True, max_in_flight=4), BOUND, overtakes=measure)
ASKING = properties.Subject(
    lambda: traffic.guard(
        "read",
        "operate",
        writes=[{"table": "analog_value", "minimum": 0, "maximum": 50, "step": 9}],
        ask={"program"},
        max_rate=5,
    ),
    BOUND,
    overtakes=measure,
)
READER = properties.Subject(lambda: traffic.guard(*traffic.ALL, read_before_write=True, max_in_flight=4), BOUND)
each = pytest.mark.parametrize(
    "subject", [STRICT, LOOSE, ASKING, READER], ids=["strict", "loose", "asking", "reading before writes"]
)


@each
@given(steps=traffic.steps, sizes=st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_every_property_of_guards_holds(
    subject: properties.Subject, steps: list[properties.Step], sizes: list[int]
) -> None:
    properties.check_all(subject, steps, sizes)


@each
@given(steps=traffic.steps)
def test_silence_after_a_cut(subject: properties.Subject, steps: list[properties.Step]) -> None:
    properties.check_silence_after_a_cut(subject, [*steps, (properties.Direction.TO_ASSET, b"\xff\xff")])


@each
@given(data=st.binary(max_size=1500))
def test_garbage_never_raises(subject: properties.Subject, data: bytes) -> None:
    for direction in properties.Direction:
        properties.play(subject.make(), [(direction, data)])
        properties.play(subject.make(), [(direction, framed(data))])
        properties.play(subject.make(), [(direction, traffic.net(data))])
        properties.play(subject.make(), [(direction, traffic.confirmed(16, data))])


@given(datagram=traffic.requests)
def test_no_request_that_changes_anything_passes_a_session_that_may_only_read(datagram: bytes) -> None:
    for data in traffic.forwarded(traffic.ask(traffic.guard("read"), datagram)):
        link = bvlc.parse(data[2:])
        assert isinstance(link, bvlc.Bvlc)
        if link.code not in {0x0A, 0x0B}:
            assert link.code in {0x02, 0x06}
            continue
        message = npdu.parse(link.body)
        assert isinstance(message, npdu.Npdu)
        if message.message is not None:
            assert message.message in {0x00, 0x12} or (message.message, message.payload) == (0x06, b"\x00")
            continue
        said = apdu.parse(message.payload)
        assert isinstance(said, apdu.Apdu)
        if said.kind == apdu.CONFIRMED:
            assert said.service in {3, 4, 5, 12, 13, 14, 26, 28, 29, 30, 33}
        elif said.kind == apdu.UNCONFIRMED:
            assert said.service in {0, 1, 7, 8, 13}
        else:
            assert said.kind in {apdu.SEGMENT_ACK, apdu.ABORT}


@given(datagram=traffic.requests)
def test_each_request_is_either_forwarded_or_answered_once(datagram: bytes) -> None:
    effects = traffic.ask(traffic.guard("read"), datagram)
    assert len(traffic.operations(effects)) == 1
    link = bvlc.parse(datagram[2:])
    message = npdu.parse(link.body) if isinstance(link, bvlc.Bvlc) and link.code == bvlc.UNICAST else ""
    said = apdu.parse(message.payload) if isinstance(message, npdu.Npdu) and message.message is None else ""
    is_one = isinstance(message, npdu.Npdu) and not message.destination.is_broadcast
    if isinstance(said, apdu.Apdu) and said.kind == apdu.CONFIRMED and is_one:
        assert len(traffic.forwarded(effects)) + len(traffic.replies(effects)) == 1


def test_datagrams_that_are_never_finished_stay_bounded() -> None:
    guards = [traffic.guard("read") for _ in range(1000)]
    for one in guards:
        traffic.ask(one, traffic.read()[:9])
    assert sum(one.held_bytes for one in guards) == 9000


@each
def test_an_abort_may_overtake_a_request_that_waits(subject: properties.Subject) -> None:
    read = traffic.field(0, traffic.oid(0, 1)) + traffic.field(1, 85)
    said = (traffic.confirmed(12, read), traffic.confirmed(12, read, invoke=2), traffic.net(bytes((0x70, 1, 0))))
    properties.check_all(subject, [(properties.Direction.TO_ASSET, each) for each in said], [1])
