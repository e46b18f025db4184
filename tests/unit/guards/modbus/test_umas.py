"""What is inside function 90: tiers by the code of UMAS, refusals that keep the tool, and reservations given back."""

import pytest

from guards.effects import Direction, Effect, Operation, Reply, Verdict
from guards.modbus.functions import UMAS, function_of
from guards.modbus.guard import ModbusGuard
from guards.registry import make_decoder
from policies.rules import Rules, Tier
from tests.unit.guards.modbus.traffic import NOW, adu, answer, ask, cuts, forwarded, guard, operations, ranges, replies

READS = {0x01, 0x02, 0x03, 0x04, 0x06, 0x0A, 0x12, 0x20, 0x22, 0x24, 0x26, 0x33, 0x34, 0x35, 0x39, 0x58, 0x70, 0x73}
OPERATES = {0x23, 0x25, 0x71}
PROGRAMS = {0x10, 0x11, 0x21, 0x30, 0x31, 0x32, 0x36, 0x40, 0x41, 0x50, 0x6E}
SIGNATURE = "01" + 32 * "5a"
# As public tools send them to a real controller.
TAKE = "5a 00 10 16 2a 00 00 07 4841434b454421"
TAKEN = "5a 00 fe ba"
RELEASE = "5a ba 11"
START = "5a ba 40 ff 00"
STOP = "5a ba 41 ff 00"
FORCE = "5a 1c 50 15 00 03 01 04 44 00 0c 00 03 04 00 00 0c 00 0c 01 33 00 4b 03 00 00 0b 00 01 02 05 01 04 00 00 00 04"
READ_BLOCK = "5a 00 20 01 30 00 00 00 00 00 21 00"
REFUSED = "5a ba fd 81 80 c0 c6 2d"


def code(number: int) -> bytes:
    return bytes([0x5A, 0, number])


def signed(pdu: str) -> bytes:
    return bytes.fromhex("5a 00 38" + SIGNATURE + pdu)


def reserved(*tiers: str, unit: int = 1) -> ModbusGuard:
    """Return a guard on whose stream the reservation has been given."""
    inspector = guard(*tiers)
    assert forwarded(ask(inspector, adu(TAKE, unit=unit)))
    assert forwarded(answer(inspector, adu(TAKEN, unit=unit)))
    return inspector


def last_words(inspector: ModbusGuard) -> list[bytes]:
    effects = inspector.good_bye(NOW)
    assert all(effect.direction is Direction.TO_ASSET for effect in effects if isinstance(effect, Reply))
    return replies(effects)


def test_all_256_codes_are_decided_and_what_is_not_listed_is_firmware() -> None:
    tiers = {tier: {n for n in range(256) if function_of(adu(code(n))).tier is tier} for tier in Tier}
    assert tiers[Tier.READ] == READS
    assert tiers[Tier.OPERATE] == OPERATES
    assert tiers[Tier.PROGRAM] == PROGRAMS
    assert len(tiers[Tier.FIRMWARE]) == 256 - len(READS | OPERATES | PROGRAMS)


@pytest.mark.parametrize("number", range(256))
def test_a_reading_session_says_only_what_reads(number: int) -> None:
    effects = ask(guard("read"), adu(code(number)))
    reads_without_upload = READS - {0x33, 0x34, 0x35, 0x20}  # 20 has a layout, which this one lacks
    assert bool(forwarded(effects)) is (number in reads_without_upload)
    assert operations(effects)[0].function_code == 90


@pytest.mark.parametrize("pdu", [START, STOP, TAKE, RELEASE, FORCE, "5a 00 23", "5a 00 30", "5a 00 29", "5a 00 99"])
def test_a_refusal_is_exception_01_and_the_tool_goes_on(pdu: str) -> None:
    inspector = guard("read")
    effects = ask(inspector, adu(pdu, transaction=7))
    assert forwarded(effects) == []
    assert replies(effects) == [bytes.fromhex("0007 0000 0003 01 da 01")]
    assert operations(effects)[0].verdict is Verdict.DENIED
    assert forwarded(ask(inspector, adu("5a 00 02")))


@pytest.mark.parametrize("pdu", ["5a", "5a 00"])
def test_what_has_no_code_is_malformed(pdu: str) -> None:
    effects = ask(guard("read", "operate", "program", "firmware"), adu(pdu))
    assert forwarded(effects) == []
    assert operations(effects)[0].verdict is Verdict.MALFORMED


def test_reading_a_program_out_needs_its_own_flag() -> None:
    for number in (0x33, 0x34, 0x35):
        refused = ask(guard("read", "operate", "program"), adu(code(number)))
        assert replies(refused)[0][-2:] == b"\xda\x01"
        passed = ask(guard("read", upload=True), adu(code(number)))
        assert forwarded(passed)
        assert operations(passed)[0].is_upload
    assert not operations(ask(guard("program"), adu(code(0x31))))[0].is_upload


@pytest.mark.parametrize("number", [0x20, 0x22, 0x24, 0x26, 0x70])
def test_memory_that_has_no_address_is_not_read_where_ranges_are_set(number: int) -> None:
    pdu = bytes.fromhex(READ_BLOCK) if number == 0x20 else code(number)
    narrowed = guard("read", reads=(ranges("holding", (0, 10)),))
    assert replies(ask(narrowed, adu(pdu)))[0][-2:] == b"\xda\x02"
    assert forwarded(ask(guard("read"), adu(pdu)))


@pytest.mark.parametrize("number", sorted(OPERATES))
def test_memory_that_has_no_address_is_not_written_where_ranges_are_set(number: int) -> None:
    narrowed = guard("read", "operate", writes=(ranges("holding", (0, 10)),))
    assert replies(ask(narrowed, adu(code(number))))[0][-2:] == b"\xda\x02"


def test_a_block_is_named_and_nothing_may_follow_the_request_for_it() -> None:
    inspector = guard("read")
    (operation,) = operations(ask(inspector, adu(READ_BLOCK)))
    assert operation.objects == ("memory block 48 bytes 0-32",)
    assert operations(ask(inspector, adu(READ_BLOCK + "0102")))[0].verdict is Verdict.MALFORMED


@pytest.mark.parametrize(
    ("pdu", "name", "tier"),
    [
        (signed(STOP), "umas_stop_plc_signed", Tier.PROGRAM),
        (signed("5a 00 23 01"), "umas_write_variables_signed", Tier.PROGRAM),
        (signed("5a 00 02"), "umas_read_id_signed", Tier.PROGRAM),
        (signed("5a 00 29 01"), "umas_write_physical_address_signed", Tier.FIRMWARE),
        (signed("5a 00 99"), "umas", Tier.FIRMWARE),
        (signed("5a 00 38 01"), "umas", Tier.FIRMWARE),
        (signed("5a 00"), "umas", Tier.FIRMWARE),
        (signed("03 00 02"), "umas", Tier.FIRMWARE),
        (bytes.fromhex("5a 00 38 01"), "umas", Tier.FIRMWARE),
    ],
)
def test_a_signed_request_is_what_it_carries_and_programming_at_least(pdu: bytes, name: str, tier: Tier) -> None:
    assert (function_of(adu(pdu)).name, function_of(adu(pdu)).tier) == (name, tier)


def test_a_signed_upload_needs_the_flag_and_signed_memory_has_no_address_either() -> None:
    assert forwarded(ask(guard("read", "program"), adu(signed("5a 00 34")))) == []
    assert forwarded(ask(guard("read", "program", upload=True), adu(signed("5a 00 34"))))
    narrowed = guard("program", writes=(ranges("holding", (0, 10)),))
    assert forwarded(ask(narrowed, adu(signed("5a 00 23 01")))) == []


def said_by_controller(pdu: str) -> Operation:
    inspector = guard("program")
    ask(inspector, adu(START))
    effects: list[Effect] = answer(inspector, adu(pdu))
    assert forwarded(effects) == [adu(pdu)]
    return operations(effects)[0]


def test_the_controllers_no_is_recorded_as_one() -> None:
    assert said_by_controller("5a ba fe").exception_code is None
    assert said_by_controller("5a ba fe").reason == ""
    assert said_by_controller(REFUSED).exception_code == 0xFD
    assert said_by_controller(REFUSED).reason == ""
    assert said_by_controller("5a ba 07").reason
    assert said_by_controller("da 01").exception_code == 1


def test_a_reservation_that_was_given_is_given_back_once() -> None:
    inspector = reserved("program", unit=3)
    effects = inspector.good_bye(NOW)
    assert replies(effects) == [adu(RELEASE, transaction=0, unit=3)]
    assert [op.function for op in operations(effects)] == ["umas_release_reservation"]
    assert last_words(inspector) == []


def test_a_reservation_is_given_back_after_a_cut_too() -> None:
    inspector = reserved("program")
    assert cuts(ask(inspector, b"GET / HTTP/1.1"))
    assert last_words(inspector) == [adu(RELEASE, transaction=0)]


@pytest.mark.parametrize("released", [bytes.fromhex(RELEASE), signed(RELEASE)])
def test_what_was_given_back_by_the_tool_is_not_given_back_again(released: bytes) -> None:
    inspector = reserved("program")
    assert forwarded(ask(inspector, adu(released)))
    assert last_words(inspector) == []


def test_a_release_with_another_key_or_one_that_still_waits_gives_nothing_back() -> None:
    inspector = reserved("program")
    ask(inspector, adu("5a 01 11"))
    ask(inspector, adu(RELEASE, transaction=2))  # waits for the answer to the one before
    assert last_words(inspector) == [adu(RELEASE, transaction=0)]


def test_nothing_is_given_back_that_was_refused_or_whose_controller_is_gone() -> None:
    inspector = guard("program")
    ask(inspector, adu(TAKE))
    answer(inspector, adu(REFUSED))
    assert last_words(inspector) == []
    gone = reserved("program")
    gone.asset_gone(NOW)
    assert last_words(gone) == []


def test_a_decoder_of_captures_names_what_is_inside() -> None:
    decoder = make_decoder("modbus", Rules(tiers=frozenset({Tier.READ})))
    asked = decoder.receive(Direction.TO_ASSET, adu(READ_BLOCK) + adu(STOP, transaction=2), NOW)
    assert [(op.function_code, op.function, op.verdict) for op in asked] == [
        (90, "umas_read_memory_block", Verdict.ALLOWED),
        (90, "umas_stop_plc", Verdict.DENIED),
    ]
    (answered,) = decoder.receive(Direction.TO_USER, adu(REFUSED, transaction=2), NOW)
    assert (answered.function, answered.exception_code) == ("umas_stop_plc", 0xFD)


def test_names_say_what_they_are() -> None:
    assert all(row.name.startswith("umas_") and row.code == 90 for row in UMAS.values())
