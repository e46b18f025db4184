"""FINS/TCP: the stream cut into messages, node addresses exchanged, and what is no FINS/TCP cut off."""

import pytest

from guards.effects import Direction, Forward, Observed, Reply, Verdict
from guards.fins.framing import MAX_FRAME_BYTES, frame_error, measure, wrap
from guards.splitting import INCOMPLETE, FramingFault
from tests.unit.guards.fins.traffic import (
    CONFIRMATION,
    NODE_ASKED,
    NODE_TOLD,
    READ_1,
    frame,
    guard,
    read,
    response,
    told,
    words,
)
from tests.unit.guards.seen import answer, ask, cuts, forwarded, operations, replies


def head(length: int, command: int = 2, error: int = 0) -> bytes:
    return b"FINS" + b"".join(field.to_bytes(4, "big") for field in (length, command, error))


def test_a_message_ends_where_its_length_says() -> None:
    assert measure(READ_1 + b"FI", 0) == len(READ_1)
    assert measure(b"xx" + READ_1, 2) == 2 + len(READ_1)


@pytest.mark.parametrize("came", [b"", b"F", b"FIN", READ_1[:15]])
def test_a_head_that_has_not_come_is_waited_for(came: bytes) -> None:
    assert measure(came, 0) == INCOMPLETE


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (b"G", "fins_magic"),
        (b"FINX", "fins_magic"),
        (frame(0x0101), "fins_magic"),
        (head(8, 4), "fins_command"),
        (head(8, 7), "fins_command"),
        (head(7), "fins_length"),
        (head(8 + MAX_FRAME_BYTES + 1), "fins_length"),
        (head(8, 0), "fins_length"),
        (head(16, 0), "fins_length"),
        (head(12, 1), "fins_length"),
        (head(9, 3), "fins_length"),
        (head(12, 6), "fins_length"),
    ],
)
def test_what_cannot_be_understood_is_a_fault_before_its_body_comes(stream: bytes, code: str) -> None:
    fault = measure(stream, 0)
    assert isinstance(fault, FramingFault)
    assert fault.code == code


def test_the_longest_frame_passes_the_splitter() -> None:
    assert measure(head(8 + MAX_FRAME_BYTES), 0) == 16 + MAX_FRAME_BYTES


@pytest.mark.parametrize("direction", Direction)
def test_a_fault_cuts_the_stream_from_either_side(direction: Direction) -> None:
    inspector = guard("read")
    assert cuts(inspector.receive(direction, b"GET / HTTP/1.1", 1.0)) == ["fins_magic"]
    assert ask(inspector, READ_1) == []


def test_node_addresses_are_exchanged_and_recorded() -> None:
    inspector = guard("read")
    assert forwarded(ask(inspector, NODE_ASKED)) == [NODE_ASKED]
    effects = answer(inspector, NODE_TOLD)
    assert forwarded(effects) == [NODE_TOLD]
    assert operations(effects)[0].values == (200, 10)


def test_a_session_without_tiers_gets_no_node_address() -> None:
    effects = ask(guard(), NODE_ASKED)
    assert replies(effects) == [frame_error(0x22)]
    assert forwarded(effects) == []
    assert operations(effects)[0].verdict is Verdict.DENIED
    assert forwarded(ask(guard(ask={"read"}), NODE_ASKED)) == [NODE_ASKED]


def test_a_connection_is_confirmed_by_either_side() -> None:
    assert forwarded(ask(guard("read"), CONFIRMATION)) == [CONFIRMATION]
    assert forwarded(answer(guard("read"), CONFIRMATION)) == [CONFIRMATION]


def test_a_unit_that_refuses_the_connection_is_heard() -> None:
    effects = answer(guard("read"), frame_error(0x20))
    assert forwarded(effects) == [frame_error(0x20)]
    assert operations(effects)[0].exception_code == 0x20


@pytest.mark.parametrize("message", [NODE_TOLD, frame_error(0x20), head(8 + 18, 2, 1) + frame(0x0101, bytes(6))])
def test_what_only_a_unit_says_is_dropped_from_the_tool(message: bytes) -> None:
    effects = ask(guard("read"), message)
    assert [operation.verdict for operation in operations(effects)] == [Verdict.MALFORMED]
    assert len(effects) == 1


def test_a_question_for_a_node_address_is_dropped_from_the_asset() -> None:
    assert len(answer(guard("read"), NODE_ASKED)) == 1


def test_when_the_asset_is_gone_nobody_gives_a_node_address() -> None:
    inspector = guard("read")
    inspector.asset_gone(1.0)
    assert replies(ask(inspector, NODE_ASKED)) == [frame_error(0x20)]


@pytest.mark.parametrize("raw", [b"", b"\x80", frame(0x0101)[:11], told(0x0101), b"\x82" + frame(0x0101)[1:]])
def test_a_frame_without_a_readable_header_is_dropped(raw: bytes) -> None:
    effects = ask(guard("read"), wrap(raw))
    assert [operation.verdict for operation in operations(effects)] == [Verdict.MALFORMED]
    assert len(effects) == 1


@pytest.mark.parametrize("raw", [b"", frame(0x0101, bytes(6)), told(0x0101)[:13]])
def test_what_is_no_answer_is_dropped_from_the_asset(raw: bytes) -> None:
    inspector = guard("read")
    ask(inspector, READ_1)
    effects = answer(inspector, wrap(raw))
    assert len(effects) == 1
    assert isinstance(effects[0], Observed)
    assert isinstance(answer(inspector, response(0x0101, words(1)))[1], Forward)


def test_several_messages_in_one_piece_and_one_in_several() -> None:
    inspector, both = guard("read", max_in_flight=2), read(0) + read(1, sid=2)
    assert forwarded(ask(inspector, both)) == [read(0), read(1, sid=2)]
    inspector = guard("read")
    assert [ask(inspector, READ_1[at : at + 1]) for at in range(len(READ_1) - 1)] == [[]] * (len(READ_1) - 1)
    assert forwarded(ask(inspector, READ_1[-1:])) == [READ_1]


def test_no_reply_is_made_but_to_the_tool() -> None:
    assert all(effect.direction is Direction.TO_USER for effect in ask(guard(), READ_1) if isinstance(effect, Reply))
