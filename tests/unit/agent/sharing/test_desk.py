"""The queue before a shared device: fair, one at a time, nothing late, nothing for those who left."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from agent.sharing.desk import MAX_WAITING, Desk
from agent.sharing.device import Counts, DeviceLostError

PATIENCE_SECONDS = 10.0


def request(transaction: int, unit: int = 1) -> bytes:
    return transaction.to_bytes(2, "big") + bytes([0, 0, 0, 6, unit, 3, 0, 0, 0, 1])


class FakeDevice:
    """Answers what it is told to, when it is told to; ``asked`` is what reached it."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.asked: list[bytes] = []
        self.is_closed = False
        self.told: Callable[[str], None] | None = None
        self.at_once = True
        self.more = asyncio.Event()
        self._busy = False
        self._answers: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()

    def answer(self, what: bytes | Exception | None) -> None:
        self._answers.put_nowait(what)

    async def ask(self, adu: bytes, deadline_monotonic: float) -> bytes | None:
        assert not self._busy, "asked twice at once"
        self._busy = True
        self.asked.append(adu)
        self.more.set()
        try:
            what = adu if self.at_once else await self._answers.get()
        finally:
            self._busy = False
        if isinstance(what, Exception):
            raise what
        return what

    def when_lost(self, told: Callable[[str], None]) -> None:
        self.told = told

    async def close(self) -> None:
        self.is_closed = True

    async def has(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.asked) < count:
                self.more.clear()
                await self.more.wait()


class FakeAsker:
    """A stream that remembers what it was told."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.loss: asyncio.Queue[str] = asyncio.Queue()
        self.gone = asyncio.Event()

    def take(self, answer: bytes | None) -> None:
        self.answers.put_nowait(answer)

    def device_lost(self, why: str) -> None:
        self.loss.put_nowait(why)

    def left(self) -> None:
        self.gone.set()

    async def next(self) -> bytes | None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.answers.get()


@asynccontextmanager
async def serving(*askers: FakeAsker, timeout: float = 60.0) -> AsyncIterator[tuple[Desk, FakeDevice]]:
    device = FakeDevice()
    desk = Desk(device)
    for asker in askers:
        desk.join(asker, timeout)
    task = asyncio.create_task(desk.run())
    await asyncio.sleep(0)  # let it begin
    try:
        yield desk, device
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert device.is_closed


async def test_each_gets_its_own_answer_and_each_in_turn() -> None:
    busy, calm = FakeAsker(), FakeAsker()
    async with serving(busy, calm) as (desk, device):
        device.at_once = False
        for number in range(4):
            desk.ask(busy, request(number))
        desk.ask(calm, request(100, unit=2))
        for step in range(5):
            await device.has(step + 1)
            device.answer(device.asked[step])
        assert [await busy.next() for _ in range(4)] == [request(number) for number in range(4)]
        assert await calm.next() == request(100, unit=2)
        assert device.asked.index(request(100, unit=2)) == 1


async def test_one_request_too_many_is_answered_with_busy_and_not_sent() -> None:
    asker = FakeAsker()
    async with serving(asker) as (desk, device):
        device.at_once = False
        desk.ask(asker, request(0))
        await device.has(1)
        for number in range(1, MAX_WAITING + 2):
            desk.ask(asker, request(number))
        assert await asker.next() == bytes.fromhex(f"{MAX_WAITING + 1:04x} 0000 0003 01 83 06")
        assert device.asked == [request(0)]


async def test_a_request_that_waited_too_long_is_answered_with_busy_and_not_sent() -> None:
    asker = FakeAsker()
    async with serving(asker, timeout=0.0) as (desk, device):
        desk.ask(asker, request(5))
        assert await asker.next() == bytes.fromhex("0005 0000 0003 01 83 06")
        assert device.asked == []


async def test_what_a_stream_still_asked_is_not_sent_when_it_has_left_but_its_last_words_are() -> None:
    leaving, staying = FakeAsker(), FakeAsker()
    async with serving(leaving, staying) as (desk, device):
        device.at_once = False
        for number in range(3):
            desk.ask(leaving, request(number))
        await device.has(1)
        desk.leave(leaving, request(99))
        assert not leaving.gone.is_set()
        device.answer(request(0))
        await device.has(2)
        assert device.asked[1] == request(99)
        device.answer(request(99))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await leaving.gone.wait()
        assert leaving.answers.empty()
        assert len(desk) == 1


async def test_the_last_to_leave_closes_the_device() -> None:
    asker, device = FakeAsker(), FakeDevice()
    desk = Desk(device)
    desk.join(asker, 60)
    desk.leave(asker)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await desk.run()
    assert device.is_closed
    assert desk.is_over


@pytest.mark.parametrize("while_asking", [True, False])
async def test_a_device_that_is_lost_is_lost_for_all(while_asking: bool) -> None:
    first, second = FakeAsker(), FakeAsker()
    async with serving(first, second) as (desk, device):
        if while_asking:
            device.at_once = False
            desk.ask(first, request(1))
            device.answer(DeviceLostError("unplugged"))
        else:
            assert device.told is not None
            device.told("unplugged")
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert [await first.loss.get(), await second.loss.get()] == ["unplugged", "unplugged"]
        assert desk.is_over


async def test_a_broadcast_has_no_answer_and_the_next_request_goes() -> None:
    asker = FakeAsker()
    async with serving(asker) as (desk, device):
        device.at_once = False
        desk.ask(asker, request(1, unit=0))
        desk.ask(asker, request(2))
        device.answer(None)
        device.answer(request(2))
        assert [await asker.next(), await asker.next()] == [None, request(2)]
        assert desk.is_idle(asker)
