"""What the guard lets through and refuses, and that a master understands how."""

import struct

import pytest

from guards.effects import Cut, Direction, Forward, Observed, Reply, Verdict
from guards.turns import MAX_WAITING
from policies.rules import Tier
from tests.unit.guards.dnp3 import wire
from tests.unit.guards.dnp3.traffic import (
    ALL,
    ANSWER_0,
    CLASS_0,
    CLEAR_RESTART,
    CLOCK,
    COLD_RESTART,
    DELETE,
    DIRECT,
    DIRECT_NR,
    ENABLE,
    EVENTS,
    INFO,
    NOW,
    OPEN,
    OPERATE,
    READ,
    READ_0,
    SELECT,
    WRITE,
    answer,
    ask,
    asks,
    crob,
    file_command,
    forwarded,
    free,
    guard,
    heard,
    operations,
    replies,
    said,
    setpoint,
    verdicts,
)
from tests.unit.guards.dnp3.wire import request, response

NOT_AUTHORIZED, OUT_OF_RANGE, TOO_MANY = 9, 12, 8


def test_a_read_and_its_answer_pass_as_they_came() -> None:
    inspector = guard("read")
    assert ask(inspector, READ_0) == [Observed(said(READ_0)), Forward(Direction.TO_ASSET, READ_0)]
    effects = answer(inspector, ANSWER_0)
    assert forwarded(effects) == [ANSWER_0]
    [operation] = operations(effects)
    assert (operation.objects, operation.values, operation.transaction) == (("analog_input 0",), (42,), 3)


@pytest.mark.parametrize(
    ("code", "objects", "tier"),
    [
        (SELECT, crob(1), Tier.OPERATE),
        (DIRECT, setpoint(1, 5), Tier.OPERATE),
        (WRITE, CLOCK, Tier.PROGRAM),
        (ENABLE, EVENTS, Tier.OPERATE),
        (0x0F, b"", Tier.PROGRAM),
        (COLD_RESTART, b"", Tier.FIRMWARE),
        (0x0E, b"", Tier.FIRMWARE),
        (OPEN, file_command(2), Tier.PROGRAM),
        (OPEN, free(3, file_command(1)[6:], file_command(2)[6:]), Tier.PROGRAM),
        (OPEN, free(3, file_command(2)[6:], file_command(1)[6:]), Tier.PROGRAM),
        (DELETE, file_command(0), Tier.PROGRAM),
        (0x20, free(10, bytes(20), group=120), Tier.PROGRAM),
        (0x7E, b"", Tier.FIRMWARE),
    ],
)
def test_what_needs_a_higher_tier_is_answered_and_never_forwarded(code: int, objects: bytes, tier: Tier) -> None:
    below = ALL[: ALL.index(tier.value)]
    message = request(code, objects, sequence=7)
    effects = ask(guard(*below, upload=True), message)
    assert forwarded(effects) == []
    [reply] = replies(effects)
    fragment = heard(reply)
    assert (fragment.function.name, fragment.sequence) == ("response", 7)
    assert (operations(effects)[0].tier, operations(effects)[0].verdict) == (tier, Verdict.DENIED)
    assert forwarded(ask(guard(*below, tier.value, upload=True), message)) == [message]


def test_a_refused_function_is_said_not_to_be_supported() -> None:
    [reply] = replies(ask(guard("read"), request(COLD_RESTART)))
    assert heard(reply).data[1:] == b"\x81\x00\x01"


@pytest.mark.parametrize("code", [SELECT, OPERATE, DIRECT])
def test_refused_controls_come_back_object_by_object_as_not_authorized(code: int) -> None:
    effects = ask(guard("read"), request(code, crob(5, 0x41) + setpoint(7, 300)))
    assert forwarded(effects) == []
    [reply] = replies(effects)
    assert heard(reply).data[2:] == b"\0\0" + crob(5, 0x41, status=NOT_AUTHORIZED) + setpoint(7, 300, NOT_AUTHORIZED)
    [operation] = operations(effects)
    assert (operation.exception_code, operation.values) == (NOT_AUTHORIZED, (0x41, 300))


def test_controls_beside_other_objects_are_refused_as_a_whole() -> None:
    [reply] = replies(ask(guard("read"), request(DIRECT, crob(5) + CLASS_0)))
    assert heard(reply).data[1:] == b"\x81\x00\x01"


def test_a_refusal_of_many_controls_comes_in_as_many_frames_as_it_takes() -> None:
    inspector, objects = guard("read"), b"".join(crob(index) for index in range(60))
    for _ in range(3):
        [reply] = replies(ask(inspector, request(DIRECT, objects)))
        assert len(reply) > 3 * wire.BLOCK_BYTES * 16
        assert len(heard(reply).statuses) == 60


def test_pieces_of_refusals_are_numbered_on() -> None:
    inspector = guard("read")
    numbers = [replies(ask(inspector, request(COLD_RESTART)))[0][10] & 0x3F for _ in range(66)]
    assert numbers == [n % 64 for n in range(66)]


@pytest.mark.parametrize("code", [DIRECT_NR, 0x08, 0x0A, 0x0C, 0x21])
def test_what_outstations_do_not_answer_is_refused_in_silence_and_recorded(code: int) -> None:
    effects = ask(guard(), request(code))
    assert replies(effects) == forwarded(effects) == []
    assert [(op.verdict, op.transaction) for op in operations(effects)] == [(Verdict.DENIED, None)]


def test_a_control_without_answer_passes_where_it_is_given_and_keeps_nobody_waiting() -> None:
    inspector, message = guard("read", "operate"), request(DIRECT_NR, crob(1))
    assert forwarded(ask(inspector, message)) == [message]
    assert inspector.next_tick_monotonic() is None
    assert forwarded(ask(inspector, READ_0)) == [READ_0]
    assert verdicts(ask(inspector, message)) == ["denied"]


def test_a_refused_clearing_of_indications_is_not_answered() -> None:
    assert replies(ask(guard("read"), request(WRITE, CLEAR_RESTART))) == []
    assert len(replies(ask(guard("read"), request(WRITE, CLEAR_RESTART + CLOCK)))) == 1
    assert forwarded(ask(guard("operate"), request(WRITE, CLEAR_RESTART))) == [request(WRITE, CLEAR_RESTART)]


# --- shapes


@pytest.mark.parametrize(
    ("message", "indications"),
    [
        (request(READ, CLASS_0, control=0x80), 4),
        (request(READ, CLASS_0, control=0x40), 4),
        (request(READ, CLASS_0, control=0xD0), 4),
        (request(READ, "1e0103"), 4),
        (request(READ, "1e02000900"), 4),
        (request(READ, "1e02"), 4),
        (request(READ, "1e0217"), 4),
        (request(DIRECT, crob(1)[:-1]), 4),
        (request(DIRECT, "0c0928010005000301"), 4),
        (request(WRITE, "0a01170100" + "01"), 4),
        (request(OPEN, file_command(1, offset=27)), 4),
        (request(OPEN, file_command(1, offset=20)), 4),
        (request(OPEN, file_command(1)[:-1]), 4),
        (request(INFO, free(7, bytes(4))), 4),
        (request(0x81, "0000" + CLASS_0.hex()), 4),
        (request(0x82, "0000"), 4),
    ],
)
def test_what_has_not_the_shape_of_a_request_is_a_parameter_error(message: bytes, indications: int) -> None:
    effects = ask(guard(*ALL, upload=True), message)
    assert forwarded(effects) == []
    assert verdicts(effects) == ["malformed"]
    assert [heard(reply).data[3] for reply in replies(effects)] == [indications]


@pytest.mark.parametrize("fragment", [b"\xc3", b"\xc3\x81\x00"])
def test_a_fragment_without_a_head_is_dropped(fragment: bytes) -> None:
    [message] = wire.frames(fragment)
    effects = ask(guard(*ALL), message)
    assert (verdicts(effects), len(effects)) == (["malformed"], 1)


def test_a_confirmation_with_objects_is_not_one() -> None:
    assert verdicts(ask(guard(*ALL), request(0, CLASS_0))) == ["malformed"]


# --- files


def test_reading_a_file_needs_the_right_to_read_out() -> None:
    opened, block = request(OPEN, file_command(1)), request(READ, free(5, bytes(8)))
    for message in (opened, block):
        assert verdicts(ask(guard("read"), message)) == ["denied"]
        [operation] = operations(ask(guard("read", upload=True), message))
        assert (operation.verdict, operation.tier, operation.is_upload) == (Verdict.ALLOWED, Tier.READ, True)


def opened(handle: int, status: int = 0) -> bytes:
    return free(4, struct.pack("<IIHHB", handle, 100, 1024, 1, status))


def block(handle: int, number: int = 0) -> bytes:
    return free(5, struct.pack("<II", handle, number))


def test_files_are_given_by_name_and_their_blocks_by_the_handle_that_the_outstation_gave() -> None:
    inspector = guard("read", upload=True, reads=[{"table": "file", "names": ["logs/*"]}])
    assert verdicts(ask(inspector, request(OPEN, file_command(1, b"config.bin"), 1))) == ["denied"]
    assert verdicts(ask(inspector, request(READ, block(7), 2))) == ["denied"]
    ask(inspector, request(OPEN, file_command(1, b"logs/today"), 3))
    answer(inspector, response(opened(7), sequence=3))
    [read] = operations(ask(inspector, request(READ, block(7), 4)))
    assert (read.verdict, read.objects) == (Verdict.ALLOWED, ("file logs/today",))
    [told] = operations(answer(inspector, response(block(7), sequence=4)))
    assert told.objects == ("file logs/today",)
    assert verdicts(ask(inspector, request(READ, block(8), 5))) == ["denied"]
    assert verdicts(ask(inspector, request(READ, block(7) + block(8), 6))) == ["denied"]
    assert verdicts(ask(inspector, request(READ, block(7), 7, outstation=11))) == ["denied"]
    closed = ask(inspector, request(0x1A, opened(7), 8))
    assert verdicts(closed) == ["allowed"]
    answer(inspector, response(opened(7), sequence=8))
    assert verdicts(ask(inspector, request(READ, block(7), 9))) == ["denied"]


@pytest.mark.parametrize("told", [opened(7, status=1), opened(0), response()[:0], opened(7) + opened(8)])
def test_a_file_that_was_not_opened_has_no_name(told: bytes) -> None:
    inspector = guard("read", upload=True, reads=[{"table": "file", "names": ["logs/*"]}])
    ask(inspector, request(OPEN, file_command(1, b"logs/today"), 1))
    answer(inspector, response(told, sequence=1))
    for handle in (7, 0, 8):
        assert verdicts(ask(inspector, request(READ, block(handle), 2))) == ["denied"]


def test_a_handle_in_an_answer_that_nobody_asked_for_names_nothing() -> None:
    inspector = guard("read", upload=True, reads=[{"table": "file", "names": ["logs/*"]}])
    for message in (response(opened(7), sequence=1), response(opened(7), function=0x82, control=0xF1)):
        ask(inspector, request(OPEN, file_command(1, b"logs/today"), 1))
        inspector.on_tick(NOW + 30)
        answer(inspector, message)
        assert verdicts(ask(inspector, request(READ, block(7), 2))) == ["denied"]


# --- approvals


def test_what_must_be_asked_for_passes_once_when_it_was_approved() -> None:
    inspector, message = guard("read", ask={"operate"}), request(DIRECT, crob(1), sequence=1)
    effects = ask(inspector, message)
    [asked] = asks(effects)
    assert verdicts(effects) == ["asked"]
    assert heard(replies(effects)[0]).refusal == (NOT_AUTHORIZED, "object 1 of 1")
    inspector.arm(asked.fingerprint, NOW + 60)
    other = request(DIRECT, crob(2), sequence=2)
    assert forwarded(ask(inspector, other)) == []
    again = request(DIRECT, crob(1), sequence=3)
    assert forwarded(ask(inspector, again)) == [again]
    answer(inspector, response(crob(1), sequence=3))
    assert verdicts(ask(inspector, request(DIRECT, crob(1), sequence=4))) == ["asked"]


def test_an_approval_is_for_one_outstation() -> None:
    inspector = guard(ask={"operate"})
    [asked] = asks(ask(inspector, request(DIRECT, crob(1))))
    inspector.arm(asked.fingerprint, NOW + 60)
    assert forwarded(ask(inspector, request(DIRECT, crob(1), outstation=11))) == []


def test_an_approved_control_without_answer_passes_once() -> None:
    inspector, message = guard(ask={"operate"}), request(DIRECT_NR, crob(1))
    [asked] = asks(ask(inspector, message))
    inspector.arm(asked.fingerprint, NOW + 60)
    assert forwarded(ask(inspector, message)) == [message]
    assert verdicts(ask(inspector, message)) == ["asked"]


# --- turns


def test_a_second_request_waits_for_its_turn_and_a_refusal_keeps_its_place() -> None:
    inspector = guard("read")
    second, refused = request(READ, CLASS_0, 4), request(COLD_RESTART, sequence=5)
    assert forwarded(ask(inspector, READ_0 + second)) == [READ_0]
    assert replies(ask(inspector, refused)) == []
    effects = answer(inspector, ANSWER_0)
    assert forwarded(effects) == [ANSWER_0, second]
    effects = answer(inspector, response(sequence=4))
    assert isinstance(effects[-1], Reply)
    assert heard(effects[-1].data).sequence == 5


def test_too_many_and_too_fast_are_failures_to_a_master() -> None:
    inspector = guard("read", "operate", max_rate=1)
    ask(inspector, READ_0)
    answer(inspector, ANSWER_0)
    effects = ask(inspector, request(DIRECT, crob(1)))
    assert (forwarded(effects), heard(replies(effects)[0]).refusal[0]) == ([], TOO_MANY)
    [reply] = replies(ask(inspector, READ_0))
    assert heard(reply).indications == 0x1400
    full = guard("read")
    for _ in range(MAX_WAITING + 1):
        assert replies(ask(full, READ_0)) == []
    assert heard(replies(ask(full, READ_0))[0]).indications == 0x1400


def test_a_silent_outstation_is_not_answered_for_and_its_late_answer_is_dropped() -> None:
    inspector = guard("read")
    ask(inspector, READ_0)
    assert inspector.next_tick_monotonic() == NOW + 30
    [effect] = inspector.on_tick(NOW + 30)
    assert isinstance(effect, Observed)
    assert (effect.operation.verdict, effect.operation.reason) == (Verdict.DENIED, "no answer within 30 s")
    late = answer(inspector, ANSWER_0, NOW + 31)
    assert (forwarded(late), verdicts(late)) == ([], ["denied"])


def test_when_the_asset_is_gone_nothing_is_answered_or_forwarded() -> None:
    inspector = guard("read", "operate")
    ask(inspector, READ_0 + request(READ, CLASS_0, 4))
    gone = inspector.asset_gone(NOW)
    assert [type(effect) for effect in gone] == [Observed, Observed]
    for message in (READ_0, request(0), request(DIRECT_NR, crob(1)), wire.frame(function=wire.STATUS)):
        effects = ask(inspector, message)
        assert (forwarded(effects), replies(effects), verdicts(effects)) == ([], [], ["denied"])


# --- answers


def test_an_answer_in_several_fragments_belongs_to_one_request() -> None:
    inspector = guard("read")
    ask(inspector, READ_0 + request(READ, CLASS_0, 9))
    parts = [response(sequence=3, control=0xA0), response(sequence=4, control=0x20), response(sequence=5, control=0x60)]
    for part in parts[:2]:
        assert forwarded(answer(inspector, part)) == [part]
        confirmed = request(0, sequence=3)
        assert forwarded(ask(inspector, confirmed)) == [confirmed]
    assert forwarded(answer(inspector, parts[2])) == [parts[2], request(READ, CLASS_0, 9)]
    assert verdicts(answer(inspector, parts[2])) == ["malformed"]


def test_an_answer_that_goes_on_may_pause_for_as_long_as_it_may_take_to_begin() -> None:
    inspector = guard("read")
    ask(inspector, READ_0)
    answer(inspector, response(sequence=3, control=0x80), NOW + 29)
    assert inspector.on_tick(NOW + 58) == []
    assert verdicts(inspector.on_tick(NOW + 59)) == ["denied"]


@pytest.mark.parametrize(
    "message",
    [
        response(sequence=4),
        response(outstation=11),
        wire.frames(b"\xc3\x81\0\0", from_master=False)[0].replace(b"\x01\x00\x0a", b"\x02\x00\x0a"),
        b"".join(wire.frames(b"\xc3\x01" + CLASS_0, from_master=False)),
        b"".join(wire.frames(b"\xc3\x81", from_master=False)),
    ],
)
def test_what_answers_nothing_is_dropped(message: bytes) -> None:
    inspector = guard("read")
    ask(inspector, READ_0)
    effects = answer(inspector, message)
    assert forwarded(effects) == []
    assert all(verdict == "malformed" for verdict in verdicts(effects))


def test_an_answer_that_cannot_be_read_passes_and_is_marked() -> None:
    inspector, message = guard("read"), response("1e0999")
    ask(inspector, READ_0)
    effects = answer(inspector, message)
    assert forwarded(effects) == [message]
    assert "qualifier 0x99" in operations(effects)[0].reason


def test_any_outstation_may_answer_to_the_address_of_all_single_ones() -> None:
    inspector = guard("read")
    ask(inspector, request(READ, CLASS_0, outstation=0xFFFC))
    assert forwarded(answer(inspector, ANSWER_0)) == [ANSWER_0]
    assert verdicts(ask(guard("read", units={10}), request(READ, CLASS_0, outstation=0xFFFC))) == ["denied"]


def test_refusals_of_the_outstation_are_read() -> None:
    inspector = guard("operate")
    ask(inspector, request(DIRECT, crob(1) + crob(2)))
    [operation] = operations(answer(inspector, response(crob(1) + crob(2, status=4))))
    assert (operation.exception_code, operation.reason) == (4, "object 2 of 2")
    ask(inspector, request(DIRECT, crob(1)))
    assert operations(answer(inspector, response(indications=0x0280)))[0].exception_code == 2


# --- by themselves


@pytest.mark.parametrize(
    ("tiers", "fields", "verdict"),
    [
        (("read",), {}, "allowed"),
        (("operate",), {}, "denied"),
        ((), {"ask": {"read"}}, "asked"),
        (("read",), {"units": {11}}, "denied"),
        (("read",), {"reads": [{"table": "analog_input"}]}, "allowed"),
        (("read",), {"reads": [{"table": "class", "addresses": [{"first": 1, "last": 3}]}]}, "allowed"),
        (("read",), {"reads": [{"table": "class", "addresses": [{"first": 1, "last": 2}]}]}, "denied"),
        (("read",), {"reads": [{"table": "binary_input"}]}, "denied"),
    ],
)
def test_unsolicited_responses_are_reading(tiers: tuple[str, ...], fields: dict[str, object], verdict: str) -> None:
    message = response("2002280100 0500 01 0000", function=0x82, control=0xF0)
    effects = answer(guard(*tiers, **fields), message)
    assert verdicts(effects) == [verdict]
    assert forwarded(effects) == ([message] if verdict == "allowed" else [])
    assert (replies(effects), operations(effects)[0].transaction) == ([], None)


def test_an_unsolicited_response_without_objects_tells_no_point() -> None:
    narrow = guard("read", reads=[{"table": "binary_input"}])
    assert verdicts(answer(narrow, response(function=0x82, control=0xF0))) == ["allowed"]
    assert verdicts(answer(narrow, response("990199", function=0x82, control=0xF0))) == ["malformed"]


@pytest.mark.parametrize(
    ("tiers", "fields", "passes"), [(("read",), {}, True), ((), {"ask": {"read"}}, True), (("operate",), {}, False)]
)
def test_confirmations_need_reading(tiers: tuple[str, ...], fields: dict[str, object], passes: bool) -> None:
    message = request(0, control=0xD0)
    effects = ask(guard(*tiers, **fields), message)
    assert forwarded(effects) == ([message] if passes else [])
    assert replies(effects) == []


def test_confirmations_that_are_wanted_do_not_count_towards_the_rate() -> None:
    inspector, message = guard("read", max_rate=1), request(0, control=0xD0)
    for _ in range(3):
        answer(inspector, response(function=0x82, control=0xF0))
        assert forwarded(ask(inspector, message)) == [message]
    assert [verdicts(ask(inspector, message)) for _ in range(2)] == [["allowed"], ["denied"]]


def test_nothing_is_said_at_the_beginning_and_at_the_end() -> None:
    inspector = guard(*ALL)
    assert inspector.opened(NOW) == []
    ask(inspector, request(ENABLE, EVENTS))
    assert inspector.good_bye(NOW) == []


def test_a_cut_says_where_it_comes_from() -> None:
    [cut] = answer(guard("read"), b"\x05\x65")
    assert isinstance(cut, Cut)
    assert (cut.code, cut.reason) == ("dnp3_start", "from the asset's side: a frame does not begin with 05 64")
