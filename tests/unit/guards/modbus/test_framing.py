"""ADUs are cut from a byte stream by their MBAP header alone."""

import pytest

from guards.modbus.framing import AduSplitter, ExceptionCode, exception_response
from tests.unit.guards.modbus.traffic import READ_1, WRITE_1, adu


def test_two_adus_in_one_chunk_come_out_as_two() -> None:
    first, second = adu(READ_1), adu(WRITE_1, transaction=2)
    assert AduSplitter().feed(first + second) == ([first, second], None)


def test_an_adu_split_after_every_byte_comes_out_once_and_whole() -> None:
    splitter, whole = AduSplitter(), adu(READ_1)
    parts = [splitter.feed(bytes([byte]))[0] for byte in whole]
    assert parts == [[]] * (len(whole) - 1) + [[whole]]


def test_the_longest_adu_of_the_standard_passes() -> None:
    longest = adu(bytes([90]) + bytes(252))
    assert len(longest) == 260
    assert AduSplitter().feed(longest) == ([longest], None)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("0001 0001 0006", "modbus_protocol_id"),
        ("0001 0000 0000", "modbus_length"),
        ("0001 0000 0001", "modbus_length"),
        ("0001 0000 00ff 01 03", "modbus_length"),
        ("0001 0000 0401", "modbus_length"),
        ("0001 0000 ffff", "modbus_length"),
        ("1603 0100 8501", "modbus_protocol_id"),
    ],
)
def test_a_broken_header_is_a_fault_before_its_body_has_come(header: str, code: str) -> None:
    adus, fault = AduSplitter().feed(bytes.fromhex(header))
    assert adus == []
    assert fault is not None
    assert fault.code == code


def test_umas_may_be_longer_than_the_standard_and_nothing_else() -> None:
    longest = adu(bytes([90]) + bytes(1022))
    splitter = AduSplitter()
    assert [splitter.feed(bytes([byte]))[0] for byte in longest[:-1]] == [[]] * (len(longest) - 1)
    assert splitter.feed(longest[-1:]) == ([longest], None)
    for function in (3, 16, 90 | 0x80):
        adus, fault = AduSplitter().feed(adu(bytes([function]) + bytes(253)))
        assert adus == []
        assert fault is not None


def test_what_came_whole_before_a_fault_is_still_delivered() -> None:
    adus, fault = AduSplitter().feed(adu(READ_1) + b"GET / HTTP/1.1")
    assert adus == [adu(READ_1)]
    assert fault is not None


def test_an_exception_repeats_transaction_unit_and_function() -> None:
    response = exception_response(adu(WRITE_1, transaction=0x1234, unit=7), ExceptionCode.ILLEGAL_FUNCTION)
    assert response == bytes.fromhex("1234 0000 0003 07 86 01")
