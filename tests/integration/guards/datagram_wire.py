"""The least relay that can drive a guard of a datagram protocol between a real client and a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from guards.datagrams import HEAD_BYTES, framed
from guards.effects import Cut, Direction, Effect, Forward, Observed, Operation, Reply
from guards.material import GuardMaterial
from guards.registry import make_guard
from policies.rules import Rules
from tests.unit.guards.material import MATERIAL
from tests.unit.tunnel.udp import Address, Socket, udp

TICK_SECONDS = 0.01


class GuardedDatagrams:
    """A loopback UDP port that leads to a device through one guard. ``drop_next`` loses so many towards the device."""

    def __init__(
        self, protocol: str, rules: Rules, inside: Socket, outside: Socket, timeout_seconds: float,
        material: GuardMaterial,
    ) -> None:  # fmt: skip
        guard = make_guard(protocol, rules, device_timeout_seconds=timeout_seconds, material=material)
        assert guard is not None
        self._guard = guard
        self._user, self._asset = inside, outside
        self._tool: Address | None = None
        self.operations: list[Operation] = []
        self.cut = False
        self.drop_next = 0

    @property
    def port(self) -> int:
        return self._user.port

    async def serve_user(self) -> None:
        while True:
            data, self._tool = await self._user.inbox.get()
            self._carry_out(self._guard.receive(Direction.TO_ASSET, framed(data), self._now()))

    async def serve_asset(self) -> None:
        while True:
            data, _ = await self._asset.inbox.get()
            self._carry_out(self._guard.receive(Direction.TO_USER, framed(data), self._now()))

    async def tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._carry_out(self._guard.on_tick(self._now()))

    def leave(self) -> None:
        """Let the guard say good-bye."""
        self._carry_out(self._guard.good_bye(self._now()))

    def _carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Observed(operation):
                    self.operations.append(operation)
                case Forward(Direction.TO_ASSET, data) | Reply(Direction.TO_ASSET, data):
                    self.drop_next -= 1
                    if self.drop_next < 0:
                        self._asset.say(data[HEAD_BYTES:])
                case Forward(_, data) | Reply(_, data):
                    assert self._tool is not None
                    self._user.say(data[HEAD_BYTES:], self._tool)
                case Cut():
                    self.cut = True

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


@asynccontextmanager
async def guarded_datagrams(
    protocol: str, rules: Rules, device_port: int, device_timeout_seconds: float = 30.0, *,
    material: GuardMaterial = MATERIAL,
) -> AsyncIterator[GuardedDatagrams]:  # fmt: skip
    """Put a guard before the device at ``device_port``."""
    async with udp() as inside, udp(to=("127.0.0.1", device_port)) as outside:
        made = GuardedDatagrams(protocol, rules, inside, outside, device_timeout_seconds, material)
        tasks = [asyncio.ensure_future(work()) for work in (made.serve_user, made.serve_asset, made.tick)]
        try:
            yield made
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
