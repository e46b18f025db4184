"""Object headers read by the book: what is touched, what it holds, and where the next one begins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.dnp3.functions import FUNCTIONS, PACKED, SIZES, TABLES
from guards.dnp3.objects import Header, header
from guards.dnp3.values import _NUMBERS, MAX_BITS
from policies.protocols import kind_of


def read(text: str, *, has_data: bool = True) -> Header:
    data = bytes.fromhex(text)
    found = header(data, 0, has_data=has_data)
    assert isinstance(found, Header)
    assert found.end == len(data)
    return found


@pytest.mark.parametrize(
    ("text", "touched", "values"),
    [
        ("0102 00 0001 81 01", ["binary_input 0-1"], (1, 0)),
        ("0101 00 0009 0502", ["binary_input 0-9"], (1, 0, 1, 0, 0, 0, 0, 0, 0, 1)),
        ("0301 00 0002 36", ["double_bit_input 0-2"], (2, 1, 3)),
        ("0302 00 0000 c1", ["double_bit_input 0"], (3,)),
        ("0202 28 0100 0700 80 000000000000", ["binary_input 7"], (1,)),
        ("0a02 00 0000 81", ["binary_output 0"], (1,)),
        ("0c01 17 01 05 4101 64000000 64000000 00", ["binary_output 5"], (0x41,)),
        ("0c01 17 01 05 4102 64000000 64000000 00", ["binary_output 5"], (0x41, 2)),
        ("1401 00 0000 01 ffffffff", ["counter 0"], (0xFFFFFFFF,)),
        ("1506 00 0000 01 0500 000000000000", ["frozen_counter 0"], (5,)),
        ("1e01 00 0000 01 feffffff", ["analog_input 0"], (-2,)),
        ("1e02 01 0001 0101 01 0200 01 0300", ["analog_input 256-257"], (2, 3)),
        ("1e04 02 00000000 00000000 feff", ["analog_input 0"], (-2,)),
        ("1e05 00 0000 01 0000c03f", ["analog_input 0"], (1.5,)),
        ("2006 17 01 03 01 000000000000f83f", ["analog_input 3"], (1.5,)),
        ("2802 00 0303 01 2c01", ["analog_output 3"], (300,)),
        ("6e03 00 0001 616263 646566", ["octet_string 0-1"], ()),
        ("3201 07 01 000000000000", ["time"], ()),
        ("2903 17 00", [], ()),
    ],
)
def test_objects_and_their_values(text: str, touched: list[str], values: tuple[float, ...]) -> None:
    found = read(text)
    assert [str(access.touched) for access in found.accesses] == touched
    assert tuple(value for access in found.accesses for value in access.values) == values


@pytest.mark.parametrize(
    ("text", "statuses", "states"),
    [
        ("2902 28 0200 0100 2c01 00 0200 2d01 09", (9, 14), []),
        ("0c01 00 0505 0301 64000000 64000000 07", (15,), []),
        ("0c02 07 01 0301 64000000 64000000 07", (14,), []),
        ("0c03 00 0007 ff", (), []),
        ("2802 00 0304 01 2c01 00 2d01", (), ["analog_output 3"]),
        ("2a04 17 01 03 01 2c01 000000000000", (), ["analog_output 3"]),
        ("2b02 17 01 03 00 2c01", (), []),
        ("1e02 00 0303 01 2c01", (), []),
    ],
)
def test_where_statuses_stand_and_which_outputs_are_told(
    text: str, statuses: tuple[int, ...], states: list[str]
) -> None:
    found = read(text)
    assert found.statuses == statuses
    assert [str(access.touched) for access in found.states] == states


@pytest.mark.parametrize(
    "text",
    ["", "0c", "0c01", "0c0128", "0c012801", "0c01280100", "1e0200", "1e020005", "1e02000504", "1e02000001 01 0000",
     "1e02 02 00000100 00000100 01 0000", "1e02 39 01000000 00000100 01 0000", "0101 17 01 00 01", "c801 00 0000 00",
     "4603 5b", "4605 5b 01", "4605 5b 01 0400 00", "1e02 03 00", "1e02 47 01 00", "1e02 0b 01", "1e02 97 01"],
)  # fmt: skip
def test_what_cannot_be_told_apart_or_is_cut_short(text: str) -> None:
    assert isinstance(header(bytes.fromhex(text), 0, has_data=True), str)


def test_more_bits_than_anybody_reads_are_not_taken_apart() -> None:
    most, more = (
        f"0101 01 0000 {(MAX_BITS - 1).to_bytes(2, 'little').hex()}",
        f"0101 01 0000 {MAX_BITS.to_bytes(2, 'little').hex()}",
    )
    assert len(read(most + "ff" * 250).accesses[0].values) == MAX_BITS
    assert read(more + "ff" * 251).accesses[0].values == ()


@given(data=st.binary(max_size=60), has_data=st.booleans())
def test_any_bytes_are_a_header_within_them_or_a_reason(data: bytes, has_data: bool) -> None:
    found = header(data, 0, has_data=has_data)
    assert isinstance(found, str) or 3 <= found.end <= len(data)


def test_the_numbers_of_objects_fit_into_them() -> None:
    assert all(number.size <= SIZES[group][variation] for (group, variation), number in _NUMBERS.items())
    assert not set(_NUMBERS) & set(PACKED)


def test_every_table_of_points_is_one_that_policies_know() -> None:
    assert {table for table in TABLES.values() if kind_of("dnp3", table) is None} == {"authentication"}


def test_the_functions_of_the_standard_are_all_there_under_names_of_their_own() -> None:
    assert set(FUNCTIONS) == {*range(0x22), 0x81, 0x82, 0x83}
    assert len({function.name for function in FUNCTIONS.values()}) == len(FUNCTIONS)
