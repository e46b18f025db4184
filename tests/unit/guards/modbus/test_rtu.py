"""Frames of a serial line: their check as another implementation makes it, their length, and what is no answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU

from guards.effects import Verdict
from guards.modbus.guard import ModbusGuard
from guards.modbus.rtu import (
    MAX_FRAME_BYTES,
    FrameFault,
    adu_of,
    answer_bytes,
    crc16,
    frame_of,
    hides_a_frame,
    silence_seconds,
)
from guards.registry import make_guard
from policies.rules import Rules, Tier
from tests.unit.guards.material import MATERIAL
from tests.unit.guards.modbus.traffic import READ_1, WRITE_1, adu, answer, ask, forwarded, guard, operations, replies

UNIT_0 = adu(WRITE_1, transaction=1, unit=0)


def line(*tiers: str, **fields: object) -> ModbusGuard:
    inspector = make_guard(
        "modbus-rtu",
        Rules.model_validate({"tiers": frozenset(tiers), **fields}),
        device_timeout_seconds=30,
        material=MATERIAL,
    )
    assert isinstance(inspector, ModbusGuard)
    return inspector


@given(data=st.binary(max_size=256))
def test_the_check_sum_is_that_of_pymodbus(data: bytes) -> None:
    theirs = FramerRTU.compute_CRC(data)
    assert crc16(data).to_bytes(2, "little") == theirs.to_bytes(2, "big")


def test_a_request_becomes_the_frame_that_the_specification_shows() -> None:
    assert frame_of(adu("03 0000 0001", transaction=9, unit=1)) == bytes.fromhex("01 03 0000 0001 840a")


@given(body=st.binary(min_size=2, max_size=254), transaction=st.integers(0, 0xFFFF))
def test_what_comes_back_as_it_went_bears_the_transaction_of_its_request(body: bytes, transaction: int) -> None:
    asked = adu(bytes([body[1] & 0x7F]) + body[2:], transaction=transaction, unit=body[0])
    frame = frame_of(asked)
    assert frame is not None
    assert len(frame) <= MAX_FRAME_BYTES
    assert adu_of(frame, asked) == asked


def test_a_request_that_is_too_long_for_a_line_has_no_frame() -> None:
    assert frame_of(adu(bytes([90]) + bytes(252))) is not None
    assert frame_of(adu(bytes([90]) + bytes(253))) is None


def framed(body: str) -> str:
    return (bytes.fromhex(body) + crc16(bytes.fromhex(body)).to_bytes(2, "little")).hex()


HIDDEN = framed("1e 06 0010 ffff")
CARRIERS = {
    "umas": "5a 00 0a",
    "umas_variables": "5a 00 22",
    "loopback": "08 0000",
    "loopback_whole": "08 0000 0000" + framed("01 08 0000 0000")[-4:],
    "writing": "10 0000 0004 08",
    "file": "15 0f 06 0001 0000 0004",
    "vendor": "65",
}


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("more", ["", "00", "0000"])
def test_no_request_on_a_line_hides_another(carrier: str, more: str) -> None:
    hidden = adu(CARRIERS[carrier] + HIDDEN + more, unit=1)
    effects = ask(line("read", "operate", "program", "firmware"), hidden)
    assert forwarded(effects) == []
    assert replies(effects)[0][-1:] == b"\x03"
    harmless = adu(CARRIERS[carrier] + HIDDEN[:-2] + "00" + more, unit=1)
    before = operations(ask(guard(*Tier), harmless))[0].verdict
    assert operations(ask(line("read", "operate", "program", "firmware"), harmless))[0].verdict is before


def test_a_station_that_looks_for_good_frames_would_have_found_it() -> None:
    frame = frame_of(adu(CARRIERS["umas"] + HIDDEN))
    assert FramerRTU(DecodePDU(True)).decode(frame)[1:] == (0x1E, 0, bytes.fromhex("06 0010 ffff"))


def test_the_end_of_a_frame_does_not_complete_one_that_hides() -> None:
    for filling in range(0x10000):
        body = bytes.fromhex("01 5a 00 0a") + filling.to_bytes(2, "big") + bytes.fromhex("1e 06 0010 ffff")
        if crc16(body) == crc16(body[-6:]):
            break
    assert forwarded(ask(line("read"), adu(body[1:], unit=1))) == []


@pytest.mark.parametrize(
    "body",
    [
        "03 0000 0001",
        "05 0000 ff00",
        "07",
        "08 0000 0001",
        "0f 0000 0001 01 01",
        "10 0000 0001 02 002a",
        "14 07 06 0001 0000 0001",
        "16 0000 0001 0001",
        "17 0000 0001 0000 0001 02 002a",
        "18 0000",
        "2b 0e 01 00",
    ],
)
def test_every_request_that_can_hide_is_found(body: str) -> None:
    hidden = adu("5a 00 0a" + framed("1e" + body))
    assert hides_a_frame(hidden)
    assert not hides_a_frame(adu(body))


@given(at=st.integers(0, 7), bit=st.integers(0, 7))
def test_one_bit_that_is_wrong_is_noticed(at: int, bit: int) -> None:
    asked = adu(READ_1)
    frame = bytearray(frame_of(asked) or b"")
    frame[at] ^= 1 << bit
    assert adu_of(bytes(frame), asked) is FrameFault.CRC


@pytest.mark.parametrize("other", [adu(READ_1, unit=2), adu("04 0000 0001")])
def test_a_sound_frame_of_another_unit_or_function_is_a_stray(other: bytes) -> None:
    assert adu_of(frame_of(other) or b"", adu(READ_1)) is FrameFault.STRAY


@pytest.mark.parametrize("size", range(4))
def test_a_few_bytes_are_no_frame(size: int) -> None:
    assert adu_of(bytes(size), adu(READ_1)) is FrameFault.SHORT


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("01 0000 0009", "01 02 ff01"),
        ("03 0000 0002", "03 04 0000 0001"),
        ("03 0000 0002", "83 02"),
        ("05 0000 ff00", "05 0000 ff00"),
        ("07", "07 55"),
        ("08 0000 a537 1234", "08 0000 a537 1234"),
        ("0b", "0b 0000 0001"),
        ("0c", "0c 08 0000 0108 0121 2000"),
        ("10 0001 0002 04 000a0102", "10 0001 0002"),
        ("11", "11 03 01ff00"),
        ("14 07 06 0004 0001 0002", "14 06 05 06 0dfe 0020"),
        ("16 0004 00f2 0025", "16 0004 00f2 0025"),
        ("17 0003 0001 000e 0001 02 00ff", "17 02 00fe"),
        ("18 04de", "18 0006 0002 01b8 1284"),
    ],
)
def test_an_answer_says_how_long_it_will_be_before_it_is_whole(asked: str, answered: str) -> None:
    request, frame = adu(asked), frame_of(adu(answered)) or b""
    said = [answer_bytes(frame[:size], request) for size in range(len(frame) + 1)]
    assert set(said[:2]) == {None}
    assert said[4:] == [len(frame)] * len(said[4:])


@pytest.mark.parametrize("function", [43, 90, 100])
def test_other_answers_end_with_silence(function: int) -> None:
    assert answer_bytes(bytes([1, function, 0, 0, 0, 0]), adu(bytes([function]))) is None


def test_frames_are_apart_by_the_silence_of_the_specification() -> None:
    assert silence_seconds(9600, 11) == pytest.approx(3.5 * 11 / 9600)
    assert silence_seconds(19200, 11) == pytest.approx(0.002005, abs=1e-6)
    assert silence_seconds(115200, 10) == 0.00175


def test_a_broadcast_passes_only_where_the_fence_names_unit_0() -> None:
    for refusing in (line("operate"), line("operate", units={1, 2})):
        effects = ask(refusing, UNIT_0)
        assert forwarded(effects) == []
        assert replies(effects)[0][-2:] == b"\x86\x0a"
    assert forwarded(ask(line("operate", units={0, 1}), UNIT_0)) == [UNIT_0]


@pytest.mark.parametrize("pdu", ["03 0000 0001", "08 0000 0000", "17 0000 0001 0000 0001 02 0000"])
def test_a_broadcast_does_not_read(pdu: str) -> None:
    effects = ask(line("read", "operate", "program", units={0}), adu(pdu, unit=0))
    assert forwarded(effects) == []
    assert operations(effects)[0].verdict is Verdict.DENIED


def test_nobody_waits_for_the_answer_to_a_broadcast() -> None:
    inspector = line("operate", units={0, 1})
    ask(inspector, UNIT_0)
    assert inspector.next_tick_monotonic() is None
    following = adu(WRITE_1, transaction=2)
    assert forwarded(ask(inspector, following)) == [following]
    assert forwarded(ask(inspector, UNIT_0)) == []  # its turn comes after the answer to the one before
    assert forwarded(answer(inspector, following)) == [following, UNIT_0]


def test_on_ethernet_unit_0_is_a_unit_as_any_other() -> None:
    inspector = guard("read")
    assert forwarded(ask(inspector, adu(READ_1, unit=0)))
    assert inspector.next_tick_monotonic() is not None


@pytest.mark.parametrize("unit", [248, 255])
def test_a_line_has_no_unit_above_247(unit: int) -> None:
    assert forwarded(ask(line("read"), adu(READ_1, unit=247)))
    assert forwarded(ask(line("read"), adu(READ_1, unit=unit))) == []
