"""Tiers, the unit fence, address ranges, value bounds and tiers to be asked for, each with its own exception."""

import pytest

from guards.effects import Effect, Verdict
from policies.rules import ObjectRule
from tests.unit.guards.modbus.traffic import adu, ask, asks, forwarded, guard, operations, ranges, replies

SETPOINTS = (ranges("holding", (100, 119), minimum=10, maximum=1000),)


def exception(effects: list[Effect]) -> int:
    [reply] = replies(effects)
    assert forwarded(effects) == []
    return reply[8]


def test_a_write_is_answered_with_an_exception_and_never_forwarded() -> None:
    effects = ask(guard("read"), adu("06 0064 002a", transaction=77))
    assert forwarded(effects) == []
    assert replies(effects) == [adu("86 01", transaction=77)]
    assert operations(effects)[0].reason == "tier operate is not allowed"


@pytest.mark.parametrize("unit", [0, 2, 255])
def test_another_unit_behind_the_same_gateway_is_refused_with_0a(unit: int) -> None:
    assert exception(ask(guard("read", units=frozenset({1})), adu("03 0000 0001", unit=unit))) == 0x0A


def test_a_unit_inside_the_fence_is_reached_and_what_it_may_is_not_remembered_for_another() -> None:
    inspector = guard("read", units=frozenset({1, 7}), max_in_flight=4)
    assert forwarded(ask(inspector, adu("03 0000 0001", unit=7))) == [adu("03 0000 0001", unit=7)]
    assert forwarded(ask(inspector, adu("03 0000 0001", unit=1))) == [adu("03 0000 0001", unit=1)]
    assert forwarded(ask(inspector, adu("03 0000 0001", unit=3))) == []


def test_an_empty_fence_lets_no_unit_through() -> None:
    assert exception(ask(guard("read", units=frozenset()), adu("03 0000 0001"))) == 0x0A


@pytest.mark.parametrize(
    "pdu", ["03 0063 0001", "03 0064 0015", "03 0077 0002", "03 0000 0001", "04 0064 0001", "18 0064"]
)
def test_a_read_outside_the_ranges_is_refused_with_02(pdu: str) -> None:
    assert exception(ask(guard("read", reads=(ranges("holding", (100, 119)),)), adu(pdu))) == 2


@pytest.mark.parametrize("pdu", ["03 0064 0014", "03 0064 0001", "03 0077 0001", "11", "2b0e0100", "08 000b 0000"])
def test_a_read_inside_the_ranges_or_of_no_table_passes(pdu: str) -> None:
    assert forwarded(ask(guard("read", reads=(ranges("holding", (100, 119)),)), adu(pdu))) == [adu(pdu)]


def test_adjacent_and_overlapping_ranges_count_as_one() -> None:
    reads = (ranges("holding", (105, 120), (0, 9)), ranges("holding", (10, 19), (100, 110)))
    assert forwarded(ask(guard("read", reads=reads), adu("03 0000 0014")))
    assert forwarded(ask(guard("read", reads=reads), adu("03 0064 0015")))
    assert exception(ask(guard("read", reads=reads), adu("03 0000 0015"))) == 2


def test_a_fifo_needs_the_whole_queue_inside_the_ranges() -> None:
    assert forwarded(ask(guard("read", reads=(ranges("holding", (100, 131)),)), adu("18 0064")))
    assert exception(ask(guard("read", reads=(ranges("holding", (100, 130)),)), adu("18 0064"))) == 2


@pytest.mark.parametrize(
    ("tier", "pdu"), [("read", "14 07 06 0001 0000 0001"), ("operate", "15 09 06 0001 0000 0001 0000")]
)
def test_file_records_pass_only_where_no_ranges_are_set(tier: str, pdu: str) -> None:
    everything = tuple(ranges(table, (0, 65535)) for table in ("coils", "discrete", "holding", "input"))
    assert forwarded(ask(guard(tier), adu(pdu))) == [adu(pdu)]
    assert exception(ask(guard(tier, reads=everything, writes=everything), adu(pdu))) == 2


@pytest.mark.parametrize("pdu", ["06 0063 0064", "10 0077 0002 04 0064 0064", "05 0064 ff00", "16 0063 0000 0064"])
def test_a_write_outside_the_ranges_is_refused_with_02(pdu: str) -> None:
    assert exception(ask(guard("operate", writes=SETPOINTS), adu(pdu))) == 2


@pytest.mark.parametrize(
    "pdu",
    [
        "06 0064 0009",
        "06 0064 03e9",
        "10 0064 0002 04 0064 03e9",
        "16 0064 ffff 0000",
        "16 0064 0000 0001",
        "16 0064 0400 000a",
    ],
)
def test_a_value_that_is_or_may_become_out_of_bounds_is_refused_with_03(pdu: str) -> None:
    effects = ask(guard("operate", writes=SETPOINTS), adu(pdu))
    assert exception(effects) == 3
    assert operations(effects)[0].verdict is Verdict.DENIED


@pytest.mark.parametrize(
    "pdu", ["06 0064 000a", "06 0077 03e8", "10 0064 0002 04 000a 03e8", "16 0064 0000 0064", "16 0064 000f 0020"]
)
def test_a_value_within_its_bounds_passes(pdu: str) -> None:
    assert forwarded(ask(guard("operate", writes=SETPOINTS), adu(pdu))) == [adu(pdu)]


def test_a_coil_may_be_bounded_to_being_switched_off() -> None:
    writes = (ranges("coils", (0, 9), maximum=0),)
    assert exception(ask(guard("operate", writes=writes), adu("05 0001 ff00"))) == 3
    assert exception(ask(guard("operate", writes=writes), adu("0f 0000 0002 01 02"))) == 3
    assert forwarded(ask(guard("operate", writes=writes), adu("05 0001 0000")))


def test_each_object_is_held_against_the_rules_of_its_own_address() -> None:
    writes: tuple[ObjectRule, ...] = (ranges("holding", (0, 0), maximum=10), ranges("holding", (1, 1), maximum=100))
    assert forwarded(ask(guard("operate", writes=writes), adu("10 0000 0002 04 000a 0064")))
    assert exception(ask(guard("operate", writes=writes), adu("10 0000 0002 04 0064 000a"))) == 3


def test_reading_and_writing_at_once_needs_both_rights_and_both_ranges() -> None:
    pdu = adu("17 0000 0001 0064 0001 02 0064")
    assert exception(ask(guard("read"), pdu)) == 1
    assert exception(ask(guard("operate"), pdu)) == 1
    assert exception(ask(guard("read", "operate", reads=(ranges("holding", (1, 9)),)), pdu)) == 2
    assert exception(ask(guard("read", "operate", writes=(ranges("holding", (1, 9)),)), pdu)) == 2
    assert forwarded(ask(guard("read", "operate", reads=(ranges("holding", (0, 0)),), writes=SETPOINTS), pdu)) == [pdu]


def test_reading_that_must_be_asked_for_is_not_had_by_reading_and_writing_at_once() -> None:
    inspector = guard("read", "operate", ask=frozenset({"read"}))
    assert exception(ask(inspector, adu("17 0000 0001 0064 0001 02 0064"))) == 1


@pytest.mark.parametrize("tiers", [("read",), ("read", "program")])
def test_a_tier_to_be_asked_for_is_refused_with_01_and_asked(tiers: tuple[str, ...]) -> None:
    effects = ask(guard(*tiers, ask=frozenset({"program"})), adu("5a 00 41"))
    assert exception(effects) == 1
    assert operations(effects)[0].verdict is Verdict.ASKED
    assert [asked.operation for asked in asks(effects)] == operations(effects)


def test_the_fingerprint_of_what_is_asked_ignores_the_transaction_and_nothing_else() -> None:
    asked = [
        asks(ask(guard(ask=frozenset({"operate"})), request))[0].fingerprint
        for request in (
            adu("06 0001 0002"),
            adu("06 0001 0002", transaction=2),
            adu("06 0001 0003"),
            adu("06 0001 0002", unit=2),
        )
    ]
    assert asked[0] == asked[1]
    assert len(set(asked)) == 3


def test_what_is_malformed_or_out_of_range_is_not_asked() -> None:
    fields = {"ask": frozenset({"operate"}), "writes": SETPOINTS}
    for pdu in ("06 0001", "06 0001 0064", "06 0064 0001"):
        assert asks(ask(guard(**fields), adu(pdu))) == []
