"""An outstation and a master of opendnp3, whose threads report to the event loop."""

# ruff: noqa: N802 - the names of its callbacks are its own

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import opendnp3

MASTER, OUTSTATION, POINTS = 1, 10, 4
PATIENCE_SECONDS = 30.0
DONE, INDICATED, LISTEN = "done", "indicated", "0A"

Report = tuple[Any, ...]


class Reports:
    """What threads of the stack report, to be waited for in the event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Report] = asyncio.Queue()
        self._is_closed = False

    def put(self, *report: Any) -> None:
        if not self._is_closed:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, report)

    def close(self) -> None:
        self._is_closed = True

    async def get(self, *wanted: Any) -> Report:
        """Return the next report that begins with ``wanted``; those before it are forgotten."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                report = await self._queue.get()
                if report[: len(wanted)] == wanted:
                    return report

    def all(self) -> list[Report]:
        """Return, and forget, everything that was reported until now."""
        found: list[Report] = []
        with suppress(asyncio.QueueEmpty):
            while True:
                found.append(self._queue.get_nowait())
        return found


def value_of(command: Any) -> Any:
    return command.opType.name if isinstance(command, opendnp3.ControlRelayOutputBlock) else command.value


class Listener(opendnp3.IChannelListener):
    def __init__(self, reports: Reports) -> None:
        super().__init__()
        self._reports = reports

    def OnStateChange(self, state: Any) -> None:
        self._reports.put(state.name)


class Commands(opendnp3.ICommandHandler):
    def __init__(self, reports: Reports) -> None:
        super().__init__()
        self._reports = reports

    def Begin(self) -> None:
        """Nothing is prepared."""

    def End(self) -> None:
        """Nothing is left over."""

    def Select(self, command: Any, index: int) -> Any:
        self._reports.put("select", index, value_of(command))
        return opendnp3.CommandStatus.SUCCESS

    def Operate(self, command: Any, index: int, updates: Any, kind: Any) -> Any:
        if not isinstance(command, opendnp3.ControlRelayOutputBlock):
            updates.Update(opendnp3.AnalogOutputStatus(float(command.value)), index)
        self._reports.put("operate", index, value_of(command))
        return opendnp3.CommandStatus.SUCCESS


class Site(opendnp3.IOutstationApplication):
    """What stands around an outstation: whether somebody switched it to local control, its ``restarts`` so far, the
    times (ms since 1970) that its clock was set to, and the classes that its points were assigned to.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_local = False
        self.restarts = 0
        self.clock: list[int] = []
        self.assigned: list[tuple[str, str, int, int]] = []

    def SupportsWriteAbsoluteTime(self) -> bool:
        return True

    def WriteAbsoluteTime(self, timestamp: Any) -> bool:
        self.clock.append(timestamp.msSinceEpoch)
        return True

    def SupportsAssignClass(self) -> bool:
        return True

    def RecordClassAssignment(self, kind: Any, clazz: Any, start: int, stop: int) -> None:
        self.assigned.append((kind.name, clazz.name, start, stop))

    def ColdRestartSupport(self) -> Any:
        return opendnp3.RestartMode.SUPPORTED_DELAY_FINE

    def ColdRestart(self) -> int:
        self.restarts += 1
        return 1

    def GetApplicationIIN(self) -> Any:
        indications = opendnp3.ApplicationIIN()
        indications.localControl = self.is_local
        return indications


class Points(opendnp3.ISOEHandler):
    def __init__(self, reports: Reports) -> None:
        super().__init__()
        self._reports = reports

    def BeginFragment(self, info: Any) -> None:
        """Points are reported one by one."""

    def EndFragment(self, info: Any) -> None:
        """Points are reported one by one."""

    def Process(self, info: Any, values: Any) -> None:
        for each in values:
            if hasattr(each, "value") and hasattr(each.value, "value"):
                self._reports.put(type(each.value).__name__, each.index, each.value.value)

    def OnRawAPDU(self, info: Any, data: bytes) -> None:
        """What is read is reported point by point."""


class Application(opendnp3.IMasterApplication):
    def __init__(self, reports: Reports) -> None:
        super().__init__()
        self._reports = reports

    def OnReceiveIIN(self, iin: Any) -> None:
        self._reports.put(INDICATED, iin.MSB)

    def OnTaskStart(self, kind: Any, number: Any) -> None:
        """Only ends are reported."""

    def OnTaskComplete(self, info: Any) -> None:
        self._reports.put(DONE, info.type.name, info.result.name)

    def OnOpen(self) -> None:
        """Channels report by themselves."""

    def OnClose(self) -> None:
        """Channels report by themselves."""

    def AssignClassDuringStartup(self) -> bool:
        return False


def listening() -> set[int]:
    """Return the ports of this process that take connections; the stack does not tell which one the system gave it."""
    mine: set[str] = set()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            mine.add(str(link.readlink()))
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if row[3] == LISTEN and f"socket:[{row[9]}]" in mine}


class Outstation:
    """An outstation with four points of each kind. ``reports``: what it was commanded to do."""

    def __init__(self, port: int, reports: Reports, site: Site, stack: Any) -> None:
        self.port = port
        self.reports = reports
        self.site = site
        self._stack = stack

    def set(self, *points: tuple[Any, int]) -> None:
        builder = opendnp3.UpdateBuilder()
        for value, index in points:
            builder.Update(value, index)
        self._stack.Apply(builder.Build())


@asynccontextmanager
async def outstation() -> AsyncIterator[Outstation]:
    reports, manager = Reports(), opendnp3.DNP3Manager(1)
    before = listening()
    listener, commands, application = Listener(reports), Commands(reports), Site()
    endpoint, mode = opendnp3.IPEndpoint("127.0.0.1", 0), opendnp3.ServerAcceptMode.CloseExisting
    channel = manager.AddTCPServer("outstation", opendnp3.LogLevels.none(), mode, endpoint, listener)
    [port] = listening() - before
    config = opendnp3.OutstationStackConfig(opendnp3.DatabaseConfig(POINTS))
    config.link.LocalAddr, config.link.RemoteAddr = OUTSTATION, MASTER
    config.outstation.params.allowUnsolicited = True
    config.outstation.eventBufferConfig = opendnp3.EventBufferConfig.AllTypes(10)
    stack = channel.AddOutstation("outstation", commands, application, config)
    stack.Enable()
    try:
        yield Outstation(port, reports, application, stack)
    finally:
        reports.close()
        await asyncio.to_thread(manager.Shutdown)


class Master:
    """A connected master. ``reports``: the points that it read, the tasks that it ended, and what was indicated."""

    def __init__(self, reports: Reports, points: Points, stack: Any) -> None:
        self.reports = reports
        self._points = points
        self._stack = stack

    async def poll(self) -> dict[tuple[str, int], Any]:
        """Read everything: events first, then what the points are now; return the points by kind and index."""
        self.reports.all()
        self._stack.ScanClasses(opendnp3.ClassField.AllClasses(), self._points)
        points: dict[tuple[str, int], Any] = {}
        while (report := await self.reports.get())[:2] != (DONE, "USER_TASK"):
            if report[0] != DONE and len(report) == 3:
                points[report[0], report[1]] = report[2]
        return points

    async def read(self, kind: str, index: int) -> Any:
        """Read everything and return one point."""
        return (await self.poll())[kind, index]

    async def command(self, how: str, command: Any, index: int) -> tuple[str, str]:
        """Command a point (``DirectOperate``, ``SelectAndOperate``); return the state and status it ended with."""
        results = Reports()
        self.reports.all()
        getattr(self._stack, how)(command, index, lambda result: results.put(DONE, result.to_list()))
        [point] = (await results.get(DONE))[1]
        await self.reports.get(DONE, "USER_TASK")
        return point.state.name, point.status.name

    async def perform(self, code: Any, *headers: Any) -> str:
        """Send a function; return what its task ended with."""
        self.reports.all()
        self._stack.PerformFunction("test", code, list(headers))
        return str((await self.reports.get(DONE, "USER_TASK"))[2])

    async def indicated(self) -> int:
        """Return the second byte of indications in the answer to what was done last; the stack tells it afterwards."""
        return int((await self.reports.get(INDICATED))[1])


@asynccontextmanager
async def master(port: int, *, starts_up: bool = True, outstation_address: int = OUTSTATION) -> AsyncIterator[Master]:
    """A master that is connected; ``starts_up``: it turns unsolicited responses off and on and clears restarts.

    What is not answered in this stack is so on purpose, and waited for.
    """
    reports, manager = Reports(), opendnp3.DNP3Manager(1)
    listener, points, application = Listener(reports), Points(reports), Application(reports)
    soon = opendnp3.TimeDuration.Milliseconds(20)
    retry, endpoint = opendnp3.ChannelRetry(soon, soon), opendnp3.IPEndpoint("127.0.0.1", port)
    channel = manager.AddTCPClient("master", opendnp3.LogLevels.none(), retry, [endpoint], "127.0.0.1", listener)
    config = opendnp3.MasterStackConfig()
    config.link.LocalAddr, config.link.RemoteAddr = MASTER, outstation_address
    config.master.responseTimeout = opendnp3.TimeDuration.Seconds(2)
    config.master.disableUnsolOnStartup = starts_up
    config.master.ignoreRestartIIN = not starts_up
    stack = channel.AddMaster("master", points, application, config)
    stack.Enable()
    try:
        await reports.get("OPEN")
        yield Master(reports, points, stack)
    finally:
        reports.close()
        await asyncio.to_thread(manager.Shutdown)
