"""Variables are named as the record and the rules name them; what cannot be named is refused."""

import pytest

from guards.effects import Value, Verdict
from guards.s7.variables import specification, watched
from tests.unit.guards.s7 import traffic
from tests.unit.guards.s7.traffic import (
    ALL,
    BIT,
    BYTE,
    DINT,
    DWORD,
    FLAGS,
    INPUTS,
    INT,
    OUTPUTS,
    REAL,
    WORD,
    ask,
    connected,
    forwarded,
    item,
    numbered,
    operations,
    read,
    replies,
    value,
    write,
)

READ = [
    (item(4, 4), "db1 4-7"),
    (item(4, 2, WORD, db=10), "db10 4-7"),
    (item(0, 3, REAL), "db1 0-11"),
    (item(7, db=0), "db0 7"),
    (item(4, 1, BIT, bit=3), "db1 4 4.3"),
    (item(4, 10, BIT, bit=3), "db1 4-5"),
    (item(9, 1, INT, area=FLAGS), "flags 9-10"),
    (item(0, 1, BYTE, area=INPUTS), "inputs 0"),
    (item(0, 1, DWORD, area=OUTPUTS), "outputs 0-3"),
    (item(2, 1, BYTE, area=0x80), "peripheral 2"),
    (item(2, 1, BYTE, db=5, area=0x85), "di5 2"),
    (item(2, 1, BYTE, area=0x86), "local 2"),
    (item(2, 1, BYTE, area=0x87), "previous_local 2"),
    (item(2, 1, BYTE, area=0x03), "system_info 2"),
    (item(2, 1, BYTE, area=0x42), "area66 2"),
    (item(2, 1, 15), "db1 2-9"),
    (numbered(3), "timers 3"),
    (numbered(3, 4, 0x1C), "counters 3-6"),
    (numbered(0, 1, 0x1F), "iec_timers 0"),
    (b"\x12\x0c\xb0\x02" + bytes.fromhex("04 000a 0010 02 000b 0000"), "db10 16-19"),
    (b"\x12\x08\x82" + bytes.fromhex("41 0005 0001 7f 01"), "nck 2.1 127.5.1"),
    (b"\x12\x0a\xa2" + bytes.fromhex("00 0000 0000 0a1b 0002"), "drive 2587[2]"),
    (b"\x12\x0e\xb2" + bytes.fromhex("ff 8a0e 0001 11223344 20000001"), "symbol 8a0e00011122334420000001"),
]

UNKNOWN = [
    b"\x12\x0a\x10" + bytes.fromhex("63 0001 0001 84 000000"),
    item(0, 0),
    item(0x1FFFFF, 2),
    item(0, 1, 0x1D),
    item(0, 2, BYTE, area=0x1D),
    numbered(0xFFFF, 2),
    b"\x12\x0a\x99" + bytes(9),
    b"\x12\x09\x10" + bytes(8),
    b"\x12\x02\xb0\x01",
    b"\x12\x00",
    b"\x11" + item(0)[1:],
    b"\x12\x0a\x10\x02",
]


@pytest.mark.parametrize(("named", "text"), READ)
def test_a_variable_that_is_read_is_named(named: bytes, text: str) -> None:
    effects = ask(connected(*ALL), read(named))
    assert operations(effects)[0].objects[0] == text
    assert forwarded(effects) == [read(named)]


@pytest.mark.parametrize("named", UNKNOWN)
def test_what_cannot_be_named_is_malformed_and_answered_as_a_wrong_frame(named: bytes) -> None:
    effects = ask(connected(*ALL), read(named))
    assert forwarded(effects) == []
    assert operations(effects)[0].verdict is Verdict.MALFORMED
    assert replies(effects) == [traffic.ack(0x8500)]


def test_each_of_several_variables_is_named() -> None:
    assert traffic.said(read(item(0, 2), item(9, 1, BIT, bit=7), numbered(5))).objects == (
        "db1 0-1",
        "db1 9 9.7",
        "timers 5",
    )


def test_a_specification_of_odd_length_is_filled_up() -> None:
    nck = b"\x12\x08\x82" + bytes.fromhex("41 0005 0001 7f 01")
    odd = b"\x12\x0f\xb2" + bytes.fromhex("ff 8a0e 0001 11223344 20000001 00")
    assert traffic.said(read(nck, odd + b"\0", item(0))).objects[2] == "db1 0"


WRITTEN: list[tuple[bytes, bytes, tuple[Value, ...]]] = [
    (item(0, 2), value("01f4"), (1, 244)),
    (item(0, 2, WORD), value("fff6 0001"), (0xFFF6, 1)),
    (item(0, 2, INT), value("fff6 0001", 5), (-10, 1)),
    (item(0, 1, DINT), value("fffffff6"), (-10,)),
    (item(0, 1, REAL), value("41200000", 7), (10.0,)),
    (item(0, 1, REAL), value("7fc00000", 7), ("nan",)),
    (item(0, 1, BIT, bit=2), value("01", 3), (1,)),
    (item(0, 1, 15), value("1801010000000000", 9), ("1801010000000000",)),
    (numbered(4, 2), value("00100020", 9), (16, 32)),
    (numbered(4, 1, 0x1E), value("001000", 9), ("001000",)),
]


@pytest.mark.parametrize(("named", "data", "values"), WRITTEN)
def test_what_is_written_is_named_with_its_values(named: bytes, data: bytes, values: tuple[Value, ...]) -> None:
    assert traffic.said(write((named, data))).values == values


@pytest.mark.parametrize(
    "message",
    [
        write((item(0, 2), value("01"))),
        write((item(0, 2), value("010203"))),
        write((numbered(0, 3, 0x1E), value("01", 9))),
        write((item(0, 2), b"\0\x63\0\x10\1\2")),
        write((item(0, 2), b"\0\4\0\x20\1\2")),
        write((item(0, 2), value("0102") + b"\0\0")),
        traffic.job(b"\x05\x02" + item(0) + item(1), value("01")),
        traffic.job(b"\x05\x01" + item(0)),
        traffic.job(b"\x05\x00"),
        traffic.job(b"\x04\x00"),
        traffic.job(b"\x04\x01" + item(0), b"\0"),
        write((b"\x12\x0c\xb0\x02" + bytes.fromhex("01 000a 0010 01 000b 0000"), value("01"))),
    ],
)
def test_a_request_whose_parts_do_not_fit_is_malformed(message: bytes) -> None:
    effects = ask(connected(*ALL), message)
    assert forwarded(effects) == []
    assert operations(effects)[0].verdict is Verdict.MALFORMED


def test_the_byte_that_fills_up_may_be_left_out_after_the_last_item() -> None:
    whole = write((item(0, 1), value("07")), (item(1, 1), value("08")))
    short = traffic.job(b"\x05\x02" + item(0) + item(1), (value("07") + value("08"))[:-1])
    assert traffic.said(whole).values == traffic.said(short).values == (7, 8)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("01 02 0000 0010", "flags 16-17"),
        ("02 01 0000 0010", "flags 16-17"),
        ("03 01 0000 0010", "flags 16-19"),
        ("00 05 0000 0010", "flags 16 16.5"),
        ("11 01 0000 0000", "inputs 0"),
        ("22 01 0000 0002", "outputs 2-3"),
        ("32 01 0000 0100", "peripheral 256-257"),
        ("73 01 000a 0004", "db10 4-7"),
        ("70 07 000a 0004", "db10 4 4.7"),
        ("54 02 0000 0003", "timers 3-4"),
        ("64 01 0000 0003", "counters 3"),
        ("00 08 0000 0010", "watched 000800000010"),
        ("51 01 0000 0003", "watched 510100000003"),
        ("99 01 0000 0000", "watched 990100000000"),
    ],
)
def test_a_variable_in_a_table_is_named(address: str, text: str) -> None:
    assert str(watched(bytes.fromhex(address))) == text


@pytest.mark.parametrize("length", range(16))
@pytest.mark.parametrize("syntax", [0x10, 0x82, 0xA2, 0xB0, 0xB2, 0x00])
def test_no_specification_raises_whatever_its_length(syntax: int, length: int) -> None:
    assert isinstance(specification((bytes([syntax]) + bytes(15))[:length]), list | str)
