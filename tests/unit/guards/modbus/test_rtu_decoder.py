"""Frames of a serial line as they are: cut by length and check sum, whatever segments they come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.effects import Direction, Operation, Verdict
from guards.modbus.rtu import MAX_FRAME_BYTES, crc16, request_bytes
from guards.modbus.rtu_decoder import FrameCutter
from guards.registry import make_decoder
from policies.rules import Rules, Tier

TO_ASSET, TO_USER = Direction.TO_ASSET, Direction.TO_USER


def framed(body: str) -> bytes:
    raw = bytes.fromhex(body)
    return raw + crc16(raw).to_bytes(2, "little")


READ, VALUES = framed("010300000002"), framed("0103040001000a")
WRITE, VENDOR = framed("01100005000204 00070008"), framed("01 64 0102030405")
STREAM = READ + WRITE + READ + WRITE


def heard(*pieces: bytes, way: Direction = TO_ASSET, is_lost: bool = False) -> list[Operation]:
    decoder = make_decoder("modbus-rtu")
    if is_lost:
        decoder.lost(way)
    return [operation for piece in pieces for operation in decoder.receive(way, piece, 0.0)]


def test_an_answer_belongs_to_the_last_request() -> None:
    decoder = make_decoder("modbus-rtu", Rules(tiers=frozenset({Tier.READ})))
    (asked,) = decoder.receive(TO_ASSET, READ, 0.0)
    (told,) = decoder.receive(TO_USER, VALUES, 0.0)
    (refused,) = decoder.receive(TO_ASSET, WRITE, 0.0)
    assert (asked.function_code, asked.objects, asked.unit, asked.transaction) == (3, ("holding 0-1",), 1, None)
    assert (told.is_response, told.objects, told.values) == (True, ("holding 0-1",), (1, 10))
    assert (refused.verdict, refused.values) == (Verdict.DENIED, (7, 8))


@given(st.lists(st.integers(0, len(STREAM)), max_size=8).map(sorted))
def test_chunks_never_matter(cuts: list[int]) -> None:
    pieces = [STREAM[i:j] for i, j in zip([0, *cuts], [*cuts, len(STREAM)], strict=True)]
    assert [operation.function_code for operation in heard(*pieces)] == [3, 16, 3, 16]


def test_a_function_whose_length_nobody_knows_is_what_comes_together() -> None:
    assert [operation.function_code for operation in heard(READ, VENDOR, READ)] == [3, 0x64, 3]


@pytest.mark.parametrize("start", range(1, len(READ)))
def test_what_is_lost_is_no_frame_and_what_is_broken_is_said(start: int) -> None:
    assert [operation.function_code for operation in heard(READ[start:] + WRITE, is_lost=True)] == [16]
    broken = heard(READ[:start] + bytes([READ[start] ^ 0x10]) + READ[start + 1 :] + WRITE + READ)
    assert {operation.function for operation in broken if operation.verdict is Verdict.MALFORMED} == {"unreadable"}
    assert [operation.function_code for operation in broken][-1] == 3


@given(st.lists(st.binary(max_size=400), max_size=5))
def test_what_is_kept_is_bounded_and_nothing_is_left_out(parts: list[bytes]) -> None:
    cutter = FrameCutter(request_bytes)
    told = 0
    for number, part in enumerate(parts):
        messages, fault = cutter.feed(part)
        told += sum(map(len, messages))
        assert fault is None
        assert told + cutter.held_bytes == sum(map(len, parts[: number + 1]))
        assert cutter.held_bytes <= 2 * MAX_FRAME_BYTES
