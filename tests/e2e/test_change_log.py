"""The change log against the device's own word: 1,000 random writes, each with what stood there and what came of it."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from tests.e2e.plant import Plant, patience
from tests.e2e.test_tools import modbus
from tests.e2e.test_wicket import signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
WRITES, AT_THE_PANEL = 1000, 100
LAST = 199
TABLES = {5: "coils", 15: "coils", 6: "holding", 16: "holding"}
Witness = tuple[str, tuple[int, ...], tuple[int, ...]]


class Simulator:
    """A PLC that notes every write with what stood there, in the order in which they came."""

    def __init__(self) -> None:
        self.port = 0
        self.seen: list[Witness] = []

    async def note(
        self, function: int, start: int, address: int, _count: int, held: list[int], given: list[Any] | None
    ) -> None:
        if given is None:
            return
        assert start == 0
        places = range(address, address + len(given))
        is_coil = TABLES[function] == "coils"  # sixteen of them in each of the simulator's words
        before = tuple(held[at // 16] >> at % 16 & 1 if is_coil else held[at] for at in places)
        span = f"{TABLES[function]} {address}" + (f"-{places[-1]}" if len(given) > 1 else "")
        self.seen.append((span, before, tuple(int(value) for value in given)))

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Simulator"]:
        registers = [SimData(0, count=LAST + 1, values=7, datatype=DataType.REGISTERS)]
        bits = [SimData(0, count=LAST + 1, values=False, datatype=DataType.BITS)]
        device = SimDevice(1, (bits, bits, registers, registers), action=self.note)
        server = ModbusTcpServer([device], address=("127.0.0.1", 0))
        await server.serve_forever(background=True)
        assert server.transport is not None
        self.port = server.transport.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            await server.shutdown()


async def write_something(client: AsyncModbusTcpClient, chance: random.Random) -> None:
    count = chance.choice([1, 1, 1, 2, 3, 10])
    first = chance.randint(0, LAST - count + 1)
    if chance.random() < 0.3:
        bits = [chance.random() < 0.5 for _ in range(count)]
        answer = await (client.write_coil(first, bits[0], device_id=1) if count == 1
                        else client.write_coils(first, bits, device_id=1))  # fmt: skip
    else:
        words = [chance.randint(0, 0xFFFF) for _ in range(count)]
        answer = await (client.write_register(first, words[0], device_id=1) if count == 1
                        else client.write_registers(first, words, device_id=1))  # fmt: skip
    assert not answer.isError()


async def change_log(plant: Plant, session: str) -> list[dict[str, Any]]:
    """All of it, the oldest first."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        more = f"&cursor={cursor}" if cursor else ""
        page = await plant.apis["operator-1"].get(f"/changes?session={session}&limit=500{more}")
        items += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            return items[::-1]


async def test_it_equals_the_devices_own_before_and_after(plant: Plant, tmp_path: Path) -> None:
    chance, simulator = random.Random(20261), Simulator()
    allow = "tiers: [read, operate], read_before_write: true"
    through: list[Witness] = []
    async with simulator.running(), patience(120):
        asset = await plant.add_modbus("changing", simulator.port, tiers="read, operate", allow=allow)
        async with plant.tunnel(asset) as tunnel, modbus(tunnel.port) as tool, modbus(simulator.port) as panel:
            for number in range(WRITES):
                if number % (WRITES // AT_THE_PANEL) == 0:
                    # Somebody at the device: what the stream has seen is not what stands there any more.
                    await write_something(panel, chance)
                already = len(simulator.seen)
                await write_something(tool, chance)
                through += simulator.seen[already:]
        found = await change_log(plant, tunnel.session["id"])
    assert len(through) == WRITES
    logged = [(each["objects"][0], tuple(each["before"] or ()), tuple(each["after"])) for each in found]
    assert logged == through
    assert all(each["is_before_read"] and each["outcome"] == "accepted" for each in found)
    await check_the_files(plant, asset, tunnel.session["id"], through, tmp_path)


async def check_the_files(plant: Plant, asset: str, session: str, through: list[Witness], folder: Path) -> None:
    """Tag names by ``wicket tags import``, then the undo sheet and a PDF by ``wicket changes``."""
    admin, operator = await signed_in(plant, "admin"), await signed_in(plant, "operator-1")
    tags = folder / "tags.csv"
    tags.write_text("protocol,table,address,name\n" + "".join(
        f"modbus,holding,{address},Level {address}\n" for address in range(LAST + 1)))  # fmt: skip
    code, printed, errors = await admin.run("tags", "import", asset, str(tags))
    assert (code, f"{LAST + 1} tags" in printed) == (0, True), errors
    sheet = (await operator.json("changes", asset, "--session", session, "--undo"))["items"]
    first: dict[str, int] = {}
    for span, before, _ in through:
        table, _, addresses = span.partition(" ")
        begin = int(addresses.partition("-")[0])
        for at, value in enumerate(before):
            first.setdefault(f"{table} {begin + at}", value)
    assert {each["object"]: each["value"] for each in sheet} == first
    assert {each["tag"] for each in sheet if each["object"] == "holding 5"} <= {"Level 5"}
    pdf = folder / "changes.pdf"
    code, printed, errors = await operator.run("changes", "--session", session, "--pdf", str(pdf))
    assert (code, pdf.read_bytes()[:5]) == (0, b"%PDF-"), printed + errors
