"""The table of commands is complete, and each has the tier that its effect on the process asks for."""

import pytest

from guards.slmp.commands import COMMANDS, command_of
from policies.rules import Tier
from tests.unit.guards.seen import ask, forwarded
from tests.unit.guards.slmp.traffic import OLD, guard, refusal, said

READ = {
    *(0x0101, 0x0201, 0x0202, 0x0203, 0x0204, 0x0205, 0x0206, 0x0401, 0x0403, 0x0406, 0x041A, 0x041C, 0x0601, 0x0613),
    *(0x0619, 0x0801, 0x0802, 0x0E28, 0x0E30, 0x0E32, 0x0E33, 0x0E44, 0x0E45, 0x0E53, 0x1810, 0x1811, 0x1827, 0x1828),
    *(0x182A, 0x3060, 0x3061),
}
OPERATE = {0x1401, 0x1402, 0x1406, 0x141A, 0x141B, 0x1601, 0x1613, 0x3070}
PROGRAM = {
    *(0x0808, 0x0E31, 0x0E34, 0x0E35, 0x0E36, 0x0E3A, 0x1001, 0x1002, 0x1003, 0x1005, 0x1202, 0x1203, 0x1204, 0x1205),
    *(0x1206, 0x1207, 0x1617, 0x1619, 0x161A, 0x1630, 0x1631, 0x1820, 0x1822, 0x1824, 0x1825, 0x1826, 0x1829),
}
FIRMWARE = {0x1006, 0x4020, 0x5000, 0x5001, 0x5002}
DEVICES = {0x0401, 0x0403, 0x0406, 0x0801, 0x1401, 0x1402, 0x1406}
NARROWED = {"reads": [{"table": "d"}], "writes": [{"table": "d"}]}


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


def test_reading_a_file_out_is_marked_from_opening_it_to_closing_it_and_needs_its_right() -> None:
    marked = {code for code, row in COMMANDS.items() if row.is_upload}
    assert marked == {0x0206, 0x1827, 0x1828, 0x182A}
    for code in marked:
        message = OLD.request(code, body=bytes(8))
        assert forwarded(ask(guard("read"), message)) == []
        assert forwarded(ask(guard("read", upload=True), message)) == [message]
        assert said(message).is_upload


@pytest.mark.parametrize("code", sorted({*COMMANDS, 0x1234, 0x2101, 0xFFFF}))
def test_a_session_without_tiers_reaches_nothing(code: int) -> None:
    assert forwarded(ask(guard(), OLD.request(code, body=bytes(10)))) == []


@pytest.mark.parametrize("code", sorted({*PROGRAM, *FIRMWARE, 0x1234}))
def test_what_is_more_than_operating_is_no_command_for_an_operator(code: int) -> None:
    assert refusal(OLD.request(code), "read", "operate") == 0xC059


@pytest.mark.parametrize("code", sorted(code for code, row in COMMANDS.items() if row.is_status))
def test_what_tells_about_the_device_only_is_not_narrowed(code: int) -> None:
    assert refusal(OLD.request(code), "read", **NARROWED) is None


@pytest.mark.parametrize(
    "code", sorted(code for code in READ | OPERATE if code not in DEVICES and not COMMANDS[code].is_status)
)
def test_what_has_no_device_does_not_pass_where_devices_are_given(code: int) -> None:
    assert refusal(OLD.request(code), "read", "operate", upload=True, **NARROWED) == 0xC05B
    assert refusal(OLD.request(code), "read", "operate", upload=True) is None
