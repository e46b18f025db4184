"""An OPC UA server (asyncua) whose variables this test reads at the server itself."""

import random
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from math import isfinite
from typing import Any

from asyncua import Client, Node, ua

from tests.e2e.witnesses.told import Told, Value, Write, told
from tests.integration.guards.opcua_server import port_of, serving

TYPES = {
    "Double": ua.VariantType.Double, "Float": ua.VariantType.Float, "Count": ua.VariantType.Int32,
    "Total": ua.VariantType.UInt64, "Open": ua.VariantType.Boolean, "Batch": ua.VariantType.String,
}  # fmt: skip
FIRST: dict[str, Any] = {"Double": 1.5, "Float": 2.5, "Count": 3, "Total": 4, "Open": False, "Batch": ""}
TEXTS = ["", "A 17", "=1+1", "-4", 'Grüße, "Nähe"\n', "null", "UNKNOWN"]


class OpcUaWitness:
    """Variables of several types, one or several in a write."""

    protocol, writes = "opcua", 1000

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._nodes: dict[str, Node] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Serve."""
        async with serving() as server:
            for name, kind in TYPES.items():
                place, value = ua.NodeId.from_string(f"ns=2;s={name}"), ua.Variant(FIRST[name], kind)
                self._nodes[name] = await server.nodes.objects.add_variable(place, name, value)
                await self._nodes[name].set_writable()
            yield port_of(server)

    @asynccontextmanager
    async def tool(self, port: int) -> AsyncIterator[Write]:
        """Connect a client."""
        async with Client(f"opc.tcp://127.0.0.1:{port}/", timeout=20) as client:

            async def write() -> Sequence[Told]:
                names = self._chance.sample([*TYPES], self._chance.choice([1, 1, 2, 3]))
                before = await self._values(names)
                given = [ua.DataValue(ua.Variant(self._something(name), TYPES[name])) for name in names]
                done = await client.uaclient.write_attributes([self._nodes[name].nodeid for name in names], given)
                assert all(status.is_good() for status in done)
                return told([f"node ns=2;s={name}" for name in names], before, await self._values(names))

            yield write

    def _something(self, name: str) -> Any:
        chance = self._chance
        given: dict[str, Any] = {
            "Double": lambda: struct.unpack("<d", chance.randbytes(8))[0],
            "Float": lambda: struct.unpack("<f", chance.randbytes(4))[0],
            "Count": lambda: chance.randint(-(2**31), 2**31 - 1),
            "Total": lambda: chance.randint(0, 2**64 - 1),
            "Open": lambda: chance.random() < 0.5,
            "Batch": lambda: chance.choice(TEXTS),
        }
        return given[name]()

    async def _values(self, names: Sequence[str]) -> list[Value]:
        values: list[Any] = [await self._nodes[name].read_value() for name in names]
        return [str(each) if isinstance(each, float) and not isfinite(each) else each for each in values]
