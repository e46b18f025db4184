"""What the guard says about answers, turns and silence, and how it ends a stream that is not S7comm."""

import pytest

from guards.effects import Cut, Direction, Forward, Observed, Operation, Reply, Value, Verdict
from guards.s7.answers import ODD_SHAPE
from guards.turns import MAX_WAITING
from policies.rules import Tier
from tests.unit.guards.s7 import traffic
from tests.unit.guards.s7.traffic import (
    AGREED,
    ALL,
    BIT,
    INT,
    NOW,
    READ_1,
    SETUP,
    WORD,
    WRITE_1,
    ack,
    ack_data,
    answer,
    answer_read,
    answer_write,
    ask,
    ask_userdata,
    carried,
    connected,
    cuts,
    forwarded,
    guard,
    item,
    operations,
    read,
    replies,
    value,
    write,
)

READ_2 = read(item(2), reference=2)


ANSWERS: list[tuple[bytes, bytes, tuple[str, ...], tuple[Value, ...]]] = [
    (READ_1, answer_read("002a"), ("db1 0-1",), (0, 42)),
    (read(item(0, 2, WORD)), answer_read("ffff 0001"), ("db1 0-3",), (0xFFFF, 1)),
    (read(item(0, 2, INT)), answer_read("ffff 0001"), ("db1 0-3",), (-1, 1)),
    (read(item(0, 1, BIT, bit=3)), ack_data("04 01", "ff 03 0001 01"), ("db1 0 0.3",), (1,)),
    (read(item(0), item(9, 2)), answer_read("07", "0102"), ("db1 0", "db1 9-10"), (7, 1, 2)),
    (WRITE_1, answer_write(0xFF), ("db1 0-1",), ()),
    (traffic.STOP, ack_data("29"), ("P_PROGRAM",), ()),
    (SETUP, AGREED, (), ()),
    (ask_userdata(4, 1, "0011 0000"), ask_userdata(4, 1, "0011", kind=2), ("szl 0011 0",), ()),
]


@pytest.mark.parametrize(("request_", "response", "objects", "values"), ANSWERS)
def test_an_answer_passes_unchanged_and_its_values_are_named(
    request_: bytes, response: bytes, objects: tuple[str, ...], values: tuple[Value, ...]
) -> None:
    inspector = connected(*ALL)
    ask(inspector, request_)
    effects = answer(inspector, response)
    assert forwarded(effects) == [response]
    [operation] = operations(effects)
    assert (operation.objects, operation.values) == (objects, values)
    assert (operation.is_response, operation.exception_code, operation.reason) == (True, None, "")


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        (READ_1, answer_read("00")),
        (READ_1, answer_read("002a", "00")),
        (READ_1, ack_data("04 01", "ff")),
        (READ_1, ack_data("05 01", "ff")),
        (READ_1, ack_data("")),
        (WRITE_1, answer_write(0xFF, 0xFF)),
        (WRITE_1, ack_data("04 01", "ff")),
    ],
)
def test_an_answer_of_the_wrong_shape_passes_but_is_noted(request_: bytes, response: bytes) -> None:
    inspector = connected(*ALL)
    ask(inspector, request_)
    effects = answer(inspector, response)
    assert forwarded(effects) == [response]
    assert (operations(effects)[0].reason, operations(effects)[0].values) == (ODD_SHAPE, ())


def test_no_decoder_raises_on_an_answer_cut_short() -> None:
    for request_, response, *_ in ANSWERS:
        message = response[7:]
        for end in range(len(message)):
            inspector = connected(*ALL)
            ask(inspector, request_)
            answer(inspector, traffic.piece(message[:end]))


def test_an_operation_says_all_that_the_record_needs() -> None:
    assert ask(connected("read"), read(item(4, 4, db=10), reference=3))[0] == Observed(
        Operation(
            direction=Direction.TO_ASSET,
            protocol="s7",
            function_code=4,
            function="read_var",
            tier=Tier.READ,
            verdict=Verdict.ALLOWED,
            transaction=3,
            objects=("db10 4-7",),
            route="0/2",
        )
    )


@pytest.mark.parametrize("response", [ack(0xD20C), ack_data("04", error=0xD20C)])
def test_an_error_of_the_device_passes_and_is_named(response: bytes) -> None:
    inspector = connected("read")
    ask(inspector, READ_1)
    effects = answer(inspector, response)
    assert forwarded(effects) == [response]
    assert (operations(effects)[0].exception_code, operations(effects)[0].reason) == (0xD20C, "")


def test_an_item_that_the_device_refuses_is_named_and_the_others_have_their_values() -> None:
    inspector = connected("read")
    ask(inspector, read(item(0), item(1), item(2)))
    data = b"\xff" + value("07")[1:] + b"\x0a\x00\x00\x00" + b"\xff" + value("09")[1:]
    [operation] = operations(answer(inspector, ack_data("04 03", data)))
    assert (operation.objects, operation.values) == (("db1 0", "db1 2"), (7, 9))
    assert (operation.exception_code, operation.reason) == (0x0A, "item 2 of 3")


def test_an_error_in_user_data_is_named() -> None:
    inspector = connected("read")
    ask(inspector, ask_userdata(3, 3, b"0A00000A"))
    message = bytearray(ask_userdata(3, 3, None, kind=2))
    message[-6:-4] = b"\xd2\x09"
    assert operations(answer(inspector, bytes(message)))[0].exception_code == 0xD209


def test_what_the_device_tells_by_itself_passes() -> None:
    told = ask_userdata(2, 1, "0001 ff", kind=0, reference=0)
    effects = answer(connected("read"), told)
    assert forwarded(effects) == [told]
    assert operations(effects)[0].function == "cyclic_transfer"
    assert operations(answer(connected("read"), ask_userdata(0, 2, None, kind=0)))[0].function == "mode_transition"
    assert operations(answer(connected("read"), ask_userdata(4, 0x12, b"", kind=0)))[0].function == "alarm_s_indication"


# --- turns


def test_a_second_request_waits_until_the_first_is_answered() -> None:
    inspector = connected("read")
    assert forwarded(ask(inspector, READ_1 + READ_2)) == [READ_1]
    assert forwarded(answer(inspector, answer_read("002a"))) == [answer_read("002a"), READ_2]


def agreeing(calling: int, called: int, max_in_flight: int) -> int:
    """Return how many reads of ten are at the device after an agreement."""
    inspector = connected("read", max_in_flight=max_in_flight)
    ask(inspector, SETUP)
    terms = calling.to_bytes(2, "big") + called.to_bytes(2, "big")
    answer(inspector, ack_data(b"\xf0\x00" + terms + b"\x01\xe0"))
    return len(forwarded(ask(inspector, b"".join(read(item(0), reference=number) for number in range(10)))))


@pytest.mark.parametrize(
    ("calling", "called", "allowed", "at_device"),
    [(1, 1, 8, 1), (8, 8, 1, 1), (8, 3, 8, 3), (3, 8, 8, 3), (8, 8, 2, 2), (0, 0, 8, 1)],
)
def test_no_more_jobs_are_at_the_device_than_both_sides_and_the_rules_agree_on(
    calling: int, called: int, allowed: int, at_device: int
) -> None:
    assert agreeing(calling, called, allowed) == at_device


def test_a_job_and_user_data_with_the_same_reference_are_told_apart() -> None:
    inspector = connected("read", max_in_flight=2)
    listed = ask_userdata(3, 1)
    assert forwarded(ask(inspector, READ_1 + listed)) == [READ_1, listed]
    reply = ask_userdata(3, 1, b"", kind=2)
    assert operations(answer(inspector, reply))[0].function == "list_blocks"
    assert operations(answer(inspector, answer_read("002a")))[0].function == "read_var"


def test_a_refusal_keeps_its_place_behind_earlier_requests() -> None:
    inspector = connected("read")
    denied = write((item(0, 2), value("002a")), reference=2)
    assert replies(ask(inspector, READ_1 + denied + read(item(0), reference=3))) == []
    sent = [effect for effect in answer(inspector, answer_read("002a")) if not isinstance(effect, Observed)]
    assert sent == [
        Forward(Direction.TO_USER, answer_read("002a")),
        Reply(Direction.TO_USER, ack_data("05 01", "03", reference=2)),
        Forward(Direction.TO_ASSET, read(item(0), reference=3)),
    ]


def test_a_request_that_finds_the_queue_full_is_told_that_resources_are_short() -> None:
    inspector = connected("read")
    ask(inspector, b"".join(read(item(0), reference=number) for number in range(1 + MAX_WAITING)))
    assert replies(ask(inspector, read(item(0), reference=99))) == [ack(0x8302, reference=99)]


def test_a_silent_device_is_answered_for_after_its_time_and_not_before() -> None:
    inspector = connected("read")
    ask(inspector, READ_1)
    assert inspector.next_tick_monotonic() == NOW + 30
    assert inspector.on_tick(NOW + 29.9) == []
    effects = inspector.on_tick(NOW + 30)
    assert replies(effects) == [ack(0xD0AA)]
    assert operations(effects)[0].is_response


def test_a_late_answer_is_swallowed_and_recorded() -> None:
    inspector = connected("read")
    ask(inspector, READ_1)
    inspector.on_tick(NOW + 30)
    assert replies(ask(inspector, READ_1, now=NOW + 31)) == [ack(0x8302)]
    effects = answer(inspector, answer_read("002a"), now=NOW + 32)
    assert forwarded(effects) == []
    assert operations(effects)[0].reason.startswith("late")
    assert forwarded(ask(inspector, READ_1, now=NOW + 33)) == [READ_1]


def test_an_answer_that_nobody_asked_for_is_dropped_and_recorded_as_malformed() -> None:
    for stray in (answer_read("002a", reference=9), ack(0, reference=9), ask_userdata(4, 1, b"", kind=2)):
        inspector = connected("read")
        ask(inspector, READ_1)
        effects = answer(inspector, stray)
        assert forwarded(effects) == []
        assert operations(effects)[0].verdict is Verdict.MALFORMED
        assert forwarded(answer(inspector, answer_read("002a"))) == [answer_read("002a")]


def test_when_the_asset_has_gone_everything_is_answered() -> None:
    inspector = connected("read")
    ask(inspector, READ_1 + READ_2)
    assert replies(inspector.asset_gone(NOW)) == [ack(0xD406), ack(0xD406, reference=2)]
    assert replies(ask(inspector, READ_1)) == [ack(0xD406)]
    assert replies(ask(inspector, traffic.LEAVE + traffic.connect())) == [traffic.tpkt("06 80 0007 0009 00")]


def test_requests_above_the_rate_are_told_that_resources_are_short() -> None:
    inspector = connected("read", max_rate=1)
    ask(inspector, READ_1)
    answer(inspector, answer_read("002a"))
    assert replies(ask(inspector, READ_2)) == [ack(0x8302, reference=2)]
    assert forwarded(ask(inspector, READ_2, now=NOW + 1)) == [READ_2]


# --- what is none of it


@pytest.mark.parametrize("message", ["32", "320100000001", "3201 0000 0001 0002 0000 04", "3203 0000 0001 0000 0000"])
@pytest.mark.parametrize("direction", list(Direction))
def test_a_message_that_does_not_add_up_is_dropped_and_recorded(message: str, direction: Direction) -> None:
    effects = connected(*ALL).receive(direction, traffic.piece(bytes.fromhex(message)), NOW)
    assert forwarded(effects) == replies(effects) == []
    assert operations(effects)[0].verdict is Verdict.MALFORMED


def test_a_message_that_says_nothing_of_a_kind_that_answers_is_dropped() -> None:
    for message in (ack(0), ack_data("04 01", "ff"), traffic.piece(bytes.fromhex("3209 0000 0001 0000 0000"))):
        effects = ask(connected(*ALL), message)
        assert forwarded(effects) == replies(effects) == []
        assert operations(effects)[0].verdict is Verdict.MALFORMED


def test_user_data_that_is_no_request_is_dropped_but_for_files_of_numerical_controls() -> None:
    for kind in (0, 2):
        assert forwarded(ask(connected(*ALL), ask_userdata(4, 0x0B, b"", kind=kind))) == []
        sent = ask_userdata(0x3F, 2, b"data", kind=kind)
        assert forwarded(ask(connected("program"), sent)) == [sent]
        assert forwarded(ask(connected("read", "operate"), sent)) == []


def test_files_of_numerical_controls_keep_to_the_rate_and_end_with_the_asset() -> None:
    sent = ask_userdata(0x3F, 2, b"data", kind=0)
    inspector = connected("program", max_rate=1)
    outcomes = [ask(inspector, sent) for _ in range(40)]
    assert 1 <= sum(bool(forwarded(effects)) for effects in outcomes) < 40
    assert not any(map(replies, outcomes))
    inspector = connected("program")
    inspector.asset_gone(NOW)
    assert forwarded(ask(inspector, sent)) == []


@pytest.mark.parametrize("sub", [0x0D, 0x0E, 0x0F])
def test_a_piece_does_not_hide_which_job_is_set_off(sub: int) -> None:
    modifies = carried("0000 0002 0801")
    for unit, last in ((0, 1), (1, 0), (1, 1)):
        parameters = b"\x00\x01\x12\x08\x12" + bytes([0x41, sub, 0, unit, last, 0, 0])
        assert forwarded(ask(connected("read"), traffic._message(7, 1, parameters, modifies))) == []


def test_user_data_without_its_head_is_answered_as_a_wrong_frame() -> None:
    message = traffic._message(7, 1, "00 01 11 04 11 44 01 00", carried(None))
    effects = ask(connected(*ALL), message)
    assert forwarded(effects) == []
    assert replies(effects) == [ack(0x8500)]


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x02\x00\x01", bytes(7), b"\xff" * 300])
@pytest.mark.parametrize("direction", list(Direction))
def test_what_is_not_iso_transport_cuts_the_stream(garbage: bytes, direction: Direction) -> None:
    [cut] = guard(*ALL).receive(direction, garbage, NOW)
    assert isinstance(cut, Cut)


def test_requests_before_garbage_are_still_treated() -> None:
    effects = ask(connected("read"), WRITE_1 + b"garbage")
    assert replies(effects) == [ack_data("05 01", "03")]
    assert cuts(effects) == ["tpkt_version"]


def test_a_request_in_pieces_is_judged_as_one_and_forwarded_as_it_came() -> None:
    message = READ_1[7:]
    parts = [traffic.piece(b"", last=False), traffic.piece(message[:5], last=False), traffic.piece(message[5:])]
    inspector = connected("read")
    assert ask(inspector, parts[0]) == ask(inspector, parts[1]) == []
    assert forwarded(ask(inspector, parts[2])) == [b"".join(parts)]
    message = WRITE_1[7:]
    parts = [traffic.piece(message[:11], last=False), traffic.piece(message[11:])]
    effects = ask(connected("read"), b"".join(parts))
    assert forwarded(effects) == []
    assert replies(effects) == [ack_data("05 01", "03")]


def test_many_different_requests_do_not_grow_the_memory_of_judgements() -> None:
    inspector = connected("read")
    for number in range(1000):
        ask(inspector, read(item(number), reference=number))
        answer(inspector, answer_read("00", reference=number))
    assert len(inspector._messages._judge._remembered) <= 128
