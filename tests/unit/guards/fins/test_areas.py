"""Area codes and addresses are the objects that policies speak of; what has no word is named by its code."""

import pytest

from guards.fins.areas import AREAS
from policies.protocols import kind_of
from tests.unit.guards.fins.traffic import (
    CIO,
    CIO_BIT,
    DM,
    DM_BIT,
    fill,
    guard,
    point,
    read,
    refusal,
    request,
    response,
    said,
    transfer,
    words,
    write,
)
from tests.unit.guards.seen import answer, ask, operations

TENS = {"table": "dm", "addresses": [{"first": 10, "last": 19}]}


@pytest.mark.parametrize(
    ("area", "word", "objects"),
    [
        (DM, 100, "dm 100-101"),
        (CIO, 100, "cio 100-101"),
        (0xB1, 100, "wr 100-101"),
        (0xB2, 100, "hr 100-101"),
        (0xB3, 100, "ar 100-101"),
        (0xF0, 100, "cio 100-101"),
        (0xA0, 100, "em0 100-101"),
        (0xAF, 100, "em15 100-101"),
        (0x60, 100, "em16 100-101"),
        (0x68, 100, "em24 100-101"),
        (0x97, 100, "em7 100-101"),
        (0x98, 100, "em 100-101"),
        (0x89, 100, "tim 100-101"),
        (0x89, 0x8064, "cnt 100-101"),
        (0x09, 0x8064, "cnt 100-101"),
        (0x81, 100, "tim 100-101"),
        (0x81, 0x864, "cnt 100-101"),
        (0x80, 100, "cio 100-101"),
        (0x80, 2555, "area_80 2555-2556"),
        (0x81, 0x7FF, "area_81 2047-2048"),
        (0xBC, 0x0201, "dr 1-2"),
        (0xBC, 0x0F00, "area_bc 3840-3841"),
        (0xDC, 0x0101, "ir 1-2"),
        (0x46, 3, "tk 3-4"),
        (0x89, 0x0FFF, "area_89 4095-4096"),
        (0x9C, 0, "area_9c 0-1"),
        (0x05, 0, "area_05 0 0.0"),
    ],
)
def test_two_elements_of_an_area(area: int, word: int, objects: str) -> None:
    assert said(read(word, 2, area)).objects[0] == objects


@pytest.mark.parametrize("code", sorted(AREAS))
def test_every_area_speaks_in_the_words_of_policies_or_in_none(code: int) -> None:
    for word in (0, 0x0100, 0x0200, 0x8000):
        table = said(read(word, 1, code)).objects[0].split()[0]
        assert kind_of("fins", table) is not None or table == f"area_{code:02x}"


@pytest.mark.parametrize("code", sorted(set(range(256)) - AREAS.keys()))
def test_an_area_that_nobody_knows_is_no_format(code: int) -> None:
    assert refusal(read(0, 1, code)) == 0x1004


def test_bits_are_named_one_by_one_also_across_words() -> None:
    operation = said(write(100, 1, 0, 1, area=CIO_BIT, bit=14))
    assert operation.objects == ("cio 100 100.14", "cio 100 100.15", "cio 101 101.0")
    assert operation.values == (1, 0, 1)


def test_many_bits_count_as_their_words_and_have_no_values() -> None:
    operation = said(write(100, *[1] * 65, area=CIO_BIT, bit=15))
    assert operation.objects == ("cio 100-104",)
    assert operation.values == ()


@pytest.mark.parametrize(
    "message",
    [
        read(0, 0),
        read(0xFFFF, 2),
        read(0xFFFF, 2, CIO_BIT, 15),
        read(0, 1, DM, bit=1),
        read(0, 1, CIO_BIT, bit=16),
        request(0x0101, point(0) + b"\0\1\0"),
        request(0x0101, point(0)),
        request(0x0102, point(0) + b"\0\2" + words(1)),
        request(0x0102, point(0) + b"\0\1" + words(1, 2)),
        write(0, 2, area=CIO_BIT),
        request(0x0103, point(0) + b"\0\1" + words(1, 2)),
        request(0x0103, point(0, CIO_BIT) + b"\0\1" + words(1)),
        request(0x0104, b""),
        request(0x0104, point(0) + b"\0"),
        request(0x0104, point(0) + point(0, 0x55)),
        request(0x0105, point(0) + point(1) + b"\0\0"),
        request(0x0105, point(0) + point(1)),
        request(0x0105, point(0, 0x55) + point(1) + b"\0\1"),
        request(0x0105, point(0) + point(1, 0x55) + b"\0\1"),
    ],
)
def test_what_is_not_laid_out_as_it_must_be_is_refused(message: bytes) -> None:
    assert refusal(message) == 0x1004
    assert said(message).verdict == "malformed"


# --- narrowing


def test_reads_stay_within_what_is_given() -> None:
    assert refusal(read(10, 10), "read", reads=[TENS]) is None
    for outside in (read(9), read(19, 2), read(10, 1, CIO), read(10, 1, 0x98), read(10, 1, 0x9C)):
        assert refusal(outside, "read", reads=[TENS]) == 0x2002


def test_every_point_of_a_multiple_read_must_be_given() -> None:
    given = {"reads": [TENS, {"table": "cio", "names": ["3.7"]}]}
    assert refusal(request(0x0104, point(10) + point(3, CIO_BIT, 7)), "read", **given) is None
    for outside in (point(20), point(3, CIO_BIT, 6), point(0, 0x9C)):
        assert refusal(request(0x0104, point(10) + outside), "read", **given) == 0x2002


def test_writes_stay_within_what_is_given_whatever_command_writes() -> None:
    for inside in (write(10, *range(10)), fill(10, 10, 0), transfer(0, 10, 10), write(10, 1, area=DM_BIT)):
        assert refusal(inside, "read", "operate", writes=[TENS]) is None
    for outside in (write(9, 1, 2), fill(10, 11, 0), transfer(10, 9, 2), write(9, 1, area=DM_BIT, bit=15)):
        assert refusal(outside, "read", "operate", writes=[TENS]) == 0x2101


def test_a_transfer_also_reads() -> None:
    assert refusal(transfer(0, 10, 1), "operate") == 0x2102
    assert refusal(transfer(10, 12, 1), "read", "operate", reads=[TENS]) is None
    assert refusal(transfer(0, 10, 1), "read", "operate", reads=[TENS]) is not None
    assert refusal(transfer(0, 10, 1, area=0x9C), "read", "operate", reads=[TENS]) is not None


def test_of_a_transfer_the_record_names_what_it_writes_and_apart_from_that_what_it_reads() -> None:
    (operation,) = operations(ask(guard("read", "operate"), transfer(0, 10, 2)))
    assert (operation.objects, operation.values) == (("dm 10-11", "read dm 0-1"), ())


def test_values_stay_within_their_bounds_whatever_command_writes() -> None:
    bounded = {"writes": [{**TENS, "maximum": 100}]}
    for inside in (write(10, 100, 0), fill(10, 10, 100)):
        assert refusal(inside, "read", "operate", **bounded) is None
    for outside in (write(10, 100, 101), fill(10, 10, 101), transfer(0, 10, 1)):
        assert refusal(outside, "read", "operate", **bounded) == 0x2108


def test_a_bound_on_a_word_is_not_got_round_by_its_bits() -> None:
    bounded = [{**TENS, "maximum": 100}]
    assert refusal(write(10, 1, area=DM_BIT, bit=15), "operate", writes=bounded) == 0x2108
    named = [*bounded, {"table": "dm", "names": ["10.0"], "minimum": 1, "maximum": 1}]
    assert refusal(write(10, 1, area=DM_BIT), "operate", writes=named) is None
    assert refusal(write(10, 0, area=DM_BIT), "operate", writes=named) == 0x2108
    assert refusal(write(10, 1, area=DM_BIT, bit=1), "operate", writes=named) == 0x2108
    assert refusal(write(10, *[1] * 65, area=DM_BIT), "operate", writes=bounded) == 0x2108


def test_a_flag_is_not_the_value_that_bounds_mean() -> None:
    bounded = [{"table": "tim", "maximum": 100}]
    assert refusal(write(5, 50, area=0x89), "operate", writes=bounded) is None
    assert refusal(write(5, 1, area=0x09), "operate", writes=bounded) == 0x2108


def test_a_long_fill_has_no_value() -> None:
    bounded = [{"table": "dm", "maximum": 100}]
    assert refusal(fill(0, 1024, 1), "operate", writes=bounded) is None
    assert refusal(fill(0, 1025, 1), "operate", writes=bounded) == 0x2108
    assert refusal(fill(0, 1025, 1), "operate", writes=[{"table": "dm"}]) is None


# --- answers


@pytest.mark.parametrize(
    ("message", "data", "values"),
    [
        (read(0, 2), words(1, 2), (1, 2)),
        (read(0, 2, CIO_BIT), b"\1\0", (1, 0)),
        (read(0, 1, 0xF0), bytes(4), ()),
        (read(0, 2, 0x09), b"\1\1", ()),
        (read(0, 1, 0x9C), words(1), ()),
        (request(0x0104, point(0) + point(3, CIO_BIT, 7)), b"\x82\0\5\x30\1", (5, 1)),
    ],
)
def test_an_answer_shows_values(message: bytes, data: bytes, values: tuple[int, ...]) -> None:
    inspector, code = guard("read"), int.from_bytes(message[26:28], "big")
    ask(inspector, message)
    operation = operations(answer(inspector, response(code, data)))[0]
    assert operation.values == values
    assert operation.reason == ""
    assert operation.is_response


@pytest.mark.parametrize(
    ("message", "data"),
    [
        (read(0, 2), words(1)),
        (read(0, 2), words(1, 2, 3)),
        (request(0x0104, point(0) + point(3, CIO_BIT, 7)), b"\x82\0\5"),
        (request(0x0104, point(0)), b"\x80\0\5"),
        (request(0x0104, point(0)), b"\x82\0\5\0"),
    ],
)
def test_an_answer_of_another_shape_is_marked(message: bytes, data: bytes) -> None:
    inspector, code = guard("read"), int.from_bytes(message[26:28], "big")
    ask(inspector, message)
    operation = operations(answer(inspector, response(code, data)))[0]
    assert "shape" in operation.reason
    assert operation.values == ()


def test_an_end_code_is_recorded_and_a_units_own_trouble_is_none() -> None:
    inspector = guard("read")
    for end, code in ((0x2102, 0x2102), (0x0040, None), (0x0080, None), (0x8205, 0x8205), (0x1103, 0x1103)):
        ask(inspector, read(0))
        operation = operations(answer(inspector, response(0x0101, words(1), end=end)))[0]
        assert operation.exception_code == code
        assert operation.values == ((1,) if code is None else ())
