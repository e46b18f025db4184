"""A station and a control centre of c104 on loopback, for tests of what stands between them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import c104

from deploy.demo.ports import free_port
from tests.unit.guards.iec104.wire import numbered

STATION = 47
PATIENCE_SECONDS = 20.0
ANSWERS = frozenset({7, 9, 44, 45, 46, 47})
NEGATIVE, SELECT, SINGLE_COMMAND = 0x40, 0x80, 45


@dataclass
class Device:
    """A running station with one point of each kind; ``commands`` are what has arrived, ``said`` all raw frames."""

    port: int
    server: c104.Server
    station: c104.Station
    points: dict[str, c104.Point] = field(default_factory=dict)
    commands: list[tuple[int, float]] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)

    def add(self, name: str, address: int, kind: c104.Type, **more: Any) -> None:
        point = self.station.add_point(io_address=address, type=kind, **more)
        assert point is not None
        self.points[name] = point

    def listen(self) -> None:
        """Accept commands and keep every frame; c104 looks at annotations, and they must be its own classes."""

        def took(
            point: c104.Point, previous_info: c104.Information, message: c104.IncomingMessage
        ) -> c104.ResponseState:
            self.commands.append((point.io_address, float(point.value)))  # type: ignore[arg-type]
            return c104.ResponseState.SUCCESS

        def heard(server: c104.Server, data: bytes) -> None:
            self.heard.append(data)

        def said(server: c104.Server, data: bytes) -> None:
            self.said.append(data)

        for name in ("switch", "selected", "setpoint", "scaled"):
            self.points[name].on_receive(callable=took)
        self.server.on_receive_raw(callable=heard)
        self.server.on_send_raw(callable=said)


@asynccontextmanager
async def device() -> AsyncIterator[Device]:
    """Run a station."""
    port = free_port()
    server = c104.Server(ip="127.0.0.1", port=port, tick_rate_ms=50)
    station = server.add_station(common_address=STATION)
    assert station is not None
    made = Device(port, server, station)
    made.add("pressure", 11, c104.Type.M_ME_NC_1)
    made.add("door", 12, c104.Type.M_SP_NA_1)
    made.add("switch", 4001, c104.Type.C_SC_NA_1)
    made.add("selected", 4002, c104.Type.C_SC_NA_1, command_mode=c104.CommandMode.SELECT_AND_EXECUTE)
    made.add("setpoint", 6001, c104.Type.C_SE_NC_1)
    made.add("scaled", 6002, c104.Type.C_SE_NB_1)
    made.points["pressure"].value = 12.5
    made.listen()
    server.start()
    try:
        yield made
    finally:
        await asyncio.to_thread(server.stop)


@dataclass
class Centre:
    """A control centre with a connection to one station; ``answers`` are the ASDUs that confirm or refuse.

    Whether something was refused is read there: where an answer is quick, c104 now and then does not notice it itself,
    waits for its time-out, and reports a failure.
    """

    connection: c104.Connection
    points: dict[str, c104.Point] = field(default_factory=dict)
    answers: list[bytes] = field(default_factory=list)

    def listen(self) -> None:
        """Keep what confirms or refuses; c104 looks at annotations."""

        def raw(connection: c104.Connection, data: bytes) -> None:
            if not data[2] & 1 and data[8] & 0x3F in ANSWERS:
                self.answers.append(data[6:])

        self.connection.on_receive_raw(callable=raw)

    async def do(self, call: Callable[..., Any], *arguments: Any, **more: Any) -> bool:
        """Make a blocking call of c104 that asks the station something; tell whether all of it is confirmed."""
        before = len(self.answers)
        async with asyncio.timeout(PATIENCE_SECONDS):
            if await asyncio.to_thread(call, *arguments, **more):
                return True
        await until(lambda: len(self.answers) > before)
        said = self.answers[-1]
        return not (said[2] & NEGATIVE or (said[-1] & SELECT and said[0] == SINGLE_COMMAND))

    async def send(self, name: str, value: Any) -> bool:
        """Send a command, select it first where it is one of that kind; tell whether the station has confirmed it."""
        point = self.points[name]
        point.value = value
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await self.do(point.transmit, cause=c104.Cot.ACTIVATION):
                if self.answers[-1][2] & NEGATIVE:
                    return False
        return True

    async def opens(self) -> None:
        """Start the link, and wait until the station has confirmed it; c104 itself forgets one start in twenty."""
        await until(lambda: self.connection.state == c104.ConnectionState.OPEN_MUTED)
        await asyncio.to_thread(self.connection.unmute)
        await until(lambda: self.is_open)

    @property
    def is_open(self) -> bool:
        return bool(self.connection.state == c104.ConnectionState.OPEN)


def explained(asdu: bytes) -> tuple[object, ...]:
    """Return what c104 itself reads in an ASDU: type, cause, whether it is negative, and the originator."""
    said = c104.explain_bytes_dict(apdu=numbered(asdu))
    return said["type"], said["cot"], said["negative"], said["originatorAddress"]


async def until(holds: Callable[[], object]) -> None:
    """Look again and again until something holds; c104 works in threads of its own and tells nobody."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110 - no event of ours could be set from there
            await asyncio.sleep(0.005)


@asynccontextmanager
async def centre(port: int, *, originator: int = 9) -> AsyncIterator[Centre]:
    """Run a control centre that connects to a loopback port and starts the link."""
    client = c104.Client(tick_rate_ms=50, command_timeout_ms=1000)
    client.originator_address = originator
    connection = client.add_connection(ip="127.0.0.1", port=port, init=c104.Init.MUTED)
    assert connection is not None
    station = connection.add_station(common_address=STATION)
    assert station is not None
    made = Centre(connection)
    for name, address, kind in (
        ("pressure", 11, c104.Type.M_ME_NC_1),
        ("door", 12, c104.Type.M_SP_NA_1),
        ("switch", 4001, c104.Type.C_SC_NA_1),
        ("selected", 4002, c104.Type.C_SC_NA_1),
        ("setpoint", 6001, c104.Type.C_SE_NC_1),
        ("scaled", 6002, c104.Type.C_SE_NB_1),
    ):
        point = station.add_point(io_address=address, type=kind)
        assert point is not None
        made.points[name] = point
    made.points["selected"].command_mode = c104.CommandMode.SELECT_AND_EXECUTE
    made.listen()
    client.start()
    try:
        await made.opens()
        yield made
    finally:
        await asyncio.to_thread(client.stop)
