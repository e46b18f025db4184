"""python-snap7's server writes 1,000 random values; the guard knows what stood in each of them before."""

import asyncio
import random
from typing import Any

import pytest
from snap7.client import Client
from snap7.server import Server
from snap7.type import SrvArea

from guards.effects import Operation
from policies.rules import Rules, Tier
from tests.integration.guards.wire import guarded

pytestmark = pytest.mark.integration
RULES = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE}), read_before_write=True)
WRITES, BYTES = 1000, 64


def write_something(client: Client, areas: dict[str, bytearray], chance: random.Random) -> tuple[Any, ...]:
    """Write to a block or to flags; return where, what the server held before, and what was given."""
    count = chance.choice([1, 2, 4, 7])
    first = chance.randint(0, BYTES - count)
    table = chance.choice(["db1", "flags"])
    held = bytes(areas[table][first : first + count])
    given = chance.randbytes(count)
    if table == "db1":
        client.db_write(1, first, bytearray(given))
    else:
        client.mb_write(first, count, bytearray(given))
    return f"{table} {first}" + (f"-{first + count - 1}" if count > 1 else ""), tuple(held), tuple(given)


async def test_the_value_before_is_what_the_server_held() -> None:
    areas = {"db1": bytearray(BYTES), "flags": bytearray(BYTES)}
    server, client, chance = Server(log=False), Client(), random.Random(7)
    server.register_area(SrvArea.DB, 1, areas["db1"])
    server.register_area(SrvArea.MK, 0, areas["flags"])
    server.start_to("127.0.0.1", 0)
    assert server.server_socket is not None

    def work(port: int) -> list[tuple[Any, ...]]:
        client.connect("127.0.0.1", 0, 2, port)
        seen = []
        for number in range(WRITES):
            if number % 10 == 0:
                # The program of the CPU goes on meanwhile.
                areas["db1"][number % BYTES] = areas["flags"][number % BYTES] = chance.randint(0, 255)
            seen.append(write_something(client, areas, chance))
        client.disconnect()
        return seen

    try:
        async with guarded(RULES, server.server_socket.getsockname()[1], protocol="s7") as port:
            seen = await asyncio.to_thread(work, port.port)
    finally:
        await asyncio.to_thread(server.stop)
    writes = [one for one in port.operations if one.function == "write_var" and not one.is_response]
    assert [said(one) for one in writes] == seen
    assert all(one.is_before_read for one in writes)


def said(operation: Operation) -> tuple[Any, ...]:
    (name,) = operation.objects
    return name, operation.before, operation.values
