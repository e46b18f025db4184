"""The queue before one shared device: fair between streams, one request at a time, and nothing delivered late."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from agent.sharing.device import Device, DeviceLostError
from guards.modbus.framing import AduSplitter, ExceptionCode, exception_response

MAX_WAITING = 32
"""Requests of one stream that may wait; guards let at most 16 be on their way."""


class Asker(Protocol):
    """A stream at the desk."""

    def take(self, answer: bytes | None) -> None:
        """Take an answer; ``None``: the request is done and has none."""
        ...

    def device_lost(self, why: str) -> None:
        """The device is gone."""
        ...

    def left(self) -> None:
        """The stream has left, and its last words are said."""
        ...


@dataclass(frozen=True, slots=True)
class _Order:
    adu: bytes
    start_by: float
    give_up_at: float


@dataclass(slots=True)
class _Queue:
    timeout_seconds: float
    orders: deque[_Order]
    is_leaving: bool = False


class Desk:
    """Carries the requests of its askers to a device, a request of each in turn.

    A request that has not begun after half its stream's device time-out is answered with 06 and never sent: by the
    other half, no guard has given up on it while it may still be carried out.
    """

    def __init__(self, device: Device) -> None:
        """Serve ``device``; ``run`` must be running."""
        self.device = device
        self._queues: dict[Asker, _Queue] = {}
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._time = self._loop.time
        self._fault = ""
        self._asking: Asker | None = None
        device.when_lost(self._lost)

    def __len__(self) -> int:
        """Return how many streams there are."""
        return sum(not queue.is_leaving for queue in self._queues.values())

    @property
    def is_over(self) -> bool:
        """Whether nobody can join any more."""
        return bool(self._fault)

    def join(self, asker: Asker, timeout_seconds: float) -> None:
        """Take a stream in, whose guard waits so long for answers."""
        self._queues[asker] = _Queue(timeout_seconds, deque())

    def ask(self, asker: Asker, adu: bytes) -> None:
        """Put a request at the end of its stream's queue; one too many is answered with 06."""
        queue = self._queues.get(asker)
        if queue is None or queue.is_leaving:
            return
        if len(queue.orders) >= MAX_WAITING:
            self._loop.call_soon(asker.take, exception_response(adu, ExceptionCode.SERVER_DEVICE_BUSY))
            return
        now = self._time()
        queue.orders.append(_Order(adu, now + queue.timeout_seconds / 2, now + queue.timeout_seconds))
        self._wake.set()

    def is_idle(self, asker: Asker) -> bool:
        """Tell whether a stream has everything answered."""
        queue = self._queues.get(asker)
        return queue is None or (not queue.orders and self._asking is not asker)

    def leave(self, asker: Asker, last_words: bytes = b"") -> None:
        """Let a stream go: what it still asked is not sent, its last words are, and nobody waits for their answers."""
        queue = self._queues.get(asker)
        if queue is None or queue.is_leaving:
            return
        queue.orders.clear()
        for adu in AduSplitter().feed(last_words)[0][:MAX_WAITING]:
            self.ask(asker, adu)
        queue.is_leaving = True
        if not queue.orders:
            self._remove(asker)
        self._wake.set()

    async def run(self) -> None:
        """Serve until the last stream has left or the device is gone; then the device is closed."""
        try:
            while not self._fault:
                asker = self._next()
                if asker is not None:
                    await self._serve(asker)
                elif not self._queues:
                    self._fault = "nobody uses the device any more"
                else:
                    self._wake.clear()
                    await self._wake.wait()
        except DeviceLostError as error:
            self._lost(str(error))
        finally:
            self._lost("the agent stopped serving the device")
            await self.device.close()

    def _next(self) -> Asker | None:
        """Return whose turn it is: after each request a stream goes to the end of the line."""
        return next((asker for asker, queue in self._queues.items() if queue.orders), None)

    async def _serve(self, asker: Asker) -> None:
        queue = self._queues.pop(asker)
        self._queues[asker] = queue
        order = queue.orders.popleft()
        if self._time() >= order.start_by:
            self._answer(asker, queue, exception_response(order.adu, ExceptionCode.SERVER_DEVICE_BUSY))
            return
        self._asking = asker
        try:
            answer = await self.device.ask(order.adu, order.give_up_at)
        finally:
            self._asking = None
        self._answer(asker, queue, answer)

    def _answer(self, asker: Asker, queue: _Queue, answer: bytes | None) -> None:
        if asker not in self._queues:
            return
        if not queue.is_leaving:
            asker.take(answer)
        elif not queue.orders:
            self._remove(asker)

    def _remove(self, asker: Asker) -> None:
        del self._queues[asker]
        self._loop.call_soon(asker.left)

    def _lost(self, why: str) -> None:
        self._fault = self._fault or why
        self._wake.set()
        queues, self._queues = self._queues, {}
        for asker, queue in queues.items():
            if queue.is_leaving:
                asker.left()
            else:
                asker.device_lost(self._fault)
