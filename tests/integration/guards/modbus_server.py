"""A real Modbus/TCP server (pymodbus) on loopback, whatever its devices hold."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pymodbus import ModbusDeviceIdentification
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import SimDevice


@asynccontextmanager
async def serving(*devices: SimDevice, identity: ModbusDeviceIdentification | None = None) -> AsyncIterator[int]:
    """Serve the devices; yield the port."""
    server = ModbusTcpServer([*devices], identity=identity, address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    assert server.transport is not None
    try:
        yield server.transport.sockets[0].getsockname()[1]
    finally:
        await server.shutdown()
