"""What the guard forwards and answers: refusals in the protocol, turns, silence, approvals, changes."""

import pytest

from guards.effects import Ask, Direction, Effect, Forward, Observed, Reply, Verdict
from guards.known import FRESH_SECONDS
from guards.registers.conversation import Conversation
from guards.slmp.codec import SlmpCodec
from guards.slmp.guard import SlmpGuard
from guards.turns import MAX_WAITING
from tests.unit.guards.seen import NOW, answer, ask, asks, forwarded, operations, replies, rules
from tests.unit.guards.slmp.traffic import KINDS, NEW, OLD, READ_1, WRITE_1, Kind, M, guard, said

every = pytest.mark.parametrize("kind", KINDS)
VALUE = OLD.response(OLD.words(42))


@every
def test_what_is_allowed_is_forwarded_byte_by_byte(kind: Kind) -> None:
    inspector = guard("read", routes=frozenset({"0/255"}))
    assert forwarded(ask(inspector, kind.read(0))) == [kind.read(0)]
    back = kind.response(kind.words(42))
    assert forwarded(answer(inspector, back)) == [back]


@every
def test_a_refusal_mirrors_route_and_serial_number_and_the_tool_goes_on(kind: Kind) -> None:
    inspector, route = guard("read"), (3, 7, 0x03E0, 1)
    stop = kind.request(0x1002, 0, kind.number(1, 2), serial=0x1234, route=route)
    assert replies(ask(inspector, stop)) == [kind.refusal(0xC059, 0x1002, serial=0x1234, route=route)]
    assert forwarded(ask(inspector, kind.read(0))) == [kind.read(0)]


def test_a_refusal_is_written_as_the_manual_shows_an_abnormal_answer() -> None:
    """SH(NA)-080956ENG, 4.3: end code, then where the error is of: route, command, subcommand."""
    assert replies(ask(guard("read"), WRITE_1)) == [bytes.fromhex("d000 00ff ff03 00 0b00 59c0 00ffff0300 0114 0000")]
    text = Kind(is_4e=True, is_ascii=True)
    assert replies(ask(guard("read"), text.write(0, 1, serial=0x1234))) == [
        b"D4001234000000FF03FF000016C05900FF03FF0014010000"
    ]


def test_no_binary_frame_hides_in_an_ascii_one() -> None:
    text, hidden = Kind(is_ascii=True), OLD.write(0, 1)
    for data in (hidden, b"\n", b"\x7f", b"\xff"):
        echo = text.request(0x0619, 0, text.number(len(data), 2) + data)
        assert replies(ask(guard("read"), echo)) == [text.refusal(0xC05C, 0x0619)]
    echo = text.request(0x0619, 0, b"0005ABCDE")
    assert forwarded(ask(guard("read"), echo)) == [echo]


def test_only_4e_has_a_transaction() -> None:
    assert said(OLD.read(0)).transaction is None
    assert said(NEW.read(0, serial=0x1234)).transaction == 0x1234


# --- turns


def test_of_3e_one_request_is_at_the_device_whatever_the_rules_say() -> None:
    inspector = guard("read", max_in_flight=16)
    assert forwarded(ask(inspector, OLD.read(0) + OLD.read(1) + OLD.read(2))) == [OLD.read(0)]
    assert forwarded(answer(inspector, VALUE)) == [VALUE, OLD.read(1)]


def test_of_4e_as_many_as_allowed_and_answers_are_matched_by_serial_number() -> None:
    inspector = guard("read", max_in_flight=2)
    requests = [NEW.read(number, serial=number) for number in range(3)]
    assert forwarded(ask(inspector, b"".join(requests))) == requests[:2]
    second = NEW.response(NEW.words(1), serial=1)
    assert forwarded(answer(inspector, second)) == [second, requests[2]]
    stray = answer(inspector, NEW.response(NEW.words(1), serial=9))
    assert [type(effect) for effect in stray] == [Observed]
    assert operations(stray)[0].verdict is Verdict.MALFORMED


def test_a_3e_answer_is_none_to_a_4e_request() -> None:
    inspector = guard("read")
    ask(inspector, NEW.read(0))
    assert forwarded(answer(inspector, VALUE)) == []


def test_a_refusal_keeps_its_place_behind_earlier_requests() -> None:
    inspector = guard("read")
    assert replies(ask(inspector, READ_1 + WRITE_1)) == []
    sent = [effect for effect in answer(inspector, VALUE) if not isinstance(effect, Observed)]
    assert sent == [Forward(Direction.TO_USER, VALUE), Reply(Direction.TO_USER, OLD.refusal(0xC059, 0x1401))]


def test_a_request_that_finds_the_queue_full_and_one_too_fast_find_the_device_busy() -> None:
    inspector = guard("read")
    ask(inspector, READ_1 * (1 + MAX_WAITING))
    assert replies(ask(inspector, READ_1)) == [OLD.refusal(0xCEE0, 0x0401)]
    fast = guard("read", max_rate=1)
    ask(fast, READ_1)
    answer(fast, VALUE)
    assert replies(ask(fast, READ_1)) == [OLD.refusal(0xCEE0, 0x0401)]


def test_a_silent_device_is_answered_for_and_its_late_answer_is_not_taken_for_another() -> None:
    inspector = guard("read")
    ask(inspector, READ_1)
    assert inspector.next_tick_monotonic() == NOW + 30
    assert replies(inspector.on_tick(NOW + 30)) == [OLD.refusal(0xCF71, 0x0401)]
    assert replies(ask(inspector, OLD.read(7), NOW + 31)) == [OLD.refusal(0xCEE0, 0x0401)]
    late = answer(inspector, VALUE, NOW + 32)
    assert forwarded(late) == []
    assert operations(late)[0].reason.startswith("late")
    assert forwarded(ask(inspector, OLD.read(7), NOW + 33)) == [OLD.read(7)]


def test_a_device_that_is_gone_is_answered_for_at_once_and_from_then_on() -> None:
    inspector = guard("read")
    ask(inspector, READ_1 + READ_1)
    assert replies(inspector.asset_gone(NOW)) == [OLD.refusal(0xCF70, 0x0401)] * 2
    assert replies(ask(inspector, READ_1)) == [OLD.refusal(0xCF70, 0x0401)]


def test_nothing_is_said_first_or_last() -> None:
    inspector = guard("read")
    assert inspector.opened(NOW) == []
    ask(inspector, READ_1)
    assert inspector.good_bye(NOW) == []


# --- approvals


def test_a_tier_that_must_be_asked_for_is_refused_asked_and_passes_once() -> None:
    inspector = guard("read", ask={"program"})
    stop, again = (NEW.request(0x1002, 0, b"\1\0", serial) for serial in (1, 9))
    effects = ask(inspector, stop)
    assert replies(effects) == [NEW.refusal(0xC059, 0x1002)]
    inspector.arm(asks(effects)[0].fingerprint, NOW + 60)
    assert forwarded(ask(inspector, again)) == [again]
    answer(inspector, NEW.response(serial=9))
    assert [type(effect) for effect in ask(inspector, stop)] == [Observed, Ask, Reply]


@pytest.mark.parametrize(
    "other",
    [
        OLD.request(0x1003, 0, b"\1\0"),
        OLD.request(0x1002, 0, b"\3\0"),
        OLD.request(0x1002, 1, b"\1\0"),
        OLD.request(0x1002, 0, b"\1\0", route=(0, 1, 0x03FF, 0)),
    ],
)
def test_an_approval_is_for_this_very_request(other: bytes) -> None:
    inspector = guard("read", ask={"program"})
    inspector.arm(asks(ask(inspector, OLD.request(0x1002, 0, b"\1\0")))[0].fingerprint, NOW + 60)
    assert forwarded(ask(inspector, other)) == []


# --- changes

STEP = {"table": "d", "addresses": [{"first": 0, "last": 9}], "step": 10}


def does(inspector: SlmpGuard, message: bytes, response: bytes, now: float = NOW) -> bool:
    """Ask, let the device answer if it was asked, and tell whether it was."""
    passed = bool(forwarded(ask(inspector, message, now)))
    if passed:
        answer(inspector, response, now)
    return passed


@every
def test_a_step_passes_up_to_its_size_from_what_was_read_and_written(kind: Kind) -> None:
    inspector, done = guard("read", "operate", writes=[STEP]), kind.response()
    assert not does(inspector, kind.write(0, 5), done)
    assert does(inspector, kind.read(0, 2), kind.response(kind.words(100, 200)))
    assert not does(inspector, kind.write(0, 111, 200), done)
    assert does(inspector, kind.write(0, 110, 190), done)
    assert does(inspector, kind.write_random({0: 120}, {}), done)
    assert not does(inspector, kind.write(1, 201), done)


def test_what_is_not_known_is_not_guessed() -> None:
    inspector = guard("read", "operate", writes=[STEP])
    known, done = OLD.response(OLD.words(100)), OLD.response()
    does(inspector, OLD.read(0), known)
    assert does(inspector, OLD.write(0, 101), OLD.refusal(0xC056, 0x1401))
    assert not does(inspector, OLD.write(0, 100), done)
    does(inspector, OLD.read(0), known)
    assert not does(inspector, OLD.write(0, 100), done, NOW + FRESH_SECONDS + 1)
    does(inspector, OLD.request(0x0401, 0, OLD.device(0) + b"\1\0", route=(1, 1, 0x03FF, 0)), known)
    inspector = guard("read", "operate", writes=[STEP, {"table": "m", "step": 1}])
    does(inspector, OLD.read(16, 1, M), OLD.response(OLD.words(1)))
    assert does(inspector, OLD.write(16, 0, code=M, bits=True), done)


# --- the datagram form


@every
def test_a_frame_is_all_that_a_datagram_needs(kind: Kind) -> None:
    conversation = Conversation(SlmpCodec(), rules("read"), 30.0)
    read, back, stop = kind.read(0), kind.response(kind.words(1)), kind.request(0x1002)
    effects: list[Effect] = []
    conversation.from_user(read, read, NOW, effects)
    conversation.from_asset(back, back, NOW, effects)
    conversation.from_user(stop, stop, NOW, effects)
    assert forwarded(effects) == [read, back]
    assert replies(effects) == [kind.refusal(0xC059, 0x1002)]
