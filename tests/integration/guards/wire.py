"""The least relay that can drive a guard between a real client and a real server."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager, suppress

from guards.effects import Cut, Direction, Effect, Forward, Guard, Observed, Operation, Reply
from guards.material import GuardMaterial
from guards.registry import make_guard
from policies.rules import Rules
from tests.unit.guards.material import MATERIAL


class GuardedPort:
    """A loopback port that leads to ``device_port`` through one guard per connection."""

    def __init__(
        self, protocol: str, rules: Rules, device_port: int, device_timeout_seconds: float, material: GuardMaterial
    ) -> None:
        self._protocol = protocol
        self._rules = rules
        self._device_port = device_port
        self._timeout_seconds = device_timeout_seconds
        self._material = material
        self.port = 0
        self.operations: list[Operation] = []
        self._connections: list[asyncio.Task[None]] = []
        self._closing = asyncio.Event()

    async def serve(self, user_in: asyncio.StreamReader, user_out: asyncio.StreamWriter) -> None:
        connection = asyncio.ensure_future(self._serve(user_in, user_out))
        self._connections.append(connection)
        await asyncio.shield(connection)

    async def _serve(self, user_in: asyncio.StreamReader, user_out: asyncio.StreamWriter) -> None:
        asset_in, asset_out = await asyncio.open_connection("127.0.0.1", self._device_port)
        guard = make_guard(
            self._protocol, self._rules, device_timeout_seconds=self._timeout_seconds, material=self._material
        )
        assert guard is not None
        outputs = {Direction.TO_ASSET: asset_out, Direction.TO_USER: user_out}
        ends = [
            asyncio.ensure_future(self._pump(guard, Direction.TO_ASSET, user_in, outputs)),
            asyncio.ensure_future(self._pump(guard, Direction.TO_USER, asset_in, outputs)),
            asyncio.ensure_future(self._tick(guard, outputs)),
            asyncio.ensure_future(self._closing.wait()),
        ]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        self._carry_out(guard.good_bye(asyncio.get_running_loop().time()), outputs)
        await end(ends, outputs.values())

    async def close(self) -> None:
        """End what is still connected, and wait until it has ended."""
        self._closing.set()
        async with asyncio.timeout(10):
            await asyncio.gather(*self._connections)

    async def _pump(
        self,
        guard: Guard,
        direction: Direction,
        source: asyncio.StreamReader,
        outputs: dict[Direction, asyncio.StreamWriter],
    ) -> None:
        now = asyncio.get_running_loop().time
        while data := await source.read(65536):
            if self._carry_out(guard.receive(direction, data, now()), outputs):
                return

    async def _tick(self, guard: Guard, outputs: dict[Direction, asyncio.StreamWriter]) -> None:
        now = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(0.01)
            self._carry_out(guard.on_tick(now()), outputs)

    def _carry_out(self, effects: list[Effect], outputs: dict[Direction, asyncio.StreamWriter]) -> bool:
        for effect in effects:
            match effect:
                case Forward(direction, data) | Reply(direction, data):
                    outputs[direction].write(data)
                case Observed(operation):
                    self.operations.append(operation)
                case Cut():
                    return True
        return False


async def end(tasks: Collection[asyncio.Future[object]], writers: Iterable[asyncio.StreamWriter]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for writer in writers:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@asynccontextmanager
async def guarded(
    rules: Rules,
    device_port: int,
    device_timeout_seconds: float = 30.0,
    *,
    protocol: str = "modbus",
    material: GuardMaterial = MATERIAL,
) -> AsyncIterator[GuardedPort]:
    port = GuardedPort(protocol, rules, device_port, device_timeout_seconds, material)
    server = await asyncio.start_server(port.serve, "127.0.0.1", 0)
    port.port = server.sockets[0].getsockname()[1]
    try:
        yield port
    finally:
        server.close()
        await port.close()
        await server.wait_closed()
