"""Requests are decoded as V1.1b3, section 6 lays them out; what it does not allow is malformed."""

import pytest

from guards.effects import Verdict
from guards.modbus.contents import Contents, Malformed
from guards.modbus.functions import PDU_AT, function_of
from tests.unit.guards.modbus.traffic import adu, ask, forwarded, guard, operations, replies

ALL = ("read", "operate", "program", "firmware")

SOUND = [
    ("01 0000 07d0", ("coils 0-1999",), ()),
    ("02 000a 0001", ("discrete 10",), ()),
    ("03 0064 0014", ("holding 100-119",), ()),
    ("04 ffff 0001", ("input 65535",), ()),
    ("05 0001 ff00", ("coils 1",), (1,)),
    ("05 0001 0000", ("coils 1",), (0,)),
    ("06 0001 abcd", ("holding 1",), (0xABCD,)),
    ("07", (), ()),
    ("08 0000 1234 5678", (), (0x1234, 0x5678)),
    ("08 0001 ff00", (), (0xFF00,)),
    ("08 0015 0000", ("sub-function 21",), ()),
    ("0b", (), ()),
    ("0c", (), ()),
    ("0f 0013 000a 02 cd01", ("coils 19-28",), (1, 0, 1, 1, 0, 0, 1, 1, 1, 0)),
    ("10 0001 0002 04 000a 0102", ("holding 1-2",), (10, 258)),
    ("11", (), ()),
    ("14 0e 06 0004 0001 0002 06 0003 0009 0001", ("file 4 records 1-2", "file 3 record 9"), ()),
    ("15 0d 06 0004 0007 0003 06af 04be 100d", ("file 4 records 7-9",), (0x06AF, 0x04BE, 0x100D)),
    ("16 0004 00f2 0025", ("holding 4",), (0xF2, 0x25)),
    ("17 0003 0006 000e 0003 06 00ff 00ff 00ff", ("holding 14-16", "read holding 3-8"), (255, 255, 255)),
    ("18 04de", ("fifo 1246",), ()),
    ("2b 0e 01 00", ("identification object 0",), ()),
    ("2b 0f 00", ("sub-function 15",), ()),
    ("5a 00 01", (), ()),
]

BROKEN = [
    "01 0000 0000",
    "01 0000 07d1",
    "02 0000 07d1",
    "03 0000 0000",
    "03 0000 007e",
    "04 0000 007e",
    "03 0000",
    "03 0000 0001 00",
    "05 0001 0001",
    "05 0001 01ff",
    "05 0001 fe00",
    "06 0001",
    "07 00",
    "08 0002 00",
    "08 0001 1234",
    "08",
    "0b 00",
    "0f 0000 0000 00",
    "0f 0000 07b1 f7",
    "0f 0000 000a 01 cd",
    "0f 0000 000a 02 cd",
    "10 0000 0000 00",
    "10 0000 007c f8",
    "10 0000 0002 02 0001",
    "10 0000 0001 02 0001 0002",
    "10",
    "11 00",
    "14 00",
    "14 08 06 0004 0001 0002 06",
    "14 07 05 0004 0001 0002",
    "14 07 06 0000 0001 0002",
    "14 07 06 0004 2710 0001",
    "14 07 06 0004 0001 00ff",
    "15 00",
    "15 09 06 0004 0001 0002 0001",
    "15 0a 06 0004 0001 0001 0001 06",
    "16 0004 00f2",
    "17 0000 0000 0000 0001 02 0000",
    "17 0000 007e 0000 0001 02 0000",
    "17 0000 0001 0000 007a f4",
    "17 0000 0001 0000 0001 04 0000",
    "18 04",
    "2b 0e 00 00",
    "2b 0e 05 00",
    "2b 0e 01",
]


@pytest.mark.parametrize(("pdu", "objects", "values"), SOUND)
def test_a_sound_request_is_forwarded_and_its_objects_and_values_are_named(
    pdu: str, objects: tuple[str, ...], values: tuple[int, ...]
) -> None:
    effects = ask(guard(*ALL), adu(pdu, transaction=9, unit=5))
    [operation] = operations(effects)
    assert forwarded(effects) == [adu(pdu, transaction=9, unit=5)]
    assert (operation.objects, operation.values) == (objects, values)
    assert (operation.transaction, operation.unit, operation.verdict) == (9, 5, Verdict.ALLOWED)


@pytest.mark.parametrize("pdu", BROKEN)
def test_a_malformed_request_is_answered_with_03_and_never_forwarded(pdu: str) -> None:
    effects = ask(guard(*ALL), adu(pdu))
    [operation] = operations(effects)
    assert forwarded(effects) == []
    assert replies(effects) == [adu(bytes([bytes.fromhex(pdu)[0] | 0x80, 3]))]
    assert (operation.verdict, operation.exception_code) == (Verdict.MALFORMED, 3)


@pytest.mark.parametrize(
    "pdu",
    [
        "03 ffff 0002",
        "01 fffe 0003",
        "0f ffff 0002 01 00",
        "10 ffff 0002 04 0000 0000",
        "17 ffff 0002 0000 0001 02 0000",
        "17 0000 0001 ffff 0002 04 0000 0000",
    ],
)
def test_a_request_beyond_the_last_address_is_answered_with_02(pdu: str) -> None:
    effects = ask(guard(*ALL), adu(pdu))
    assert forwarded(effects) == []
    assert replies(effects)[0][8] == 2


def test_a_mask_write_has_every_result_between_its_bounds() -> None:
    pdu = bytes.fromhex("16 0000 00f2 0025")
    contents = function_of(adu(pdu)).request(adu(pdu)[PDU_AT:])
    assert isinstance(contents, Contents)
    results = [current & 0xF2 | 0x25 & ~0xF2 for current in range(0x10000)]
    assert (contents.lows, contents.highs) == ((min(results),), (max(results),))


@pytest.mark.parametrize("code", range(1, 128))
def test_no_decoder_raises_on_a_request_cut_short(code: int) -> None:
    longest = bytes([code]) + bytes.fromhex("0e 0100 0001 0204 0600 0400 0700") + bytes(238)
    for end in range(1, len(longest)):
        decoded = function_of(adu(longest[:end])).request(longest[:end])
        assert isinstance(decoded, Contents | Malformed)
