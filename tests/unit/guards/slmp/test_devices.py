"""Devices, points and values, in all kinds of frames, are the objects that policies speak of."""

import pytest

from guards.slmp.devices import BY_CODE, named
from policies.protocols import kind_of
from tests.unit.guards.seen import answer, ask, operations
from tests.unit.guards.slmp.traffic import KINDS, LCN, OLD, ZR, D, Kind, M, W, X, Y, guard, refusal, said

TENS = {"table": "d", "addresses": [{"first": 10, "last": 19}]}
TEXT = Kind(is_ascii=True)
every = pytest.mark.parametrize("kind", KINDS)


def test_every_device_is_a_word_of_policies_and_has_one_code() -> None:
    assert all(kind_of("slmp", device.table) for device in BY_CODE.values())
    assert len({device.table for device in BY_CODE.values()}) == len(BY_CODE)


@pytest.mark.parametrize(
    ("text", "table"),
    [("D*", "d"), ("SN", "stn"), ("STN*", "stn"), ("ZR", "zr"), ("ZR**", "zr"), ("X*", "x"), ("LTN*", "ltn")],
)
def test_ascii_names_are_filled_up_and_shortened(text: str, table: str) -> None:
    device = named(text)
    assert device is not None
    assert device.table == table


@pytest.mark.parametrize("text", ["**", "*D", "Q*", "d*", "SS**", ""])
def test_other_names_are_none(text: str) -> None:
    assert named(text) is None


@every
def test_words_and_bits_in_a_row(kind: Kind) -> None:
    assert said(kind.read(100, 3)).objects == ("d 100-102",)
    assert said(kind.read(100, 3, M)).objects == ("m 100-147",)
    assert said(kind.read(100, 3, M, bits=True)).objects == ("m 100-102",)
    operation = said(kind.write(100, 1, 0xFFFF))
    assert (operation.objects, operation.values) == (("d 100-101",), (1, 0xFFFF))
    operation = said(kind.write(100, 1, 0, 1, code=M, bits=True))
    assert (operation.objects, operation.values) == (("m 100-102",), (1, 0, 1))
    operation = said(kind.write(100, 0x8001, code=M))
    assert (operation.objects, operation.values) == (("m 100-115",), (1, *[0] * 14, 1))


@every
def test_single_devices_as_words_double_words_and_bits(kind: Kind) -> None:
    operation = said(kind.write_random({5: 7}, {10: 0x20001}))
    assert (operation.objects, operation.values) == (("d 5", "d 10-11"), (7, 1, 2))
    body = kind.number(1, 1) + kind.number(1, 1) + kind.device(5) + kind.device(16, M)
    assert said(kind.request(0x0403, kind.sub, body)).objects == ("d 5", "m 16-47")
    assert said(kind.request(0x0801, kind.sub, body)).objects == ("d 5", "m 16-47")
    size = 2 if kind.is_long else 1
    body = kind.number(2, 1) + kind.device(5, M) + kind.number(1, size) + kind.device(9, M) + kind.number(0, size)
    operation = said(kind.request(0x1402, kind.sub | 1, body))
    assert (operation.objects, operation.values) == (("m 5", "m 9"), (1, 0))


@every
def test_blocks_of_words_and_of_bits(kind: Kind) -> None:
    counts = kind.number(1, 1) + kind.number(1, 1)
    body = counts + kind.device(5) + kind.number(2, 2) + kind.device(16, M) + kind.number(1, 2)
    assert said(kind.request(0x0406, kind.sub, body)).objects == ("d 5-6", "m 16-31")
    body = counts + kind.device(5) + kind.number(2, 2) + kind.words(7, 8)
    body += kind.device(16, M) + kind.number(1, 2) + kind.words(2)
    operation = said(kind.request(0x1406, kind.sub, body))
    assert operation.objects == ("d 5-6", "m 16-31")
    assert operation.values == (7, 8, 0, 1, *[0] * 14)


def test_long_devices_have_their_value_as_double_words_only() -> None:
    kind = Kind(is_long=True)
    operation = said(kind.write_random({}, {5: 0x12345678}, LCN))
    assert (operation.objects, operation.values) == (("lcn 5",), (0x12345678,))
    operation = said(kind.write(5, 1, 2, code=LCN))
    assert (operation.objects, operation.values) == (("lcn 5-6",), ())


def test_the_buffer_memory_of_a_module_is_read_as_engineering_stations_write_it() -> None:
    """The bytes are those of a GOT that read U1, G22 (subcommand 0080)."""
    u1 = bytes.fromhex("0000 160000 ab 0000 0100 f8 0100")
    assert said(OLD.request(0x0401, 0x80, u1)).objects == ("u1 22",)
    long = bytes.fromhex("0000 16000000 ab00 0000 0100 f8 0100")
    assert said(OLD.request(0x0401, 0x82, long)).objects == ("u1 22",)
    given = {"reads": [{"table": "u1", "addresses": [{"first": 0, "last": 50}]}]}
    assert refusal(OLD.request(0x0401, 0x80, u1), "read", **given) is None
    assert refusal(OLD.request(0x0401, 0x80, u1.replace(b"\x16", b"\x36")), "read", **given) == 0xC05B


@pytest.mark.parametrize(
    ("command", "sub", "body"),
    [
        (0x0401, 0x00, "000000 a8"),
        (0x0401, 0x00, "000000 a8 0000"),
        (0x0401, 0x00, "000000 a8 0100 00"),
        (0x0401, 0x00, "000000 a7 0100"),
        (0x0401, 0x01, "000000 a8 0100"),
        (0x0401, 0x04, "000000 a8 0100"),
        (0x0401, 0x40, "000000 a8 0100"),
        (0x0401, 0x00, "000000 90 0110"),
        (0x0401, 0x02, "ffffffff a800 0200"),
        (0x0401, 0x80, "0100 160000 ab 0000 0100 f8 0100"),
        (0x0401, 0x80, "0000 160000 ab 0100 0100 f8 0100"),
        (0x0401, 0x80, "0000 160000 ab 0000 0100 f9 0100"),
        (0x0401, 0x80, "0000 160000 a8 0000 0100 f8 0100"),
        (0x0401, 0x80, "0000 160000 ab 0000 0010 f8 0100"),
        (0x0403, 0x00, "00 00"),
        (0x0403, 0x01, "01 00 000000 a8"),
        (0x0403, 0x40, "01 00 000000 a8"),
        (0x0403, 0x00, "02 00 000000 a8"),
        (0x0406, 0x00, "01 00 000000 a8 0000"),
        (0x0406, 0x00, "00 00"),
        (0x0801, 0x00, "01 00"),
        (0x1401, 0x00, "000000 a8 0200 0100"),
        (0x1401, 0x01, "000000 90 0100 20"),
        (0x1402, 0x01, "01 000000 90 02"),
        (0x1402, 0x01, "01 000000 a8 01"),
        (0x1402, 0x01, "00"),
        (0x1406, 0x00, "01 00 000000 a8 0100"),
    ],
)
def test_what_is_not_laid_out_as_its_command_asks_for_is_refused(command: int, sub: int, body: str) -> None:
    operation = said(OLD.request(command, sub, bytes.fromhex(body)))
    assert operation.exception_code == 0xC05C
    assert operation.verdict == "malformed"


@pytest.mark.parametrize(
    ("sub", "body"),
    [
        (0x00, b"d*0000000001"),
        (0x00, b"Q*0000000001"),
        (0x00, b"D*00000A0001"),
        (0x00, b"D* 000000001"),
        (0x00, b"M*000000000a"),
        (0x80, b"000000U001D*000000000001"),
        (0x00, b"\xff*0000000001"),
    ],
)
def test_ascii_is_read_strictly(sub: int, body: bytes) -> None:
    assert refusal(TEXT.request(0x0401, sub, body)) == 0xC05C


# --- numbers that devices read differently


def test_in_ascii_numbers_of_inputs_outputs_and_file_registers_may_mean_two() -> None:
    assert said(TEXT.read(0x20, 1, X, bits=True)).objects == ("x 32", "x 16")
    assert said(TEXT.read(0x2F, 1, Y, bits=True)).objects == ("y 47",)
    assert said(TEXT.read(0x07, 1, Y, bits=True)).objects == ("y 7",)
    assert said(TEXT.read(20, 1, ZR)).objects == ("zr 20", "zr 32")
    assert said(TEXT.read(0x20, 1, W)).objects == ("w 32",)
    assert said(OLD.read(0x20, 1, X, bits=True)).objects == ("x 32",)


def test_both_meanings_must_be_given() -> None:
    def outputs(first: int, last: int) -> dict[str, object]:
        return {"writes": [{"table": "y", "addresses": [{"first": first, "last": last}]}]}

    write = TEXT.write(0x20, 1, code=Y, bits=True)
    assert refusal(write, "operate", **outputs(32, 47)) == 0xC05B
    assert refusal(write, "operate", **outputs(0, 31)) == 0xC05B
    assert refusal(write, "operate", **outputs(0, 47)) is None


def test_nothing_is_learned_where_the_device_is_not_certain() -> None:
    inspector = guard("read", "operate", writes=[{"table": "zr", "step": 10}])
    ask(inspector, TEXT.read(20, 1, ZR))
    answer(inspector, TEXT.response(TEXT.words(100)))
    assert operations(ask(inspector, TEXT.write(20, 101, code=ZR)))[0].exception_code == 0xC060


# --- narrowing


@every
def test_reads_and_writes_stay_within_what_is_given(kind: Kind) -> None:
    assert refusal(kind.read(10, 10), "read", reads=[TENS]) is None
    for outside in (kind.read(9), kind.read(19, 2), kind.read(10, 1, W)):
        assert refusal(outside, "read", reads=[TENS]) == 0xC05B
    for inside in (kind.write(10, *range(10)), kind.write_random({10: 1}, {18: 1})):
        assert refusal(inside, "operate", writes=[TENS]) is None
    for outside in (kind.write(19, 1, 2), kind.write_random({10: 1}, {19: 1}), kind.write_random({9: 1}, {10: 1})):
        assert refusal(outside, "operate", writes=[TENS]) == 0xC05B


@every
def test_values_stay_within_their_bounds(kind: Kind) -> None:
    bounded = {"writes": [{**TENS, "maximum": 100}, {"table": "m", "minimum": 1}]}
    for inside in (kind.write(10, 100, 0), kind.write(5, 1, 1, code=M, bits=True), kind.write_random({}, {10: 100})):
        assert refusal(inside, "operate", **bounded) is None
    for outside in (
        kind.write(10, 100, 101),
        kind.write(5, 1, 0, code=M, bits=True),
        kind.write(0, 0x7FFF, code=M),
        kind.write_random({10: 1}, {12: 0x650000}),
    ):
        assert refusal(outside, "operate", **bounded) == 0xC060


# --- answers


@every
def test_an_answer_shows_values(kind: Kind) -> None:
    for request, data, values in (
        (kind.read(0, 2), kind.words(1, 0xFFFE), (1, 0xFFFE)),
        (kind.read(0, 3, M, bits=True), kind.bits(1, 0, 1), (1, 0, 1)),
        (kind.read(0, 1, M), kind.words(3), (1, 1, *[0] * 14)),
        (kind.request(0x0101), b"anything", ()),
    ):
        inspector = guard("read")
        ask(inspector, request)
        (operation,) = operations(answer(inspector, kind.response(data)))
        assert (operation.values, operation.reason, operation.exception_code) == (values, "", None)
        assert operation.is_response


@every
def test_an_answer_of_another_shape_is_marked(kind: Kind) -> None:
    for data in (b"", kind.words(1), kind.words(1, 2, 3), b"\xff" * len(kind.words(1, 2)) + b"\xff"):
        inspector = guard("read")
        ask(inspector, kind.read(0, 2))
        (operation,) = operations(answer(inspector, kind.response(data)))
        assert "shape" in operation.reason


@every
def test_an_end_code_is_recorded(kind: Kind) -> None:
    inspector = guard("read")
    ask(inspector, kind.read(0))
    (operation,) = operations(answer(inspector, kind.refusal(0xC056, 0x0401, kind.sub)))
    assert (operation.exception_code, operation.values, operation.reason) == (0xC056, (), "")


def test_points_that_reach_beyond_any_device_are_refused() -> None:
    assert refusal(OLD.read(0, 0x1000, M)) is None
    assert refusal(OLD.read(0, 0x1001, M)) == 0xC05C
    assert D in BY_CODE
