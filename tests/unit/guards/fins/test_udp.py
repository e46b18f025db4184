"""FINS/UDP: a datagram is a frame; what is broken is dropped, what got lost is said again, no answer is mistaken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.datagrams import MAX_DATAGRAM_BYTES, framed, measure
from guards.effects import Direction, Observed, Reply, Verdict
from guards.fins.framing import HEAD_BYTES
from guards.fins.udp import FinsUdpGuard
from guards.registry import make_guard
from guards.turns import MAX_LATE, MAX_WAITING
from policies.protocols import PROTOCOLS, is_datagrams
from tests.unit.guards import properties
from tests.unit.guards.fins import traffic
from tests.unit.guards.fins.traffic import NODE_ASKED, PLC, point, words
from tests.unit.guards.material import MATERIAL
from tests.unit.guards.seen import ALL, NOW, answer, ask, asks, cuts, forwarded, operations, replies, rules


def guard(*tiers: str, **fields: object) -> FinsUdpGuard:
    made = make_guard("fins-udp", rules(*tiers, **fields), device_timeout_seconds=30.0, material=MATERIAL)
    assert isinstance(made, FinsUdpGuard)
    return made


def request(command: int, text: bytes | str = b"", sid: int = 1, to: tuple[int, ...] = PLC, icf: int = 0x80) -> bytes:
    return framed(traffic.frame(command, text, sid, icf, to))


def response(command: int, data: bytes | str = b"", sid: int = 1, end: int = 0) -> bytes:
    return framed(traffic.told(command, data, sid, end))


def read(word: int, sid: int = 1, to: tuple[int, ...] = PLC) -> bytes:
    return request(0x0101, point(word) + b"\0\1", sid, to)


READ_1, VALUE = read(0), response(0x0101, words(42))
WRITE_1, WRITTEN = request(0x0102, point(0) + b"\0\1\0\x2a"), response(0x0102)
STOP, REFUSED_STOP = request(0x0402), response(0x0402, end=0x2607)


def test_it_has_the_words_of_fins_and_is_over_udp() -> None:
    assert is_datagrams("fins-udp")
    assert not is_datagrams("fins")
    assert PROTOCOLS["fins-udp"].objects is PROTOCOLS["fins"].objects
    assert PROTOCOLS["fins-udp"].route is PROTOCOLS["fins"].route


def test_what_is_allowed_passes_byte_by_byte_and_the_rest_is_refused_in_a_datagram() -> None:
    inspector = guard(
        "read", routes=frozenset({"0.10.0"}), reads=[{"table": "dm", "addresses": [{"first": 0, "last": 0}]}]
    )
    assert forwarded(ask(inspector, READ_1)) == [READ_1]
    assert forwarded(answer(inspector, VALUE)) == [VALUE]
    assert replies(ask(inspector, WRITE_1)) == [response(0x0102, end=0x2102)]
    assert replies(ask(inspector, STOP)) == [REFUSED_STOP]
    assert replies(ask(inspector, read(1))) == [response(0x0101, end=0x2002)]
    assert operations(ask(inspector, read(0, to=(0, 11, 0))))[0].exception_code == 0x0501
    assert forwarded(ask(inspector, READ_1)) == [READ_1]


@pytest.mark.parametrize("broken", [b"", b"\x80", bytes(11), NODE_ASKED, traffic.READ_1, traffic.told(0x0101)])
def test_a_broken_datagram_is_dropped_and_recorded_and_the_next_one_is_read(broken: bytes) -> None:
    inspector = guard(*ALL)
    effects = ask(inspector, framed(broken) + READ_1)
    assert forwarded(effects) == [READ_1]
    assert [one.verdict for one in operations(effects)] == [Verdict.MALFORMED, Verdict.ALLOWED]
    back = answer(inspector, framed(broken[:13]) + VALUE)
    assert forwarded(back) == [VALUE]
    assert [one.verdict for one in operations(back)] == [Verdict.MALFORMED, Verdict.ALLOWED]


def test_what_holds_no_datagrams_is_cut() -> None:
    inspector = guard("read")
    assert cuts(ask(inspector, b"\xff\xff")) == ["datagram_too_large"]
    assert ask(inspector, READ_1) == []


# --- said again


def test_what_the_unit_has_is_said_to_it_again_and_of_its_answers_one_reaches_the_tool() -> None:
    inspector = guard("read")
    assert forwarded(ask(inspector, READ_1 * 3)) == [READ_1] * 3
    assert forwarded(answer(inspector, VALUE)) == [VALUE]
    late = answer(inspector, VALUE + VALUE)
    assert forwarded(late) == []
    assert {one.reason for one in operations(late)} == {"late: the request was already answered"}
    assert [one.verdict for one in operations(answer(inspector, VALUE))] == [Verdict.MALFORMED]


def test_a_second_answer_is_not_taken_for_that_of_the_next_request_with_the_same_service_id() -> None:
    """Tools that always say the same service id are common: the answer to word 0 must not be read as that of word 7."""
    inspector = guard("read")
    ask(inspector, READ_1 + READ_1)
    answer(inspector, VALUE)
    effects = ask(inspector, read(7))
    assert (forwarded(effects), replies(effects)) == ([], [response(0x0101, end=0x0204)])
    assert forwarded(ask(inspector, read(7, sid=2))) == [read(7, sid=2)]
    assert forwarded(answer(inspector, VALUE)) == []
    answer(inspector, response(0x0101, words(1), sid=2))
    assert forwarded(ask(inspector, read(7))) == [read(7)]


def test_an_answer_that_never_comes_is_awaited_as_long_as_the_unit_may_take() -> None:
    inspector = guard("read")
    ask(inspector, READ_1 + READ_1)
    answer(inspector, VALUE)
    assert forwarded(ask(inspector, read(7), NOW + 29)) == []
    assert forwarded(ask(inspector, read(7), NOW + 30)) == [read(7)]


def test_a_silent_unit_is_answered_for_once_and_may_still_answer_as_often_as_it_was_asked() -> None:
    inspector = guard("read")
    ask(inspector, READ_1 + READ_1)
    assert replies(inspector.on_tick(NOW + 30)) == [response(0x0101, end=0x0205)]
    assert forwarded(answer(inspector, VALUE, NOW + 31)) == []
    assert forwarded(ask(inspector, read(7), NOW + 32)) == []
    assert forwarded(answer(inspector, VALUE, NOW + 33)) == []
    assert forwarded(ask(inspector, read(7), NOW + 34)) == [read(7)]


def test_so_many_late_answers_are_awaited_and_then_nothing_is_said_again() -> None:
    inspector = guard("read")
    passed = []
    for number in range(MAX_LATE + 1):
        asked = request(0x0101, point(0) + b"\0\1", number)
        passed.append(len(forwarded(ask(inspector, asked + asked))))
        answer(inspector, response(0x0101, words(1), number))
    assert passed == [2] * MAX_LATE + [1]
    assert forwarded(ask(inspector, READ_1 + READ_1, NOW + 31)) == [READ_1] * 2


def test_a_repeat_counts_for_the_rate_and_what_waits_is_not_queued_twice() -> None:
    inspector = guard("read", max_rate=2)
    assert forwarded(ask(inspector, READ_1 * 3)) == [READ_1] * 2
    other = guard("read")
    effects = ask(other, READ_1 + read(1, sid=2) + read(1, sid=2))
    assert (forwarded(effects), replies(effects)) == ([READ_1], [])
    assert operations(effects)[-1].reason == "the same is open already"
    assert forwarded(answer(other, VALUE)) == [VALUE, read(1, sid=2)]


def test_what_was_approved_passes_once_and_a_repeat_of_it_is_dropped() -> None:
    inspector = guard("read", ask={"program"})
    [asked] = asks(ask(inspector, STOP))
    inspector.arm(asked.fingerprint, NOW + 60)
    effects = ask(inspector, STOP + STOP)
    assert (forwarded(effects), replies(effects)) == ([STOP], [])
    assert forwarded(answer(inspector, response(0x0402))) == [response(0x0402)]


# --- the end


def test_the_access_right_is_given_back_in_a_datagram_once() -> None:
    inspector = guard("read", "program")
    ask(inspector, request(0x0C01, "ffff", sid=7))
    answer(inspector, response(0x0C01, sid=7))
    observed, reply = inspector.good_bye(NOW)
    assert isinstance(observed, Observed)
    assert reply == Reply(Direction.TO_ASSET, request(0x0C03, "ffff", sid=7))
    assert inspector.good_bye(NOW) == []


def test_a_release_that_a_tick_let_go_is_not_said_twice() -> None:
    inspector = guard("read", "program")
    ask(inspector, request(0x0C01, "ffff", sid=7))
    answer(inspector, response(0x0C01, sid=7))
    release = request(0x0C03, "ffff", sid=9)
    ask(inspector, READ_1)
    assert forwarded(ask(inspector, release, NOW + 5)) == []
    assert forwarded(inspector.on_tick(NOW + 30)) == [release]
    assert inspector.good_bye(NOW) == []


def test_a_unit_that_is_gone_is_answered_for() -> None:
    inspector = guard("read")
    ask(inspector, READ_1)
    assert replies(inspector.asset_gone(NOW)) == [response(0x0101, end=0x0201)]
    assert replies(ask(inspector, READ_1)) == [response(0x0101, end=0x0201)]


# --- the properties of every guard

BOUND = (MAX_WAITING + 2) * (MAX_DATAGRAM_BYTES + 2)
# What the device has may be said to it again, ahead of what still waits.
STRICT = properties.Subject(
    lambda: guard(
        "read", routes=frozenset({"0.10.0"}), reads=[{"table": "dm", "addresses": [{"first": 0, "last": 50}]}]
    ),
    BOUND,
    overtakes=measure,
)
LOOSE = properties.Subject(lambda: guard(*ALL, upload=True, max_in_flight=4), BOUND, overtakes=measure)
STEPPED = properties.Subject(
    lambda: guard("read", "operate", writes=[{"table": "dm", "step": 1000}], ask={"program"}, max_rate=5),
    BOUND,
    overtakes=measure,
)
each = pytest.mark.parametrize("subject", [STRICT, LOOSE, STEPPED], ids=["strict", "loose", "stepped"])
datagrams = traffic.messages.map(lambda message: framed(message[HEAD_BYTES:]))
bursts = st.lists(st.one_of(datagrams, datagrams, st.binary(max_size=40).map(framed)), max_size=3).map(b"".join)
twice = st.tuples(bursts, st.integers(1, 2)).map(lambda burst: burst[0] * burst[1])
garbled = st.one_of(twice, twice, twice, st.binary(max_size=10))
steps = st.lists(st.tuples(st.sampled_from(Direction), garbled), max_size=6)


@each
@given(steps=steps, sizes=st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_every_property_of_guards_holds(
    subject: properties.Subject, steps: list[properties.Step], sizes: list[int]
) -> None:
    properties.check_all(subject, steps, sizes)


@each
@given(data=st.binary(max_size=2000))
def test_garbage_never_raises(subject: properties.Subject, data: bytes) -> None:
    for direction in Direction:
        properties.play(subject.make(), [(direction, data)])
        properties.play(subject.make(), [(direction, framed(data))])
        properties.play(subject.make(), [(direction, request(0x0104, data))])


@given(message=datagrams)
def test_each_command_that_wants_an_answer_is_either_forwarded_or_answered_once(message: bytes) -> None:
    effects = ask(guard("read"), message)
    for operation in operations(effects):
        if operation.verdict is Verdict.ALLOWED:
            assert operation.tier == "read"
    if len(message) >= 14 and message[2] in {0x00, 0x80} and message[6] != 0xFF:
        assert len(forwarded(effects)) + len(replies(effects)) == 1
