"""The table of functions is complete, and each known function has the tier that its effect on the process asks for."""

import pytest

from guards.s7.functions import INVOCATIONS, JOBS, USERDATA
from policies.rules import Tier
from tests.unit.guards.s7 import traffic
from tests.unit.guards.s7.traffic import ALL, ask, ask_userdata, connected, forwarded, invoke, job, operations, said

READS = {0xF0, 0x04, 0x1D, 0x1E, 0x1F}
READ_USERDATA = {
    *((1, sub) for sub in (0x01, 0x02, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x13)),
    *((2, sub) for sub in (0x01, 0x04, 0x05, 0x07, 0x08)),
    *((3, sub) for sub in (0x01, 0x02, 0x03)),
    *((4, sub) for sub in (0x01, 0x02, 0x13)),
    *((7, sub) for sub in (0x01, 0x03)),
    *((0x3F, sub) for sub in (0x06, 0x07, 0x08)),
}
OPERATE_USERDATA = {(1, 0x08), (1, 0x16), (6, 0x01), *((4, sub) for sub in (0x06, 0x07, 0x08, 0x0B, 0x0E))}


def tiers_of(table: dict[int, object] | dict[tuple[int, int], object], tier: Tier) -> set[object]:
    return {key for key, function in table.items() if function.tier is tier}  # type: ignore[attr-defined]


def test_jobs_are_read_write_or_program() -> None:
    assert tiers_of(JOBS, Tier.READ) == READS
    assert tiers_of(JOBS, Tier.OPERATE) == {0x05}
    assert tiers_of(JOBS, Tier.PROGRAM) == {0x1A, 0x1B, 0x1C, 0x29}


def test_user_data_that_reads_and_operates_is_listed() -> None:
    assert tiers_of(USERDATA, Tier.READ) == READ_USERDATA
    assert tiers_of(USERDATA, Tier.OPERATE) == OPERATE_USERDATA
    assert tiers_of(USERDATA, Tier.FIRMWARE) == {(1, 0x0C)}


def test_names_are_unique() -> None:
    rows = [*JOBS.values(), *USERDATA.values(), *INVOCATIONS.values()]
    assert len({row.name for row in rows}) == len(rows)


def test_reading_a_program_out_is_marked() -> None:
    marked = {key for table in (JOBS, USERDATA) for key, row in table.items() if row.is_upload}
    assert marked == {0x1D, 0x1E, 0x1F, (0x3F, 6), (0x3F, 7), (0x3F, 8)}


@pytest.mark.parametrize("code", range(256))
def test_a_session_without_tiers_reaches_nothing(code: int) -> None:
    inspector = traffic.guard()
    assert forwarded(ask(inspector, traffic.connect())) == []
    assert forwarded(ask(traffic.guard(), job(bytes([code]) + bytes(7)))) == []


@pytest.mark.parametrize("code", sorted(set(range(256)) - JOBS.keys() - {0x28}))
def test_a_job_that_nobody_knows_is_firmware(code: int) -> None:
    message = job(bytes([code, 1, 2]))
    assert said(message).tier is Tier.FIRMWARE
    assert forwarded(ask(connected("read", "operate", "program"), message)) == []
    assert forwarded(ask(connected("firmware"), message)) == [message]


@pytest.mark.parametrize("group", range(64))
def test_user_data_that_nobody_knows_is_firmware(group: int) -> None:
    for sub in range(256):
        if (group, sub) not in USERDATA:
            assert said(ask_userdata(group, sub)).tier is Tier.FIRMWARE


@pytest.mark.parametrize("name", sorted(INVOCATIONS))
def test_program_invocation_is_told_by_name(name: str) -> None:
    observed = said(invoke(name))
    assert (observed.function, observed.function_code, observed.tier) == (f"pi_service {name}", 0x28, Tier.PROGRAM)


@pytest.mark.parametrize("name", ["", "_XXXX", "p_program", "P_PROGRAM ", "\x00\x01"])
def test_a_service_that_nobody_knows_is_firmware(name: str) -> None:
    assert said(invoke(name)).tier is Tier.FIRMWARE


@pytest.mark.parametrize(
    ("message", "objects"),
    [
        (invoke("P_PROGRAM", b"C "), ("argument C ",)),
        (invoke("_MODU", b"EP"), ("argument EP",)),
        (invoke("_INSE", b"\x02\x000A00010P0800001P"), ("block DB10", "block OB1")),
        (invoke("_DELE", b"\x01\x000B00000A"), ("block SDB0",)),
        (traffic.STOP, ("P_PROGRAM",)),
        (job("1d 00 0000 00000000 09" + b"_0A00010P".hex()), ("block DB10",)),
        (job("1d 00 0000 00000000 05" + b"/_N_1".hex()), ("file /_N_1",)),
        (job("1e 00 0000 00000007"), ("upload 7",)),
        (job("1a 00 0100 00000000 09" + b"_0800001P".hex() + "0d 31" + b"000100000050".hex()), ("block OB1",)),
        (ask_userdata(3, 3, b"0A00010A"), ("block DB10",)),
        (ask_userdata(3, 2, b"0A"), ("blocks DB",)),
        (ask_userdata(4, 1, "0011 0000"), ("szl 0011 0",)),
        (ask_userdata(1, 0x0E, "0000 0002 0201"), ("job 2/1",)),
        (ask_userdata(1, 0x0F, "0000 0004 0000 0203"), ("job 2/3",)),
        (ask_userdata(2, 1, bytes.fromhex("0001 01 01") + traffic.item(4, 2)), ("db1 4-5",)),
        (ask_userdata(1, 2, "0000 0008 0001 730100010004"), ("db1 4-7",)),
    ],
)
def test_what_a_function_is_about_is_named(message: bytes, objects: tuple[str, ...]) -> None:
    assert said(message, *ALL, upload=True).objects == objects


def test_modifying_variables_names_them_and_their_values() -> None:
    payload = "0000 001c 0002 730100010004 010100000010" + "0004 0020 000003e8 0004 0008 0700"
    observed = said(ask_userdata(1, 8, payload))
    assert (observed.function, observed.tier) == ("modify_variable", Tier.OPERATE)
    assert (observed.objects, observed.values) == (("db1 4-7", "flags 16"), (1000, 7))


@pytest.mark.parametrize("sub", [0x0D, 0x0E, 0x0F])
def test_handling_a_watching_job_is_reading_and_a_forcing_one_is_not(sub: int) -> None:
    for function, tier in ((0x02, Tier.READ), (0x13, Tier.READ), (0x08, Tier.OPERATE), (0x09, Tier.PROGRAM)):
        payload = bytes.fromhex("0000 0002") + bytes([function, 1])
        assert said(ask_userdata(1, sub, payload)).tier is tier
    assert forwarded(ask(connected("read"), ask_userdata(1, sub, "0000 0002 0201")))
    assert forwarded(ask(connected("read"), ask_userdata(1, sub, "0000 0002 0901"))) == []


@pytest.mark.parametrize(
    ("spec", "tier"),
    [
        ("120a10 02 0001 0000 01 000000", Tier.FIRMWARE),
        ("120aa2 00 0000 0000 0a1b 0002", Tier.PROGRAM),
        ("120882 41 0005 0001 1a 01", Tier.PROGRAM),
        ("120882 41 0005 0001 7f 01", Tier.OPERATE),
    ],
)
def test_writing_records_drives_and_machine_data_is_more_than_operating(spec: str, tier: Tier) -> None:
    message = traffic.write((bytes.fromhex(spec), traffic.value("01")))
    assert said(message).tier is tier
    assert bool(forwarded(ask(connected("read", "operate"), message))) is (tier is Tier.OPERATE)
    assert forwarded(ask(connected("firmware", "program"), message)) == []


def test_the_function_of_user_data_is_the_byte_of_type_and_group() -> None:
    inspector = connected("read")
    assert operations(ask(inspector, ask_userdata(4, 1, "0011 0000")))[0].function_code == 0x44
    reply = ask_userdata(4, 1, b"", kind=2)
    assert operations(traffic.answer(inspector, reply))[0].function_code == 0x84
