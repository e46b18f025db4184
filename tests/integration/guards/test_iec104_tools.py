"""c104's control centre and its station (lib60870 inside), independent of us, with the guard between them."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import c104
import pytest

from guards.effects import Direction, Operation, Verdict
from guards.registry import make_decoder
from policies.rules import Rules, Tier
from tests.integration.guards.iec104 import STATION, Centre, Device, centre, device, explained, until
from tests.integration.guards.wire import GuardedPort, guarded
from tests.unit.client.captures.wire import ACK, SYN, Conversation, pcap

pytestmark = pytest.mark.integration
READ_ONLY = Rules(tiers=frozenset({Tier.READ}), units=frozenset({STATION}))
OPERATING = Rules.model_validate(
    {
        "tiers": {"read", "operate"},
        "units": {STATION},
        "writes": [
            {"table": "setpoint", "addresses": [{"first": 6001, "last": 6001}], "minimum": 0, "maximum": 20},
            {"table": "single_command", "addresses": [{"first": 4001, "last": 4002}]},
        ],
    }
)
STOPDT_ACT = bytes.fromhex("680413000000")


@asynccontextmanager
async def plant(rules: Rules) -> AsyncIterator[tuple[Centre, GuardedPort, Device]]:
    """Run a station, a guarded port before it, and a control centre whose link is started."""
    async with (
        device() as station,
        guarded(rules, station.port, protocol="iec104") as port,
        centre(port.port) as control,
    ):
        yield control, port, station


def reached(port: GuardedPort) -> list[Operation]:
    """Return what was let through to the station."""
    return [op for op in port.operations if not op.is_response and op.verdict is Verdict.ALLOWED]


async def test_points_are_read_by_interrogation_by_name_and_as_they_change() -> None:
    async with plant(READ_ONLY) as (control, port, station):
        pressure = control.points["pressure"]
        assert await control.do(control.connection.interrogation, common_address=STATION)
        await until(lambda: pressure.value == 12.5)
        station.points["pressure"].value = 13.0
        assert await control.do(pressure.read)
        await until(lambda: pressure.value == 13.0)
        station.points["pressure"].value = 14.5
        assert station.points["pressure"].transmit(cause=c104.Cot.SPONTANEOUS)
        await until(lambda: pressure.value == 14.5)
        assert await control.do(control.connection.test, common_address=STATION)
        assert {operation.tier for operation in reached(port)} == {Tier.READ}


async def test_a_command_is_refused_by_a_negative_confirmation_and_the_link_stays_open() -> None:
    async with plant(READ_ONLY) as (control, port, station):
        assert not await control.send("switch", True)
        assert not await control.send("setpoint", 12.5)
        assert not await control.do(control.connection.clock_sync, common_address=STATION)
        assert [explained(answer) for answer in control.answers[:2]] == [
            (c104.Type.C_SC_NA_1, c104.Cot.ACTIVATION_CON, True, 9),
            (c104.Type.C_SE_NC_1, c104.Cot.ACTIVATION_CON, True, 9),
        ]
        assert control.is_open
        assert await control.do(control.connection.interrogation, common_address=STATION)
        await until(lambda: control.points["pressure"].value == 12.5)
        assert [operation.function for operation in reached(port)] == ["startdt_act", "interrogation"]
    assert station.commands == []


async def test_commands_within_their_bounds_arrive_and_others_do_not() -> None:
    async with plant(OPERATING) as (control, _, station):
        assert await control.send("switch", True)
        assert await control.send("setpoint", 12.5)
        assert await control.send("selected", True)
        assert not await control.send("setpoint", 20.5)
        assert not await control.send("scaled", c104.Int16(5))
        assert control.is_open
        assert await control.send("setpoint", 0.0)
    assert station.commands == [(4001, 1), (6001, 12.5), (4002, 1), (6001, 0)]


async def test_what_arrives_is_what_was_sent_byte_for_byte() -> None:
    async with plant(OPERATING) as (control, _, station):
        assert await control.send("setpoint", 12.5)
        assert await control.send("selected", True)
    asdus = dict.fromkeys(frame[6:].hex() for frame in station.heard if not frame[2] & 1)  # a selection may be repeated
    assert list(asdus) == [
        "320106092f007117000000484100",
        "2d0106092f00a20f0081",
        "2d0106092f00a20f0001",
    ]


async def test_another_station_and_all_stations_are_refused_as_unknown() -> None:
    async with plant(READ_ONLY) as (control, port, station):
        for address in (STATION + 1, 0xFFFF):
            await control.do(control.connection.interrogation, common_address=address)
        assert [op.exception_code for op in port.operations if op.verdict is Verdict.DENIED] == [46, 46]
        assert control.is_open
    assert not [frame for frame in station.heard if not frame[2] & 1]


async def test_a_centre_that_vanishes_leaves_the_station_stopped() -> None:
    async with device() as station, guarded(READ_ONLY, station.port, protocol="iec104") as port:
        async with centre(port.port):
            pass
        await until(lambda: STOPDT_ACT in station.heard)
        assert [operation.function for operation in port.operations][:2] == ["startdt_act", "startdt_con"]
        assert "stopdt_act" in [operation.function for operation in port.operations]


async def test_two_guards_one_behind_the_other_carry_refuse_and_stop_as_one_does() -> None:
    async with (
        device() as station,
        guarded(OPERATING, station.port, protocol="iec104") as site,
        guarded(READ_ONLY, site.port, protocol="iec104") as broker,
    ):
        async with centre(broker.port) as control:
            assert await control.do(control.connection.interrogation, common_address=STATION)
            await until(lambda: control.points["pressure"].value == 12.5)
            assert not await control.send("switch", True)
            assert control.is_open
        await until(lambda: STOPDT_ACT in station.heard)
        assert station.heard.count(STOPDT_ACT) == 1
        functions = ["startdt_act", "interrogation", "stopdt_act"]
        assert [operation.function for operation in reached(site)] == functions
        assert [operation.function for operation in reached(broker)] == functions


async def test_hundreds_of_points_come_through_the_windows_of_both_links() -> None:
    async with device() as station:
        for number in range(600):
            station.add(f"many {number}", 20_000 + 2 * number, c104.Type.M_ME_NC_1)
        async with guarded(READ_ONLY, station.port, protocol="iec104") as port, centre(port.port) as control:
            assert await control.do(control.connection.interrogation, common_address=STATION)
            ends = [("interrogation", None)]
            await until(lambda: [(op.function, op.transaction) for op in port.operations[-1:]] == ends)
            told = [op for op in port.operations if op.function == "measured_float"]
            assert sum(len(op.objects) for op in told) == 601
            assert control.is_open


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
async def test_tshark_reads_the_same_out_of_what_c104_says(tmp_path: Path) -> None:
    async with plant(OPERATING) as (control, _, station):
        await control.do(control.connection.interrogation, common_address=STATION)
        await control.send("setpoint", 12.5)
        await control.send("selected", True)
        await control.do(control.connection.counter_interrogation, common_address=STATION)
        await control.do(control.points["pressure"].read)
    talk, decoder = Conversation(port=2404), make_decoder("iec104")
    frames = [talk.ask(b"", SYN), talk.answer(b"", SYN | ACK)]
    ours: list[tuple[str, ...]] = []
    for way, said in ((Direction.TO_ASSET, station.heard), (Direction.TO_USER, station.said)):
        for data in said:
            frames.append(talk.ask(data) if way is Direction.TO_ASSET else talk.answer(data))
            ours += [
                (str(op.function_code), str(op.unit), str(data[8] & 0x3F), str(data[8] >> 6 & 1))
                for op in decoder.receive(way, data, 0.0)
                if op.unit is not None
            ]
    path = tmp_path / "c104.pcap"
    path.write_bytes(pcap(frames))
    fields = ("typeid", "addr", "causetx", "nega")
    command = ["tshark", "-n", "-r", str(path), "-Y", "iec60870_asdu", "-T", "fields"]
    command += [word for field in fields for word in ("-e", f"iec60870_asdu.{field}")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout  # noqa: ASYNC221 - nothing else runs
    assert len(ours) > 10
    assert [tuple(line.split("\t")) for line in printed.splitlines()] == ours
