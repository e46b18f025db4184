"""Whom a connection calls is judged before it is made; a refusal and a good-bye are disconnect requests."""

import pytest

from guards.effects import Verdict
from guards.s7.guard import S7Guard
from tests.unit.guards.s7 import traffic
from tests.unit.guards.s7.traffic import (
    CONFIRM,
    ENGINEERING,
    HMI,
    LEAVE,
    NOW,
    READ_1,
    answer,
    ask,
    asks,
    connect,
    cuts,
    forwarded,
    guard,
    operations,
    replies,
    tpkt,
)


def refusal(reason: int) -> bytes:
    return tpkt(b"\x06\x80\x00\x07\x00\x00" + bytes([reason]))


FENCE = {"routes": frozenset({"0/2"})}


@pytest.mark.parametrize(
    ("called", "route"),
    [
        (b"\x01\x02", "0/2"),
        (b"\x03\x02", "0/2"),
        (b"\x10\x02", "0/2"),
        (b"\x02\x00", "0/0"),
        (b"\x01\x43", "2/3"),
        (None, "direct"),
        (HMI, "direct"),
        (b"\x01\x02\x00\x05", "tsap 01020005"),
        (b"", "tsap"),
    ],
)
def test_rack_and_slot_are_read_from_the_second_byte(called: bytes | None, route: str) -> None:
    assert operations(ask(guard(*traffic.ALL), connect(called)))[0].route == route


@pytest.mark.parametrize("called", [b"\x01\x03", b"\x01\x22", None, b"\x01\x02\x00\x05", b"\x02", HMI])
def test_another_rack_or_slot_is_refused_as_an_unknown_address(called: bytes | None) -> None:
    effects = ask(guard("read", **FENCE), connect(called))
    assert forwarded(effects) == []
    assert replies(effects) == [refusal(3)]
    assert operations(effects)[0].verdict is Verdict.DENIED


def test_a_request_that_may_lead_on_to_another_subnet_is_outside_every_fence() -> None:
    led_on = connect(more=b"\xc6\x02\x00\x01\xc7\x02\x01\x02")
    assert forwarded(ask(guard("read", **FENCE), led_on)) == []
    assert forwarded(ask(guard("read"), led_on)) == [led_on]


def test_a_connection_inside_the_fence_is_made_and_every_operation_says_where() -> None:
    inspector = guard("read", **FENCE)
    assert forwarded(ask(inspector, connect())) == [connect()]
    assert forwarded(answer(inspector, CONFIRM)) == [CONFIRM]
    assert operations(ask(inspector, READ_1))[0].route == "0/2"


def test_direct_may_be_given() -> None:
    assert forwarded(ask(guard("read", routes=frozenset({"direct"})), connect(HMI))) == [connect(HMI)]


def test_after_a_refusal_another_address_may_be_tried_and_data_may_not_be_sent() -> None:
    inspector = guard("read", **FENCE)
    ask(inspector, connect(b"\x01\x03"))
    assert forwarded(ask(inspector, connect())) == [connect()]
    inspector = guard("read", **FENCE)
    ask(inspector, connect(b"\x01\x03"))
    assert cuts(ask(inspector, READ_1)) == ["s7_not_connected"]


def test_without_any_tier_no_connection_is_made() -> None:
    assert replies(ask(guard(), connect())) == [refusal(0)]


def test_a_stream_that_is_joined_in_its_middle_is_judged_and_no_fence_has_it() -> None:
    assert forwarded(ask(guard("read"), READ_1)) == [READ_1]
    assert forwarded(ask(guard("read", **FENCE), READ_1)) == []
    assert replies(ask(guard("read", **FENCE), traffic.STOP)) == [traffic.ack(0xD241)]


@pytest.mark.parametrize(
    ("called", "tiers", "passes"),
    [
        (HMI, ("read",), True),
        (HMI, ("operate",), False),
        (ENGINEERING, ("read", "operate"), False),
        (ENGINEERING, ("program",), True),
        (ENGINEERING + b"L", ("program",), True),
        (b"SIMATIC-ROOT-OTHER", ("read", "operate", "program"), False),
        (b"SIMATIC-ROOT-OTHER", ("firmware",), True),
    ],
)
def test_what_a_connection_is_for_needs_its_tier(called: bytes, tiers: tuple[str, ...], passes: bool) -> None:
    effects = ask(guard(*tiers), connect(called))
    assert forwarded(effects) == ([connect(called)] if passes else [])
    assert replies(effects) == ([] if passes else [refusal(0)])


def test_engineering_can_be_asked_for_and_passes_once() -> None:
    inspector = guard("read", ask={"program"})
    [asked] = asks(ask(inspector, connect(ENGINEERING)))
    inspector.arm(asked.fingerprint, NOW + 60)
    assert forwarded(ask(inspector, connect(ENGINEERING))) == [connect(ENGINEERING)]
    ask(inspector, LEAVE)
    assert forwarded(ask(inspector, connect(ENGINEERING))) == []


def test_objects_that_are_narrowed_keep_s7comm_plus_away() -> None:
    assert forwarded(ask(guard("read", reads=[{"table": "db1"}]), connect(HMI))) == []


@pytest.mark.parametrize(
    "data",
    [connect(option=0x20), connect(more=b"\xc9"), tpkt("02 10 80"), b"GET / HTTP/1.1\r\n", traffic.piece(b"\x99")],
)
def test_what_is_none_of_class_0_cuts_the_stream(data: bytes) -> None:
    assert len(cuts(ask(guard(*traffic.ALL), data))) == 1


def test_a_second_request_and_a_confirmation_from_nowhere_cut_the_stream() -> None:
    inspector = guard("read")
    ask(inspector, connect())
    assert cuts(ask(inspector, connect())) == ["cotp_connect"]
    inspector = guard("read")
    ask(inspector, connect())
    answer(inspector, CONFIRM)
    assert cuts(answer(inspector, CONFIRM)) == ["cotp_connect"]


def test_tpdus_from_the_wrong_side_cut_the_stream() -> None:
    assert cuts(answer(guard("read"), connect())) == ["cotp_tpdu"]
    assert cuts(ask(guard("read"), CONFIRM)) == ["cotp_tpdu"]


def connected() -> S7Guard:
    return traffic.connected("read")


def test_leave_is_taken_once_with_the_references_of_both_sides() -> None:
    inspector = connected()
    assert replies(inspector.good_bye(NOW)) == [tpkt("06 80 0009 0007 00")]
    assert inspector.good_bye(NOW) == []


def test_leave_is_taken_after_a_cut_too() -> None:
    inspector = connected()
    ask(inspector, b"garbage")
    assert len(replies(inspector.good_bye(NOW))) == 1


def test_leave_that_was_taken_by_either_side_is_not_taken_again() -> None:
    for take in (ask, answer):
        inspector = connected()
        assert forwarded(take(inspector, LEAVE)) == [LEAVE]
        assert inspector.good_bye(NOW) == []


def test_nobody_takes_leave_of_a_connection_that_was_never_made() -> None:
    assert guard("read").good_bye(NOW) == []
    inspector = guard("read")
    ask(inspector, connect(b"\x01\x02"))
    assert inspector.good_bye(NOW) == []


def test_what_was_half_said_before_a_connection_is_no_part_of_what_is_said_in_it() -> None:
    inspector = guard("read")
    half = traffic.piece(READ_1[7:20], last=False)
    assert forwarded(ask(inspector, half + connect() + READ_1)) == [connect(), READ_1]


def test_what_waits_when_leave_is_taken_is_not_sent_any_more() -> None:
    inspector = connected()
    ask(inspector, READ_1 + traffic.WRITE_1)
    assert forwarded(ask(inspector, traffic.read(traffic.item(0), reference=2) + LEAVE)) == [LEAVE]
    assert inspector.next_tick_monotonic() is None


def test_a_long_refusal_keeps_to_the_length_that_was_agreed() -> None:
    inspector = guard("operate")
    ask(inspector, connect())
    answer(inspector, CONFIRM.replace(b"\xc0\x01\x0a", b"\xc0\x01\x07"))
    [reply] = replies(ask(inspector, traffic.read(*[traffic.item(0)] * 20)))
    assert int.from_bytes(reply[2:4], "big") == 4 + 3 + 94 <= 4 + 128
    [reply] = replies(ask(inspector, traffic.read(*[traffic.item(0)] * 40)))
    assert int.from_bytes(reply[2:4], "big") == 4 + 128
    assert len(reply) == 2 * 7 + 14 + 4 * 40
