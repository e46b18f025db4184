"""A plant in the middle of a working day, for pages that should have something to show."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from deploy.demo.plant import SITE
from tests.e2e.plant import Plant
from tests.e2e.test_promises import read_adu

PLC, LOGGER = f"{SITE}/pump-plc", f"{SITE}/data-logger"
POLL_SECONDS = 0.5
ROUNDS_BETWEEN_WRITES = 8
# Function, address, value or count: level and flows, the present speed.
ROUND = ((4, 0, 3), (3, 100, 1), (1, 0, 2))
WRITE, WITHIN, BEYOND = 6, 650, 950

EMERGENCY = """
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: emergency, description: The control room may lower the pump speed without asking; looked at afterwards}
spec:
  who: {groups: [ot-operations]}
  what: {sites: [waterworks], assets: {labels: {type: plc}}, services: [modbus]}
  access: {mode: emergency, max_duration: 1h, reason: required, after_review: {group: it-security}}
  session: {at_expiry: cut, recording: required, max_streams: 2}
  allow: {tiers: [read], units: [1], writes: [{table: holding, addresses: "100", min: 0, max: 800}]}
"""

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def furnished(plant: Plant, *, pace_seconds: float = POLL_SECONDS) -> AsyncIterator[dict[str, str]]:
    """Requests in each state, a drill, a finished recording and a running session; yields what page addresses need.

    ``pace_seconds`` is how long the finished recording's work rests between rounds.
    """
    await _decided_requests(plant)
    drill = await _drill(plant)
    emergency = await emergency_access(plant)
    grant = (await _granted(plant))["grant"]
    recording = await _finished(plant, grant, pace_seconds)
    request = await plant.granted(
        PLC, "modbus", approvers=("operator-1",), ticket="CHG-20433", tiers=["read", "operate"],
        reason="The low level alarm chatters. Read its bounds, then lower the pump speed for a test run.",
    )  # fmt: skip
    await plant.granted(LOGGER, "ssh", approvers=(), reason="Fetch last night's trend files.", duration=1800)
    admin, asset = plant.apis["admin"], await plant.id_of(PLC)
    site, groups = (await admin.get(f"/assets/{asset}"))["site"], await admin.get("/groups")
    async with plant.tunnel(PLC, grant=grant) as tunnel:
        work = asyncio.create_task(_work_on(await tunnel.connect()))
        try:
            yield {
                "request": request["id"], "session": tunnel.session["id"], "drill": drill, "recording": recording,
                "emergency": emergency,
                "asset": asset, "service": "modbus", "site": site, "name": "pump-maintenance",
                "user": (await plant.account("engineer"))["id"],
                "group": groups["items"][0]["id"],
            }  # fmt: skip
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError, asyncio.IncompleteReadError):
                await work


async def _decided_requests(plant: Plant) -> None:
    engineer, operator = plant.apis["engineer"], plant.apis["operator-1"]
    denied = await plant.granted(LOGGER, "ssh", approvers=(), reason="Have a look around.", duration=7200)
    await operator.post(f"/requests/{denied['id']}/deny", reason="Please say what you are looking for.")
    withdrawn = await plant.granted(LOGGER, "ssh", approvers=(), reason="Update the logger's time zone.")
    await engineer.post(f"/requests/{withdrawn['id']}/withdraw")


async def _drill(plant: Plant) -> str:
    request = await plant.granted(LOGGER, "ssh", approvers=("operator-1",), reason="Check the disk.", duration=1800)
    async with plant.session(LOGGER, grant=request["grant"]):
        drill = await plant.apis["operator-1"].post("/sessions/kill-all", reason="Monthly drill of the red button")
    await plant.lift_blocks()
    return str(drill["id"])


async def emergency_access(plant: Plant) -> str:
    """The control room takes the PLC at night; nobody has looked at it yet."""
    await plant.apis["admin"].post("/policies/apply", yaml=EMERGENCY, comment="for emergencies")
    request = await plant.apis["operator-1"].post(
        "/requests", asset=PLC, service="modbus", tiers=["read", "operate"], duration=1800, emergency=True,
        reason="The tank runs over and nobody of the vendor answers the telephone.",
    )  # fmt: skip
    async with plant.tunnel(PLC, user="operator-1", grant=request["grant"]) as tunnel:
        await say(await tunnel.connect(), *ROUND, (WRITE, 100, WITHIN), (WRITE, 100, BEYOND))
    return str(request["id"])


async def _granted(plant: Plant) -> dict[str, str]:
    return await plant.granted(
        PLC, "modbus", approvers=("operator-1", "operator-2"), ticket="CHG-20417", tiers=["read", "operate"],
        reason="Pump 1 trips at night. Read level and flows, lower its speed if the level falls.", duration=7200,
    )  # fmt: skip


async def _finished(plant: Plant, grant: str, pace_seconds: float) -> str:
    async with plant.tunnel(PLC, grant=grant) as tunnel:
        stream = await tunnel.connect()
        for write in ((WRITE, 100, WITHIN), (WRITE, 100, BEYOND), ()):
            for _ in range(ROUNDS_BETWEEN_WRITES):
                await say(stream, *ROUND)
                await asyncio.sleep(pace_seconds)
            if write:
                await say(stream, write)
    return str(tunnel.session["recording"])


async def _work_on(stream: Stream) -> None:
    rounds = 0
    while True:
        await say(stream, *ROUND)
        if rounds % 20 == 3:
            await say(stream, (WRITE, 100, WITHIN - rounds), (WRITE, 100, BEYOND))
        rounds += 1
        await asyncio.sleep(POLL_SECONDS)


async def say(stream: Stream, *requests: Sequence[int]) -> None:
    """Ask the PLC, one request after the other: function, address, value or count."""
    reader, writer = stream
    for number, (function, address, value) in enumerate(requests):
        writer.write(struct.pack(">HHHBBHH", number, 0, 6, 1, function, address, max(value, 0)))
        await read_adu(reader)
