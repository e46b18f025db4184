"""The table of functions is complete, and each known function has the tier that its effect on the process asks for."""

import pytest

from guards.modbus.functions import DIAGNOSTICS, ENCAPSULATED, FUNCTIONS, UMAS, UMAS_SIGNED, function_of
from policies.rules import Tier
from tests.unit.guards.modbus.traffic import adu, ask, forwarded, guard, operations, replies

READS = {1, 2, 3, 4, 7, 11, 12, 17, 20, 24}
WRITES = {5, 6, 15, 16, 21, 22, 23}
PROGRAMS = {9, 10, 13, 14, 18, 19, 40, 126}


def test_all_256_codes_are_decided() -> None:
    assert [function.code for function in FUNCTIONS] == list(range(256))
    tiers = {tier: {f.code for f in FUNCTIONS if f.tier is tier} for tier in Tier}
    assert tiers[Tier.READ] == READS
    assert tiers[Tier.OPERATE] == WRITES
    assert tiers[Tier.PROGRAM] == PROGRAMS


def test_names_are_unique() -> None:
    rows = [*FUNCTIONS, *DIAGNOSTICS.values(), *ENCAPSULATED.values(), *UMAS.values(), *UMAS_SIGNED.values()]
    assert len({row.name for row in rows}) == len(rows)


@pytest.mark.parametrize("sub", [0, 2, *range(11, 19)])
def test_diagnostics_that_read_counters_are_reads(sub: int) -> None:
    assert function_of(adu(bytes([8, 0, sub, 0, 0]))).tier is Tier.READ


@pytest.mark.parametrize("sub", [1, 3, 4, 10, 20])
def test_diagnostics_that_change_the_port_are_programming(sub: int) -> None:
    assert function_of(adu(bytes([8, 0, sub, 0, 0]))).tier is Tier.PROGRAM


@pytest.mark.parametrize("pdu", ["08 0005 0000", "08 0015 0000", "08 ffff 0000", "08 0100 0000", "08", "0800"])
def test_unknown_diagnostics_are_firmware(pdu: str) -> None:
    assert function_of(adu(pdu)).tier is Tier.FIRMWARE


@pytest.mark.parametrize(
    ("pdu", "tier"), [("2b0e0100", "read"), ("2b0d00", "program"), ("2b0f", "firmware"), ("2b", "firmware")]
)
def test_encapsulated_interfaces_are_told_apart_by_their_type(pdu: str, tier: str) -> None:
    assert function_of(adu(pdu)).tier == tier


@pytest.mark.parametrize("code", range(256))
def test_a_session_without_tiers_reaches_nothing(code: int) -> None:
    effects = ask(guard(), adu(bytes([code, 0, 0, 0, 1])))
    assert forwarded(effects) == []
    assert replies(effects)[0][7] == code | 0x80


@pytest.mark.parametrize("code", [0, 128, 131, 255])
def test_a_code_that_no_request_may_have_is_refused_even_where_all_tiers_are_allowed(code: int) -> None:
    effects = ask(guard("read", "operate", "program", "firmware"), adu(bytes([code, 0])))
    assert forwarded(effects) == []
    assert operations(effects)[0].exception_code == 1


@pytest.mark.parametrize("code", [42, 65, 72, 100, 110, 125, 127])
def test_vendor_codes_need_the_firmware_tier(code: int) -> None:
    pdu = adu(bytes([code, 1, 2, 3]))
    assert forwarded(ask(guard("read", "operate", "program"), pdu)) == []
    assert forwarded(ask(guard("firmware"), pdu)) == [pdu]
