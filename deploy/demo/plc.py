"""The simulated PLC of the pump house (pymodbus): ``python -m deploy.demo.plc --journal FILE``.

Unit 1. Coils: 0 pump on, 1 drain open. Discrete inputs: 0 high alarm, 1 low alarm. Input registers: 0 level (mm), 1
inflow, 2 outflow (l/min). Holding registers: 100 pump speed (per mille), 101 high alarm (mm), 102 low alarm (mm).
Every request that reaches it is a line of the journal: what is not there never got to the device.
"""

import argparse
import asyncio
import json
import time
from pathlib import Path

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from deploy.demo.tank import Tank

FIRST_HOLDING = 100
COILS = {0: "pump_on", 1: "drain_open"}
HOLDING = {100: "pump_speed", 101: "high_alarm_mm", 102: "low_alarm_mm"}


class PumpHouse:
    """Answers for the tank."""

    def __init__(self, journal: Path | None) -> None:
        self._tank = Tank()
        self._journal = journal
        self._at = time.monotonic()

    async def access(
        self,
        function_code: int,
        _start: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Called by the server for every access: let time pass, take writes over, refresh what is read."""
        now = time.monotonic()
        self._tank.advance(now - self._at)
        self._at = now
        if values is not None:
            self._take(function_code, address, list(values))
        else:
            self._show(function_code, registers)
        self._note(function_code, address, count, values)
        return None

    def _take(self, function_code: int, address: int, values: list[int] | list[bool]) -> None:
        names = COILS if function_code in (5, 15) else HOLDING
        for offset, value in enumerate(values):
            name = names.get(address + offset)
            if name is not None:
                setattr(self._tank, name, value)

    def _show(self, function_code: int, registers: list[int]) -> None:
        tank = self._tank
        if function_code == 1:
            registers[0] = (registers[0] & ~3) | int(tank.pump_on) | int(tank.drain_open) << 1
        elif function_code == 2:
            high, low = tank.alarms
            registers[0] = int(high) | int(low) << 1
        elif function_code == 3:
            for address, name in HOLDING.items():
                registers[address - FIRST_HOLDING] = getattr(tank, name)
        elif function_code == 4:
            registers[:3] = [round(tank.level_mm), round(tank.inflow), round(tank.outflow)]

    def _note(self, function_code: int, address: int, count: int, values: list[int] | list[bool] | None) -> None:
        if self._journal is None:
            return
        # The server calls once more after a write, to show the outcome.
        if function_code in (5, 6, 15, 16, 22, 23) and values is None:
            return
        line = {"function": function_code, "address": address, "count": count, "values": values}
        with self._journal.open("a") as file:
            file.write(json.dumps(line) + "\n")


def device(house: PumpHouse) -> SimDevice:
    """Unit 1 of the server."""
    bits = [False] * 16
    return SimDevice(
        id=1,
        simdata=(
            [SimData(0, values=bits, datatype=DataType.BITS)],
            [SimData(0, values=bits, datatype=DataType.BITS)],
            [SimData(FIRST_HOLDING, count=100, values=0, datatype=DataType.REGISTERS)],
            [SimData(0, count=16, values=0, datatype=DataType.REGISTERS)],
        ),
        action=house.access,
    )


async def run(port: int, journal: Path | None) -> None:
    """Serve until cancelled; the first line of output names the port."""
    server = ModbusTcpServer(device(PumpHouse(journal)), address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    listening = server.transport
    if not isinstance(listening, asyncio.Server):
        raise TypeError("the server does not listen")
    print(f"plc on 127.0.0.1:{listening.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--journal", type=Path)
    options = parser.parse_args()
    asyncio.run(run(options.port, options.journal))


if __name__ == "__main__":
    main()
