"""Frames of every kind cut from the stream; what is no SLMP, MELSOFT above all, is cut off."""

import pytest

from guards.effects import Direction, Observed, Verdict
from guards.slmp.frames import MAX_BODY_BYTES, measure
from guards.splitting import INCOMPLETE, FramingFault
from tests.unit.guards.seen import answer, ask, cuts, forwarded, operations, replies
from tests.unit.guards.slmp.traffic import KINDS, NEW, OLD, OWN, READ_1, Kind, guard, said

TEXT, NEW_TEXT = Kind(is_ascii=True), Kind(is_4e=True, is_ascii=True)


def test_frames_are_written_as_the_manual_shows_them() -> None:
    """SH(NA)-080956ENG, 4.1 and 4.2: a read of M100 to M107, here of one word, in each kind."""
    head, tail = "00 ff ff03 00 0c00 1000", "0104 0000 640000 90 0100"
    assert OLD.read(100, code=0x90) == bytes.fromhex(f"5000 {head} {tail}")
    assert NEW.read(100, code=0x90, serial=0x1234) == bytes.fromhex(f"5400 3412 0000 {head} {tail}")
    assert TEXT.read(100, code=0x90) == b"500000FF03FF000018001004010000M*0001000001"
    assert NEW_TEXT.read(100, code=0x90, serial=0x1234) == b"54001234000000FF03FF000018001004010000M*0001000001"


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_ends_where_its_length_says(kind: Kind) -> None:
    for frame in (kind.read(5), kind.response(kind.words(1))):
        assert measure(frame + b"\x50", 0) == len(frame)
        assert measure(b"xx" + frame, 2) == 2 + len(frame)
        for came in range(len(frame) - len(kind.words(1)) - 20):
            assert measure(frame[:came], 0) in {INCOMPLETE, len(frame)}


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (b"\x51", "slmp_subheader"),
        (b"\x50\x01", "slmp_subheader"),
        (b"50x", "slmp_subheader"),
        (b"GET", "slmp_subheader"),
        (b"\x57\x00", "slmp_melsoft"),
        (b"\xd7\x00", "slmp_melsoft"),
        (b"\x5a\x00", "slmp_melsoft"),
        (b"\xda\x00", "slmp_melsoft"),
        (bytes.fromhex("5000 00ff ff03 00 0100"), "slmp_length"),
        (bytes.fromhex("5000 00ff ff03 00 0110"), "slmp_length"),
        (b"500000FF03FF000003", "slmp_length"),
        (b"500000FF03FF002001", "slmp_length"),
        (b"500000FF03FF00001x", "slmp_length"),
    ],
)
def test_what_cannot_be_understood_is_a_fault_before_its_body_comes(stream: bytes, code: str) -> None:
    fault = measure(stream, 0)
    assert isinstance(fault, FramingFault)
    assert fault.code == code


def test_the_longest_frames_pass_the_splitter() -> None:
    assert measure(bytes.fromhex("5000 00ff ff03 00 0010"), 0) == 9 + MAX_BODY_BYTES
    assert measure(b"500000FF03FF002000", 0) == 18 + 2 * MAX_BODY_BYTES


@pytest.mark.parametrize("direction", Direction)
def test_melsoft_is_cut_with_a_reason_that_says_what_may_carry_it(direction: Direction) -> None:
    inspector = guard("read", "operate", "program", "firmware", opaque=True)
    (cut,) = inspector.receive(direction, bytes.fromhex("5700 0000 0011 1107 0000 ffff 0300"), 1.0)
    assert "MELSOFT" in str(cut)
    assert "opaque" in str(cut)
    assert ask(inspector, READ_1) == []


def test_a_stream_keeps_the_code_that_it_began_in() -> None:
    inspector = guard("read", max_in_flight=4)
    assert forwarded(ask(inspector, NEW.read(1) + OLD.read(1))) == [NEW.read(1), OLD.read(1)]
    effects = ask(inspector, TEXT.read(1))
    assert cuts(effects) == ["slmp_code"]
    assert forwarded(effects) == []
    inspector = guard("read")
    ask(inspector, TEXT.read(1))
    assert cuts(answer(inspector, OLD.response())) == ["slmp_code"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_is_none_of_the_tools_and_a_request_none_of_the_devices(kind: Kind) -> None:
    for effects in (ask(guard("read"), kind.response(kind.words(1))), answer(guard("read"), kind.read(1))):
        assert [type(effect) for effect in effects] == [Observed]
        assert operations(effects)[0].verdict is Verdict.MALFORMED


@pytest.mark.parametrize(
    "frame",
    [
        b"5000xxFF03FF000018001004010000M*0001000001",
        b"5400123x000000FF03FF000018001004010000M*0001000001",
        bytes.fromhex("5000 00ff ff03 00 0400 1000 0104"),
        b"500000FF03FF00000800100401",
    ],
)
def test_a_head_that_cannot_be_read_is_dropped(frame: bytes) -> None:
    effects = ask(guard("read"), frame)
    assert [type(effect) for effect in effects] == [Observed]
    assert operations(effects)[0].verdict is Verdict.MALFORMED


def test_a_command_that_is_no_number_is_refused() -> None:
    frame = TEXT.head(0x5000, 1, OWN, b"0010" + b"04x1" + b"0000")
    assert said(frame).exception_code == 0xC05C


@pytest.mark.parametrize(
    ("route", "text"),
    [
        (OWN, "0/255"),
        ((1, 2, 0x03FF, 0), "1/2"),
        ((0, 0xFF, 0x03E1, 0), "0/255/03e1/0"),
        ((0, 0xFF, 0x03FF, 3), "0/255/03ff/3"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_routes_are_written_as_fences_write_them(kind: Kind, route: tuple[int, ...], text: str) -> None:
    request = kind.request(0x0101, route=route)
    assert said(request).route == text
    assert forwarded(ask(guard("read", routes=frozenset({text})), request)) == [request]
    effects = ask(guard("read", routes=frozenset({"9/9"})), request)
    assert replies(effects) == [kind.refusal(0xCF70, 0x0101, route=route)]
