"""The table of commands is complete, and each has the tier that its effect on the process asks for."""

import pytest

from guards.fins.commands import COMMANDS, command_of
from policies.rules import Tier
from tests.unit.guards.fins.traffic import guard, refusal, request, said
from tests.unit.guards.seen import ask, forwarded

READ = {
    *(0x0101, 0x0104, 0x0201, 0x0220, 0x0306, 0x0501, 0x0502, 0x0601, 0x0602, 0x0603, 0x0620, 0x0701, 0x0801, 0x0802),
    *(0x0920, 0x2102, 0x2140, 0x2201, 0x2202, 0x2209, 0x220F, 0x2210, 0x230A, 0x2603),
}
OPERATE = {0x0102, 0x0103, 0x0105}
PROGRAM = {
    *(0x0202, 0x0203, 0x0221, 0x0304, 0x0305, 0x0307, 0x0308, 0x0401, 0x0402, 0x0702, 0x0803, 0x0C01, 0x0C02, 0x0C03),
    *(0x2101, 0x2103, 0x2141, 0x2203, 0x2204, 0x2205, 0x2206, 0x2207, 0x2208, 0x220A, 0x220B, 0x220C, 0x2211, 0x2215),
    *(0x2220, 0x2301, 0x2302, 0x2601, 0x2602),
}
FIRMWARE = {0x0403, 0x2803, 0x2804, 0x2805}
NARROWED = {"reads": [{"table": "dm"}], "writes": [{"table": "dm"}]}


@pytest.mark.parametrize(
    ("tier", "codes"),
    [(Tier.READ, READ), (Tier.OPERATE, OPERATE), (Tier.PROGRAM, PROGRAM), (Tier.FIRMWARE, FIRMWARE)],
)
def test_every_command_has_its_tier(tier: Tier, codes: set[int]) -> None:
    assert {code for code, row in COMMANDS.items() if row.tier is tier} == codes


def test_every_other_code_is_firmware() -> None:
    others = [code for code in range(0x10000) if code not in READ | OPERATE | PROGRAM]
    assert {command_of(code).tier for code in others} == {Tier.FIRMWARE}


def test_names_are_unique() -> None:
    assert len({row.name for row in COMMANDS.values()}) == len(COMMANDS)


def test_reading_a_program_or_file_out_is_marked_and_needs_its_right() -> None:
    marked = {code for code, row in COMMANDS.items() if row.is_upload}
    assert marked == {0x0306, 0x2202, 0x2210}
    for code in marked:
        message = request(code, bytes(8))
        assert forwarded(ask(guard("read"), message)) == []
        assert forwarded(ask(guard("read", upload=True), message)) == [message]
        assert said(message).is_upload


@pytest.mark.parametrize("code", sorted(COMMANDS | {0x1234: None, 0x0499: None, 0xFFFF: None}))
def test_a_session_without_tiers_reaches_nothing(code: int) -> None:
    assert forwarded(ask(guard(), request(code, bytes(10)))) == []


@pytest.mark.parametrize("code", [0x1234, 0x0000, 0x0110, 0x0404])
def test_what_nobody_knows_is_an_undefined_command(code: int) -> None:
    message = request(code)
    assert refusal(message, "read", "operate", "program") == 0x0401
    assert forwarded(ask(guard("firmware"), message)) == [message]


@pytest.mark.parametrize("code", sorted(PROGRAM))
def test_what_programs_cannot_be_executed_from_this_node(code: int) -> None:
    text = bytes.fromhex("0001 0001 30 0000 00") if code == 0x2301 else b""
    assert refusal(request(code, text), "read", "operate", "firmware") == 0x2607


@pytest.mark.parametrize("code", sorted(code for code, row in COMMANDS.items() if row.is_status))
def test_what_tells_about_the_unit_only_is_not_narrowed(code: int) -> None:
    assert refusal(request(code, bytes(2)), "read", **NARROWED) is None


@pytest.mark.parametrize("code", [0x0201, 0x0220, 0x0306, 0x2201, 0x2202, 0x2209, 0x220F, 0x2210])
def test_what_lies_outside_every_table_does_not_pass_where_reading_is_narrowed(code: int) -> None:
    assert refusal(request(code, bytes(8)), "read", upload=True, **NARROWED) == 0x2002
    assert refusal(request(code, bytes(8)), "read", upload=True) is None


def test_clearing_messages_is_more_than_reading_them() -> None:
    read_all, read_fal, clear = (request(0x0920, text) for text in ("00ff", "8000", "4001"))
    assert refusal(read_all, "read") is refusal(read_fal, "read") is None
    assert refusal(clear, "read") == 0x2102
    assert said(clear).tier is Tier.OPERATE
    assert refusal(clear, "operate") is None
    assert refusal(clear, "operate", **NARROWED) == 0x2101
    assert refusal(request(0x0920, b"\0"), "read") == 0x1004


def test_forcing_bits_is_programming_and_stays_within_what_may_be_written() -> None:
    bits = request(0x2301, "0002 0001 300010 03 0000 300010 04")
    assert said(bits).objects == ("cio 16 16.3", "cio 16 16.4")
    given = [{"table": "cio", "addresses": [{"first": 16, "last": 16}]}]
    assert refusal(bits, "program", writes=given) is None
    assert refusal(bits, "program", **NARROWED) is not None
    assert refusal(bits, "operate") == 0x2607
    for text in ("", "0000", "0002 0001 300010 03", "0001 0001 550010 03", "0001 0001 300010 10"):
        assert refusal(request(0x2301, text), "program") == 0x1004
