"""Serial lines of pseudo terminals: one end for the agent, the other for a device."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

PATIENCE_SECONDS = 30.0
HAS_SOCAT = shutil.which("socat") is not None


@asynccontextmanager
async def cable(folder: Path) -> AsyncIterator[tuple[str, str, asyncio.subprocess.Process]]:
    """Join two pseudo terminals with socat; yield their devices and what joins them."""
    ends = folder / "agent-end", folder / "device-end"
    links = (f"pty,raw,echo=0,link={end}" for end in ends)
    process = await asyncio.create_subprocess_exec("socat", *links)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not all(end.is_symlink() for end in ends):  # noqa: ASYNC110 - socat tells nobody
                await asyncio.sleep(0.01)
        yield str(ends[0].readlink()), str(ends[1].readlink()), process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def rtu_server(device: str, units: tuple[int, ...] = (1, 2)) -> AsyncIterator[ModbusSerialServer]:
    """Answer on a line for some units, whose holding registers 0 to 99 hold 100 times the unit."""
    devices = [
        SimDevice(unit, [SimData(0, count=100, values=100 * unit, datatype=DataType.REGISTERS)]) for unit in units
    ]
    server = ModbusSerialServer(
        devices,
        framer=FramerType.RTU,
        port=device,
        baudrate=115200,
        broadcast_enable=True,
        ignore_missing_devices=True,
    )
    await server.serve_forever(background=True)
    try:
        yield server
    finally:
        await server.shutdown()
