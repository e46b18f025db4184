"""What the guard says about responses, and how it ends a stream that is not Modbus/TCP."""

import pytest

from guards.effects import Cut, Direction, Forward, Observed, Operation, Verdict
from guards.modbus.guard import ODD_SHAPE
from policies.rules import Tier
from tests.unit.guards.modbus.traffic import NOW, READ_1, adu, answer, ask, cuts, forwarded, guard, operations, replies

ALL = ("read", "operate", "program", "firmware")

ANSWERS = [
    ("01 0013 000a", "01 02 cd01", (1, 0, 1, 1, 0, 0, 1, 1, 1, 0)),
    ("02 0000 0001", "02 01 01", (1,)),
    ("03 006b 0003", "03 06 022b 0000 0064", (555, 0, 100)),
    ("04 0008 0001", "04 02 000a", (10,)),
    ("05 00ac ff00", "05 00ac ff00", (1,)),
    ("06 0001 0003", "06 0001 0003", (3,)),
    ("07", "07 6d", (0x6D,)),
    ("08 0000 a537", "08 0000 a537", (0xA537,)),
    ("08 000b 0000", "08 000b 0108", (0x108,)),
    ("0b", "0b ffff 0108", (0xFFFF, 0x108)),
    ("0c", "0c 08 0000 0108 0121 2000", (0, 0x108, 0x121)),
    ("0f 0013 000a 02 cd01", "0f 0013 000a", ()),
    ("10 0001 0002 04 000a 0102", "10 0001 0002", ()),
    ("11", "11 03 41 42 ff", ()),
    ("14 0e 06 0004 0001 0002 06 0003 0009 0002", "14 0c 05 06 0dfe 0020 05 06 33cd 0040", (0xDFE, 0x20, 0x33CD, 0x40)),
    ("15 09 06 0004 0007 0001 06af", "15 09 06 0004 0007 0001 06af", (0x6AF,)),
    ("16 0004 00f2 0025", "16 0004 00f2 0025", (0xF2, 0x25)),
    ("17 0003 0002 000e 0001 02 00ff", "17 04 00fe 0acd", (0xFE, 0xACD)),
    ("18 04de", "18 0006 0002 01b8 1284", (0x1B8, 0x1284)),
    ("2b 0e 01 00", "2b 0e 01 01 00 00 00", ()),
    ("5a 00 02", "5a 00 fe 01", ()),
]


def asked(pdu: str) -> tuple[Operation, Operation]:
    """Return the request's and the response's operation of one row of ``ANSWERS``."""
    inspector = guard(*ALL)
    reply = next(reply for request, reply, _ in ANSWERS if request == pdu)
    return operations(ask(inspector, adu(pdu)))[0], operations(answer(inspector, adu(reply)))[0]


@pytest.mark.parametrize(("request_pdu", "response_pdu", "values"), ANSWERS)
def test_a_response_passes_unchanged_and_its_values_are_named(
    request_pdu: str, response_pdu: str, values: tuple[int, ...]
) -> None:
    inspector = guard(*ALL)
    ask(inspector, adu(request_pdu))
    effects = answer(inspector, adu(response_pdu))
    assert forwarded(effects) == [adu(response_pdu)]
    [operation] = operations(effects)
    assert (operation.values, operation.reason) == (values, "")
    assert (operation.is_response, operation.exception_code) == (True, None)


@pytest.mark.parametrize(
    ("request_pdu", "response_pdu"), [row[:2] for row in ANSWERS if row[0][:2] not in {"5a", "2b"}]
)
def test_a_response_of_the_wrong_shape_passes_but_is_noted(request_pdu: str, response_pdu: str) -> None:
    inspector, broken = guard(*ALL), adu(bytes.fromhex(response_pdu) + b"\x99")
    ask(inspector, adu(request_pdu))
    effects = answer(inspector, broken)
    assert forwarded(effects) == [broken]
    assert (operations(effects)[0].reason, operations(effects)[0].values) == (ODD_SHAPE, ())


@pytest.mark.parametrize(("request_pdu", "response_pdu"), [row[:2] for row in ANSWERS])
def test_no_decoder_raises_on_a_response_cut_short(request_pdu: str, response_pdu: str) -> None:
    whole = bytes.fromhex(response_pdu)
    for end in range(1, len(whole)):
        inspector = guard(*ALL)
        ask(inspector, adu(request_pdu))
        assert forwarded(answer(inspector, adu(whole[:end]))) == [adu(whole[:end])]


def test_an_operation_says_all_that_the_record_needs() -> None:
    inspector = guard("read")
    assert ask(inspector, adu("03 0064 0014", transaction=3, unit=4))[0] == Observed(
        Operation(
            direction=Direction.TO_ASSET,
            protocol="modbus",
            function_code=3,
            function="read_holding_registers",
            tier=Tier.READ,
            verdict=Verdict.ALLOWED,
            transaction=3,
            unit=4,
            objects=("holding 100-119",),
        )
    )


def test_an_exception_of_the_device_passes_and_is_named() -> None:
    inspector = guard("read")
    ask(inspector, adu(READ_1))
    effects = answer(inspector, adu("83 02"))
    assert forwarded(effects) == [adu("83 02")]
    assert (operations(effects)[0].exception_code, operations(effects)[0].reason) == (2, "")


def test_the_response_to_reading_and_writing_at_once_names_what_was_read() -> None:
    request, response = asked("17 0003 0002 000e 0001 02 00ff")
    assert (request.objects, request.values) == (("holding 14", "read holding 3-4"), (255,))
    assert response.objects == ("holding 3-4",)


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x02\x00\x01", bytes(6), b"\xff" * 300])
@pytest.mark.parametrize("direction", list(Direction))
def test_what_is_not_modbus_cuts_the_stream(garbage: bytes, direction: Direction) -> None:
    [cut] = guard(*ALL).receive(direction, garbage, NOW)
    assert isinstance(cut, Cut)


def test_after_a_cut_nothing_is_answered_or_kept() -> None:
    inspector = guard("read")
    ask(inspector, adu(READ_1) + adu(READ_1, transaction=2))
    answer(inspector, adu("03 02 002a")[:5])
    assert cuts(ask(inspector, b"\xff" * 7)) == ["modbus_protocol_id"]
    assert ask(inspector, adu(READ_1)) == answer(inspector, adu("03 02 002a")) == []
    assert inspector.on_tick(NOW + 99) == inspector.asset_gone(NOW + 99) == []
    assert inspector.held_bytes == 0


def test_requests_before_garbage_are_still_treated() -> None:
    effects = ask(guard("read"), adu("06 0000 0001") + b"garbage")
    assert replies(effects) == [adu("86 01")]
    assert cuts(effects) == ["modbus_protocol_id"]


def test_the_same_request_again_is_judged_as_before_with_its_own_transaction() -> None:
    inspector = guard("read")
    first, second = (ask(inspector, adu("06 0001 0001", transaction=number)) for number in (1, 2))
    assert [operations(first)[0].transaction, operations(second)[0].transaction] == [1, 2]
    assert replies(second) == [adu("86 01", transaction=2)]


def test_many_different_requests_do_not_grow_the_memory_of_judgements() -> None:
    inspector = guard("read")
    for first in range(1000):
        sent = ask(inspector, adu(b"\x03" + first.to_bytes(2, "big") + b"\0\1"))
        answer(inspector, adu("03 02 0000"))
        assert sent[-1] == Forward(Direction.TO_ASSET, adu(b"\x03" + first.to_bytes(2, "big") + b"\0\1"))
    assert len(inspector._judge._remembered) <= 128
