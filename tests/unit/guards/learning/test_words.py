"""Objects as operations tell them are read back, and what no policy could name is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.given import Touched
from guards.learning.words import read_touched

SPANS = st.tuples(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF)).map(sorted)


@given(SPANS)
def test_a_range_is_read_back_as_it_was_written(span: list[int]) -> None:
    touched = Touched("holding", *span)
    assert read_touched("modbus", str(touched)) == touched


@pytest.mark.parametrize(
    ("protocol", "text", "touched"),
    [
        ("s7", "flags 4 4.3", Touched("flags", 4, 4, "4.3")),
        ("enip", "tag Motor.Speed", Touched("tag", name="motor.speed")),
        ("enip", "class142 1 3", Touched("class142", 1, 1, "3")),
        ("opcua", "node ns=2;s=Pump 1", Touched("node", name="ns=2;s=Pump 1")),
        ("dnp3", "binary_input", Touched("binary_input")),
        ("dnp3", "file C:/a b.xml", Touched("file", name="C:/a b.xml")),
    ],
)
def test_names_and_addresses_are_told_apart(protocol: str, text: str, touched: Touched) -> None:
    assert read_touched(protocol, text) == touched


@pytest.mark.parametrize(
    ("protocol", "text"),
    [
        ("modbus", "fifo 0"),
        ("modbus", "holding 65536"),
        ("modbus", "holding 7-3"),
        ("modbus", "holding 5 x"),
        ("modbus", "holding 05"),
        ("opcua", "node ns=2;s=*"),
        ("opcua", "node ns=2;s=a\nb"),
        ("opcua", "node " + "n" * 257),
        ("tcp", "holding 1"),
    ],
)
def test_what_no_policy_can_name_is_no_object(protocol: str, text: str) -> None:
    assert read_touched(protocol, text) is None
