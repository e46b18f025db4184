"""SLMP over UDP: a datagram is a frame; what is broken is dropped, and only what bears a reference is said again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.datagrams import MAX_DATAGRAM_BYTES, framed, measure
from guards.effects import Direction, Verdict
from guards.registry import make_guard
from guards.slmp.frames import layout_of
from guards.slmp.udp import SlmpUdpGuard
from guards.turns import MAX_WAITING
from policies.protocols import PROTOCOLS, is_datagrams
from tests.unit.guards import properties
from tests.unit.guards.material import MATERIAL
from tests.unit.guards.seen import ALL, NOW, answer, ask, asks, cuts, forwarded, operations, replies, rules
from tests.unit.guards.slmp import traffic
from tests.unit.guards.slmp.traffic import KINDS, NEW, OLD, Kind

every = pytest.mark.parametrize("kind", KINDS)


def guard(*tiers: str, **fields: object) -> SlmpUdpGuard:
    made = make_guard("slmp-udp", rules(*tiers, **fields), device_timeout_seconds=30.0, material=MATERIAL)
    assert isinstance(made, SlmpUdpGuard)
    return made


def test_it_has_the_words_of_slmp_and_is_over_udp() -> None:
    assert is_datagrams("slmp-udp")
    assert not is_datagrams("slmp")
    assert PROTOCOLS["slmp-udp"].objects is PROTOCOLS["slmp"].objects
    assert PROTOCOLS["slmp-udp"].route is PROTOCOLS["slmp"].route


@every
def test_what_is_allowed_passes_byte_by_byte_and_the_rest_is_refused_in_a_datagram(kind: Kind) -> None:
    inspector = guard(
        "read", routes=frozenset({"0/255"}), reads=[{"table": "d", "addresses": [{"first": 0, "last": 0}]}]
    )
    asked, back = framed(kind.read(0)), framed(kind.response(kind.words(42)))
    assert forwarded(ask(inspector, asked)) == [asked]
    assert forwarded(answer(inspector, back)) == [back]
    assert replies(ask(inspector, framed(kind.write(0, 1)))) == [framed(kind.refusal(0xC059, 0x1401, kind.sub))]
    assert replies(ask(inspector, framed(kind.read(1)))) == [framed(kind.refusal(0xC05B, 0x0401, kind.sub))]
    elsewhere = kind.request(0x0101, route=(0, 1, 0x03FF, 0))
    assert operations(ask(inspector, framed(elsewhere)))[0].exception_code == 0xCF70
    assert forwarded(ask(inspector, asked)) == [asked]


@every
def test_a_datagram_that_is_not_one_whole_frame_is_dropped_and_the_next_one_is_read(kind: Kind) -> None:
    whole, answered = kind.read(0), kind.response(kind.words(42))
    wrong = [b"", b"\x57\0\0", whole[:1], whole[:-1], whole + b"\0", whole + whole, whole[:6], answered]
    inspector = guard(*ALL)
    effects = ask(inspector, b"".join(map(framed, [*wrong, whole])))
    assert forwarded(effects) == [framed(whole)]
    assert [one.verdict for one in operations(effects)] == [Verdict.MALFORMED] * len(wrong) + [Verdict.ALLOWED]
    wrong = [b"", b"HTTP", answered[:-1], answered + b"\0", answered + answered, whole]
    back = answer(inspector, b"".join(map(framed, [*wrong, answered])))
    assert forwarded(back) == [framed(answered)]
    assert [one.verdict for one in operations(back)] == [Verdict.MALFORMED] * len(wrong) + [Verdict.ALLOWED]


def test_a_tool_may_try_both_codes_since_no_datagram_is_read_as_part_of_another() -> None:
    inspector, text = guard("read"), Kind(is_ascii=True)
    assert len(forwarded(ask(inspector, framed(text.read(0))))) == 1
    inspector.on_tick(NOW + 30)
    assert len(forwarded(ask(inspector, framed(NEW.read(0)), NOW + 61))) == 1


def test_what_holds_no_datagrams_is_cut() -> None:
    inspector = guard("read")
    assert cuts(answer(inspector, b"\xff\xff")) == ["datagram_too_large"]
    assert ask(inspector, framed(OLD.read(0))) == []


# --- said again


def test_of_4e_what_the_device_has_is_said_again_and_of_its_answers_one_reaches_the_tool() -> None:
    inspector, asked, back = guard("read"), framed(NEW.read(0)), framed(NEW.response(NEW.words(42)))
    assert forwarded(ask(inspector, asked * 2)) == [asked] * 2
    assert forwarded(answer(inspector, back * 2)) == [back]
    assert operations(answer(inspector, back))[0].verdict is Verdict.MALFORMED


def test_of_3e_it_is_not_since_its_second_answer_would_pass_for_that_of_the_next_request() -> None:
    inspector, asked, back = guard("read", max_in_flight=4), framed(OLD.read(0)), framed(OLD.response(OLD.words(42)))
    effects = ask(inspector, asked * 2)
    assert (forwarded(effects), replies(effects)) == ([asked], [])
    assert operations(effects)[1].reason == "the same is open already"
    assert forwarded(answer(inspector, back)) == [back]
    assert forwarded(ask(inspector, framed(OLD.read(7)))) == [framed(OLD.read(7))]


def test_what_was_approved_passes_once_and_a_repeat_of_it_is_dropped() -> None:
    inspector, stop = guard("read", ask={"program"}), framed(NEW.request(0x1002, 0, b"\1\0"))
    [asked] = asks(ask(inspector, stop))
    inspector.arm(asked.fingerprint, NOW + 60)
    effects = ask(inspector, stop * 2)
    assert (forwarded(effects), replies(effects)) == ([stop], [])


def test_a_device_that_is_silent_or_gone_is_answered_for_and_nothing_is_said_at_the_end() -> None:
    inspector = guard("read")
    ask(inspector, framed(NEW.read(0)))
    assert replies(inspector.on_tick(NOW + 30)) == [framed(NEW.refusal(0xCF71, 0x0401))]
    ask(inspector, framed(NEW.read(0, serial=2)), NOW + 31)
    assert replies(inspector.asset_gone(NOW + 32)) == [framed(NEW.refusal(0xCF70, 0x0401, serial=2))]
    assert inspector.good_bye(NOW) == []


# --- the properties of every guard

BOUND = (MAX_WAITING + 2) * (MAX_DATAGRAM_BYTES + 2)
# What the device has may be said to it again, ahead of what still waits.
STRICT = properties.Subject(
    lambda: guard("read", routes=frozenset({"0/255"}), reads=[{"table": "d", "addresses": [{"first": 0, "last": 50}]}]),
    BOUND,
    overtakes=measure,
)
LOOSE = properties.Subject(lambda: guard(*ALL, upload=True, max_in_flight=4), BOUND, overtakes=measure)
STEPPED = properties.Subject(
    lambda: guard("read", "operate", writes=[{"table": "d", "step": 1000}], ask={"program"}, max_rate=5),
    BOUND,
    overtakes=measure,
)
each = pytest.mark.parametrize("subject", [STRICT, LOOSE, STEPPED], ids=["strict", "loose", "stepped"])
datagrams = traffic.messages.map(framed)
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
@given(data=st.binary(max_size=2000), kind=st.sampled_from(KINDS))
def test_garbage_never_raises(subject: properties.Subject, data: bytes, kind: Kind) -> None:
    for direction in Direction:
        properties.play(subject.make(), [(direction, data)])
        properties.play(subject.make(), [(direction, framed(data))])
        properties.play(subject.make(), [(direction, framed(kind.request(0x1402, kind.sub, data)))])
        properties.play(subject.make(), [(direction, framed(kind.head(0xD000, 1, traffic.OWN, data)))])


@given(message=traffic.messages)
def test_each_request_is_either_forwarded_or_answered_once(message: bytes) -> None:
    layout = layout_of(message)
    assert layout is not None
    effects = ask(guard("read"), framed(message))
    assert len(forwarded(effects)) + len(replies(effects)) == (not layout.is_answer)
    assert {one.tier for one in operations(effects) if one.verdict is Verdict.ALLOWED} <= {"read"}
