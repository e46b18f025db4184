"""The change log against the device's own word: random writes, each with what stood there and what came of it."""

import csv
import io
import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.plant import Plant, patience
from tests.e2e.test_wicket import signed_in
from tests.e2e.witnesses.bacnet import BacnetWitness
from tests.e2e.witnesses.enip import EnipWitness
from tests.e2e.witnesses.fins import FinsWitness
from tests.e2e.witnesses.modbus import LAST, ModbusWitness
from tests.e2e.witnesses.opcua import OpcUaWitness
from tests.e2e.witnesses.s7 import S7Witness
from tests.e2e.witnesses.slmp import SlmpWithoutSerialsWitness, SlmpWitness
from tests.e2e.witnesses.told import Told, Value, Witness

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
PANEL_EVERY = 10
FORMULA = ("=", "+", "-", "@")
Writes = list[Sequence[Told]]
WITNESSES: list[type[Witness]] = [
    ModbusWitness, S7Witness, FinsWitness, OpcUaWitness, EnipWitness, SlmpWitness, SlmpWithoutSerialsWitness,
    BacnetWitness,
]  # fmt: skip


@contextmanager
def chances() -> Iterator[random.Random]:
    """A generator of a new seed; what fails under it tells the seed."""
    seed = secrets.randbits(32)
    try:
        yield random.Random(seed)
    except BaseException as error:
        error.add_note(f"seed {seed}")
        raise


async def write_all(plant: Plant, witness: Witness, asset: str, port: int, count: int) -> tuple[str, Writes]:
    """Write through a session, and now and then at the device itself; return the session and what was told of it."""
    through: Writes = []
    async with (
        plant.datagrams(asset) if witness.protocol == "bacnet" else plant.tunnel(asset) as tunnel,
        witness.tool(tunnel.port) as write,
        witness.tool(port) as write_at_the_panel,
    ):
        for number in range(count):
            if number % PANEL_EVERY == 0:
                # Somebody at the device: what the stream has seen is not what stands there any more.
                await write_at_the_panel()
            through.append(await write())
    return tunnel.session if isinstance(tunnel.session, str) else tunnel.session["id"], through


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


async def exported(plant: Plant, session: str, sheet: str) -> list[dict[str, str]]:
    """The lines of the file that the broker makes, as they stand in it."""
    query = {"session": session, "format": "csv", "sheet": sheet}
    content: bytes = await plant.apis["operator-1"].get("/changes/export", **query)
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


async def add(plant: Plant, name: str, witness: Witness, port: int) -> str:
    allow = "tiers: [read, operate], read_before_write: true"
    return await plant.add_guarded(name, witness.protocol, port, ceiling="tiers: [read, operate]", allow=allow)


@pytest.mark.parametrize("kind", WITNESSES, ids=lambda kind: kind.__name__.removesuffix("Witness"))
async def test_it_equals_the_devices_own_before_and_after(plant: Plant, kind: type[Witness]) -> None:
    with chances() as chance:
        witness = kind(chance)
        async with witness.running() as port, patience(120):
            asset = await add(plant, f"changing-{kind.__name__.removesuffix('Witness').lower()}", witness, port)
            session, through = await write_all(plant, witness, asset, port, witness.writes)
        assert len(through) == witness.writes
        check_the_log(await change_log(plant, session), through)
        await check_the_files(plant, session, through)


def check_the_log(found: list[dict[str, Any]], through: Writes) -> None:
    logged = [[(one["object"], one["before"], one["after"]) for one in each["elements"]] for each in found]
    assert logged == [list(each) for each in through]
    values = [(tuple(each["before"] or ()), tuple(each["after"])) for each in found]
    assert values == [(tuple(one.before for one in each), tuple(one.after for one in each)) for each in through]
    assert {(each["is_before_read"], each["outcome"], each["exception_code"]) for each in found} == {
        (True, "accepted", None)
    }


async def check_the_files(plant: Plant, session: str, through: Writes) -> None:
    """The newest write comes first in them; the undo sheet has what stood there at first."""
    lines = await exported(plant, session, "changes")
    assert [(line["object"], line["before"], line["after"]) for line in lines] == [
        (one.object, shown(one.before), shown(one.after)) for each in reversed(through) for one in each
    ]
    assert {(line["before_source"], line["outcome"]) for line in lines} == {("read before the write", "accepted")}
    first: dict[str, Value] = {}
    for each in through:
        for one in each:
            first.setdefault(one.object, one.before)
    sheet = await exported(plant, session, "undo")
    assert {line["object"]: line["restore_to"] for line in sheet} == {
        name: shown(value) for name, value in first.items()
    }
    items = (await plant.apis["operator-1"].get("/changes/undo", session=session))["items"]
    assert {each["object"]: each["value"] for each in items} == first


def shown(value: Value) -> str:
    """A value as it stands in a file: no text there may look like a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else str(value)


async def test_the_files_that_the_command_makes_have_the_names_of_the_tag_list(plant: Plant, tmp_path: Path) -> None:
    with chances() as chance:
        witness = ModbusWitness(chance)
        async with witness.running() as port, patience(120):
            asset = await add(plant, "changing-tagged", witness, port)
            session, _ = await write_all(plant, witness, asset, port, 50)
        admin, operator = await signed_in(plant, "admin"), await signed_in(plant, "operator-1")
        tags = tmp_path / "tags.csv"
        tags.write_text("protocol,table,address,name\n" + "".join(
            f"modbus,holding,{address},Level {address}\n" for address in range(LAST + 1)))  # fmt: skip
        code, printed, errors = await admin.run("tags", "import", asset, str(tags))
        assert (code, f"{LAST + 1} tags" in printed) == (0, True), errors
        sheet = (await operator.json("changes", asset, "--session", session, "--undo"))["items"]
        named = {each["object"]: each["tag"] for each in sheet if each["object"].startswith("holding")}
        assert named
        assert all(tag == name.replace("holding", "Level") for name, tag in named.items())
        pdf = tmp_path / "changes.pdf"
        code, printed, errors = await operator.run("changes", "--session", session, "--pdf", str(pdf))
        assert (code, pdf.read_bytes()[:5]) == (0, b"%PDF-"), printed + errors
