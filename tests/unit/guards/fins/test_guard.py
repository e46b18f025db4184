"""What the guard forwards and answers: fences, refusals in the protocol, turns, silence, approvals."""

import pytest

from guards.effects import Ask, Direction, Effect, Forward, Observed, Reply, Verdict
from guards.fins.frames import FinsCodec
from guards.registers.conversation import Conversation
from guards.turns import MAX_WAITING
from tests.unit.guards.fins.traffic import (
    NODE_ASKED,
    READ_1,
    WRITE_1,
    frame,
    guard,
    read,
    refusal,
    request,
    response,
    said,
    told,
    words,
)
from tests.unit.guards.seen import NOW, answer, ask, asks, forwarded, operations, replies, rules

VALUE = response(0x0101, words(42))


def test_what_is_allowed_is_forwarded_byte_by_byte() -> None:
    inspector = guard("read", routes=frozenset({"0.10.0"}))
    assert forwarded(ask(inspector, READ_1)) == [READ_1]
    assert forwarded(answer(inspector, VALUE)) == [VALUE]


def test_a_refusal_has_its_addresses_swapped_and_keeps_service_id_and_command() -> None:
    asked = bytes.fromhex("46494e53 0000001c 00000002 00000000 80 00 07 010a02 03c804 5d 0102 82000000 0001 002a")
    answered = bytes.fromhex("46494e53 00000016 00000002 00000000 c0 00 02 03c804 010a02 5d 0102 2102")
    assert replies(ask(guard("read"), asked)) == [answered]
    operation = said(asked, "read")
    assert (operation.route, operation.transaction, operation.verdict) == ("1.10.2", 0x5D, Verdict.DENIED)
    assert operation.values == (42,)


@pytest.mark.parametrize("to", [(0, 11, 0), (1, 10, 0), (0, 10, 1), (0, 0, 0), (0, 255, 0), (200, 10, 0)])
def test_another_node_network_or_unit_is_not_in_the_routing_table(to: tuple[int, int, int]) -> None:
    effects = ask(guard("read", routes=frozenset({"0.10.0"})), read(0, to=to))
    assert forwarded(effects) == []
    assert operations(effects)[0].route == "{}.{}.{}".format(*to)
    if to != (0, 255, 0):
        assert operations(effects)[0].exception_code == 0x0501


def test_the_fence_comes_before_everything_else() -> None:
    assert refusal(request(0x1234, to=(0, 11, 0)), "read", routes=frozenset({"0.10.0"})) == 0x0501
    assert refusal(read(0, 0, to=(0, 11, 0)), "read", routes=frozenset()) == 0x0501


@pytest.mark.parametrize("icf", [0x81, 0x01])
def test_a_command_that_wants_no_answer_is_refused_in_silence_and_recorded(icf: int) -> None:
    for tiers in (("read", "operate"), ("read",)):
        effects = ask(guard(*tiers), request(0x0102, WRITE_1[28:], icf=icf))
        assert [type(effect) for effect in effects] == [Observed]
        assert operations(effects)[0].verdict is Verdict.DENIED
        assert operations(effects)[0].objects == ("dm 0",)


def test_a_broadcast_is_answered_by_nobody_and_refused_in_silence() -> None:
    effects = ask(guard("read", routes=frozenset({"0.255.0"})), read(0, to=(0, 255, 0)))
    assert [type(effect) for effect in effects] == [Observed]


def test_after_a_refusal_the_tool_goes_on() -> None:
    inspector = guard("read")
    assert replies(ask(inspector, WRITE_1)) == [response(0x0102, end=0x2102)]
    assert forwarded(ask(inspector, READ_1)) == [READ_1]


def test_a_command_that_wants_no_answer_is_not_asked_for_either() -> None:
    effects = ask(guard("read", ask={"program"}), request(0x0402, icf=0x81))
    assert [type(effect) for effect in effects] == [Observed]
    assert operations(effects)[0].verdict is Verdict.DENIED


# --- turns


def test_a_second_request_waits_until_the_first_is_answered() -> None:
    inspector = guard("read")
    assert forwarded(ask(inspector, READ_1 + read(1, sid=2))) == [READ_1]
    assert forwarded(answer(inspector, VALUE)) == [VALUE, read(1, sid=2)]


def test_answers_are_matched_by_service_id_command_and_addresses() -> None:
    inspector = guard("read")
    ask(inspector, READ_1)
    for other in (
        response(0x0101, words(1), sid=2),
        response(0x0102),
        response(0x0101, words(1), of=(1, 10, 0)),
        response(0x0101, words(1), of=(0, 10, 1)),
    ):
        effects = answer(inspector, other)
        assert [type(effect) for effect in effects] == [Observed]
        assert operations(effects)[0].verdict is Verdict.MALFORMED
    assert forwarded(answer(inspector, VALUE)) == [VALUE]
    assert forwarded(answer(inspector, VALUE)) == []


def test_a_device_may_name_the_nodes_that_a_request_left_open() -> None:
    """As a CP1L does (capture omron_test.pcap): called by node 0, it answers to the node that it gave the tool."""
    inspector = guard("read")
    asked = bytes.fromhex("46494e5300000015000000020000000080000200c8000000ef05050100")
    told_back = bytes.fromhex("46494e53000000160000000200000000c0000200fbef00c8000505010000")
    assert forwarded(ask(inspector, asked)) == [asked]
    assert forwarded(answer(inspector, told_back)) == [told_back]


def test_requests_that_differ_in_the_node_alone_go_one_after_the_other() -> None:
    inspector, other = guard("read", max_in_flight=4), read(0, to=(0, 11, 0))
    assert forwarded(ask(inspector, READ_1 + other)) == [READ_1]
    assert forwarded(answer(inspector, VALUE)) == [VALUE, other]
    assert forwarded(ask(inspector, read(0, to=(0, 10, 1)) + read(0, sid=2))) == [
        read(0, to=(0, 10, 1)),
        read(0, sid=2),
    ]


def test_a_refusal_keeps_its_place_behind_earlier_requests() -> None:
    inspector = guard("read")
    assert replies(ask(inspector, READ_1 + WRITE_1)) == []
    sent = [effect for effect in answer(inspector, VALUE) if not isinstance(effect, Observed)]
    assert sent == [
        Forward(Direction.TO_USER, VALUE),
        Reply(Direction.TO_USER, response(0x0102, end=0x2102)),
    ]


def test_a_request_that_finds_the_queue_full_and_one_too_fast_find_the_node_busy() -> None:
    inspector = guard("read")
    ask(inspector, READ_1 * (1 + MAX_WAITING))
    assert replies(ask(inspector, read(1, sid=9))) == [response(0x0101, end=0x0204, sid=9)]
    fast = guard("read", max_rate=1)
    ask(fast, READ_1)
    answer(fast, VALUE)
    assert replies(ask(fast, READ_1)) == [response(0x0101, end=0x0204)]


def test_a_silent_unit_is_answered_for_and_its_late_answer_dropped() -> None:
    inspector = guard("read")
    ask(inspector, READ_1)
    assert inspector.next_tick_monotonic() == NOW + 30
    assert replies(inspector.on_tick(NOW + 30)) == [response(0x0101, end=0x0205)]
    late = answer(inspector, VALUE, NOW + 31)
    assert forwarded(late) == []
    assert operations(late)[0].reason.startswith("late")


def test_a_unit_that_is_gone_is_answered_for_at_once_and_from_then_on() -> None:
    inspector = guard("read")
    ask(inspector, READ_1 + read(1, sid=2))
    assert replies(inspector.asset_gone(NOW)) == [response(0x0101, end=0x0201), response(0x0101, end=0x0201, sid=2)]
    assert replies(ask(inspector, READ_1)) == [response(0x0101, end=0x0201)]


# --- approvals


def test_a_tier_that_must_be_asked_for_is_refused_asked_and_passes_once() -> None:
    inspector, stop = guard("read", ask={"program"}), request(0x0402)
    effects = ask(inspector, stop)
    assert replies(effects) == [response(0x0402, end=0x2607)]
    (asked,) = asks(effects)
    inspector.arm(asked.fingerprint, NOW + 60)
    again = request(0x0402, sid=9)
    assert forwarded(ask(inspector, again)) == [again]
    answer(inspector, response(0x0402, sid=9))
    assert [type(effect) for effect in ask(inspector, stop)] == [Observed, Ask, Reply]


@pytest.mark.parametrize("other", [request(0x0401), request(0x0402, b"\0"), request(0x0402, to=(0, 11, 0))])
def test_an_approval_is_for_this_very_request(other: bytes) -> None:
    inspector = guard("read", ask={"program"})
    inspector.arm(asks(ask(inspector, request(0x0402)))[0].fingerprint, NOW + 60)
    assert forwarded(ask(inspector, other)) == []


# --- the datagram form


def test_a_frame_without_its_head_is_all_that_a_datagram_needs() -> None:
    conversation = Conversation(FinsCodec(), rules("read"), 30.0)
    datagram, refused, back = frame(0x0101, READ_1[28:]), frame(0x0402, sid=2), told(0x0101, words(1))
    effects: list[Effect] = []
    conversation.from_user(datagram, datagram, NOW, effects)
    conversation.from_asset(back, back, NOW, effects)
    conversation.from_user(refused, refused, NOW, effects)
    assert forwarded(effects) == [datagram, back]
    assert replies(effects) == [told(0x0402, sid=2, end=0x2607)]


def test_nothing_is_said_first_or_last() -> None:
    inspector = guard("read")
    assert inspector.opened(NOW) == []
    ask(inspector, NODE_ASKED)
    assert inspector.good_bye(NOW) == []


# --- the access right

ACQUIRE, RELEASE = request(0x0C01, "ffff", sid=7), request(0x0C03, "ffff", sid=7)
ACQUIRED = response(0x0C01, sid=7)


def test_an_access_right_that_was_acquired_is_given_back_at_the_end() -> None:
    inspector = guard("read", "program")
    ask(inspector, ACQUIRE)
    answer(inspector, ACQUIRED)
    observed, reply = inspector.good_bye(NOW)
    assert reply == Reply(Direction.TO_ASSET, RELEASE)
    assert isinstance(observed, Observed)
    assert observed.operation.function == "access_right_release"
    assert inspector.good_bye(NOW) == []


@pytest.mark.parametrize("last", [RELEASE, b"garbage"])
def test_it_is_given_back_after_a_cut_too_and_not_twice(last: bytes) -> None:
    inspector = guard("read", "program")
    ask(inspector, ACQUIRE)
    answer(inspector, ACQUIRED)
    ask(inspector, last)
    assert len(inspector.good_bye(NOW)) == (0 if last == RELEASE else 2)


def test_what_was_refused_or_never_confirmed_is_not_given_back() -> None:
    for tiers, back in ((("read",), b""), (("program",), b""), (("program",), response(0x0C01, "0000 01", 7, 0x3001))):
        inspector = guard(*tiers)
        ask(inspector, ACQUIRE)
        answer(inspector, back)
        assert inspector.good_bye(NOW) == []


def test_a_release_that_waited_for_its_turn_counts_when_it_goes() -> None:
    for by_tick in (False, True):
        inspector = guard("read", "program")
        ask(inspector, ACQUIRE)
        answer(inspector, ACQUIRED)
        ask(inspector, READ_1)
        assert forwarded(ask(inspector, RELEASE, NOW + 5)) == []
        sent = inspector.on_tick(NOW + 30) if by_tick else answer(inspector, VALUE)
        assert RELEASE in forwarded(sent)
        assert inspector.good_bye(NOW) == []
