"""What nobody knows of a write is said to be unknown wherever the change log is shown: never as nothing, nor as 0."""

import asyncio
import csv
import io
import struct
from collections.abc import Awaitable, Callable

import pytest
from cpppo.server.enip.client import connector, parse_operations
from fins import FinsResponseFrame
from fins.tcp import TCPFinsConnection

from tests.e2e.plant import Plant, patience
from tests.e2e.test_change_log import change_log, exported
from tests.e2e.test_wicket import signed_in
from tests.integration.guards.controller import controller
from tests.integration.guards.iec104 import centre, device
from tests.simulators.fins_plc import BIT_AREAS, WORD_AREAS
from tests.simulators.running import simulator

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
EVERYTHING = "tiers: [read, operate, program]"
DM, CIO_BIT = (next(code for code, name in areas.items() if name == wanted)
               for areas, wanted in ((WORD_AREAS, "dm"), (BIT_AREAS, "cio")))  # fmt: skip
Written = list[tuple[str, str]]
"""Objects and what was written, as files show it."""


async def add(plant: Plant, protocol: str, port: int) -> str:
    allow = f"{EVERYTHING}, read_before_write: true"
    return await plant.add_guarded(f"unknown-{protocol}", protocol, port, ceiling=EVERYTHING, allow=allow)


async def words_are_moved_and_bits_forced(plant: Plant) -> tuple[str, Written]:
    client = TCPFinsConnection()
    async with simulator("fins_plc") as port, plant.tunnel(await add(plant, "fins", port)) as tunnel:
        await asyncio.to_thread(client.connect, "127.0.0.1", tunnel.port)
        try:
            for command, text in (
                (b"\x01\x05", struct.pack(">BHBBHBH", DM, 0, 0, DM, 10, 0, 2)),
                (b"\x23\x01", struct.pack(">HHBHB", 1, 1, CIO_BIT, 3, 4)),
            ):
                frame = FinsResponseFrame()
                asked = client.fins_command_frame(command, text)
                frame.from_bytes(await asyncio.to_thread(client.execute_fins_command_frame, asked))
                assert frame.end_code == b"\0\0"
        finally:
            client.fins_socket.close()
        return tunnel.session["id"], [("dm 10-11", "UNKNOWN"), ("cio 3 3.4", "UNKNOWN")]


async def tags_are_written_in_one_packet(plant: Plant) -> tuple[str, Written]:
    def work(port: int) -> None:
        with connector(host="127.0.0.1", port=port, timeout=20) as client:
            asked = parse_operations(["Speed=(INT)7", "Flow=(REAL)1.5"])
            assert [status for *_, status, _ in client.synchronous(operations=asked, multiple=300, timeout=20)] == [
                0,
                0,
            ]

    async with controller() as port, plant.tunnel(await add(plant, "enip", port)) as tunnel:
        await asyncio.to_thread(work, tunnel.port)
        return tunnel.session["id"], [("tag Speed", "7"), ("tag Flow", "1.5")]


async def a_set_point_is_commanded(plant: Plant) -> tuple[str, Written]:
    async with (
        device() as station,
        plant.tunnel(await add(plant, "iec104", station.port)) as tunnel,
        centre(tunnel.port) as control,
    ):
        assert await control.send("setpoint", 12.5)
        return tunnel.session["id"], [("setpoint 6001", "12.5")]


CASES = [words_are_moved_and_bits_forced, tags_are_written_in_one_packet, a_set_point_is_commanded]


@pytest.mark.parametrize("do", CASES, ids=lambda do: do.__name__)
async def test_what_stood_there_is_said_to_be_unknown(
    plant: Plant, do: Callable[[Plant], Awaitable[tuple[str, Written]]]
) -> None:
    async with patience(90):
        session, written = await do(plant)
    found = await change_log(plant, session)
    assert {(each["before"], each["is_before_read"], each["outcome"]) for each in found} == {(None, False, "accepted")}
    elements = [one for each in found for one in each["elements"]]
    assert [(one["object"], one["before"]) for one in elements] == [(name, None) for name, _ in written]
    lines = await exported(plant, session, "changes")
    assert sorted((line["object"], line["after"]) for line in lines) == sorted(written)
    assert {(line["before"], line["before_source"]) for line in lines} == {("UNKNOWN", "unknown")}
    items = (await plant.apis["operator-1"].get("/changes/undo", session=session))["items"]
    assert [(each["value"], each["source"]) for each in items] == [(None, "unknown")] * len(written)
    sheet = await exported(plant, session, "undo")
    assert sorted((line["object"], line["last_written"]) for line in sheet) == sorted(written)
    assert {(line["restore_to"], line["source"]) for line in sheet} == {("UNKNOWN", "unknown")}
    wicket = await signed_in(plant, "operator-1")
    for more, column, word in (([], "before", "unknown"), (["--undo"], "value", "UNKNOWN")):
        code, printed, errors = await wicket.run("changes", "--session", session, "--csv", *more)
        assert code == 0, errors
        assert {row[column] for row in csv.DictReader(io.StringIO(printed, newline=""))} == {word}
