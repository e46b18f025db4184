"""The shared devices that are open: the first stream opens one, the others join, the last one's leaving closes it."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from weakref import WeakValueDictionary

import structlog

from agent.ceiling import Permit
from agent.refusals import Refusal, RefusalCode
from agent.sharing.desk import Desk
from agent.sharing.device import Counts, Device
from agent.sharing.end import SharedEnd
from tunnel.ends import ReadBuffer
from tunnel.tasks import Supervisor

MAX_SHARERS = 16

TakePlace = Callable[[Permit, str], Refusal | None]
LeavePlace = Callable[[Permit, str], None]


@dataclass(frozen=True, slots=True)
class Shared:
    """One open device, for people: streams on it now, and what happened since it was opened."""

    name: str
    streams: int
    counts: Counts


@dataclass(slots=True)
class _Open:
    desk: Desk
    permit: Permit
    closed: asyncio.Event


class Pool:
    """Opens shared devices, each once, with a place of the governor for each."""

    def __init__(
        self, supervisor: Supervisor, buffer: ReadBuffer, take_place: TakePlace, leave_place: LeavePlace
    ) -> None:
        """Begin with none."""
        self._supervisor = supervisor
        self._buffer = buffer
        self._take_place = take_place
        self._leave_place = leave_place
        self._open: dict[str, _Open] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._log = structlog.get_logger("sharing")

    def __iter__(self) -> Iterator[Shared]:
        """Show what is open."""
        for name, one in self._open.items():
            yield Shared(str(one.permit.line or name), len(one.desk), one.desk.device.counts)

    async def join(
        self, permit: Permit, holder: str, *, timeout_seconds: float, deadline_seconds: float
    ) -> SharedEnd | Refusal:
        """Return a stream's end at the device, opened for ``holder`` if it is the first; or say why not.

        ``timeout_seconds`` is how long the stream's guard waits for an answer.
        """
        async with self._locks.setdefault(str(permit), asyncio.Lock()):
            present = self._open.get(str(permit))
            if present is not None and present.desk.is_over:
                await present.closed.wait()  # it is being closed, and its place not free before
                present = None
            if present is None:
                opened = await self._start(permit, holder, deadline_seconds)
                if isinstance(opened, Refusal):
                    return opened
                present = opened
            elif (refusal := _unfit(present, permit)) is not None:
                return refusal
            return SharedEnd(self._buffer, present.desk, timeout_seconds)

    async def _start(self, permit: Permit, holder: str, deadline_seconds: float) -> _Open | Refusal:
        refusal = self._take_place(permit, holder)
        if refusal is not None:
            return refusal
        device: Device | Refusal | None = None
        try:
            device = await _open_device(permit, deadline_seconds)
        finally:
            if device is None or isinstance(device, Refusal):
                self._leave_place(permit, holder)
        if isinstance(device, Refusal):
            return device
        opened = self._open[str(permit)] = _Open(Desk(device), permit, asyncio.Event())
        self._supervisor.start(f"shared {permit}", lambda: self._run(opened, holder))
        self._log.info("shared_device_opened", device=str(permit), entry=permit.entry)
        return opened

    async def _run(self, opened: _Open, holder: str) -> None:
        name = str(opened.permit)
        try:
            await opened.desk.run()
        finally:
            self._leave_place(opened.permit, holder)
            if self._open.get(name) is opened:
                del self._open[name]
            opened.closed.set()
            self._log.info("shared_device_closed", device=name, **_figures(opened.desk.device.counts))


async def _open_device(permit: Permit, deadline_seconds: float) -> Device | Refusal:
    # What speaks with devices is loaded where some are shared: at most sites none are.
    if permit.line is not None:
        from agent.sharing.rtu_device import open_line

        return await open_line(permit.line, deadline_seconds=deadline_seconds)
    from agent.sharing.tcp_device import open_connection

    return await open_connection(permit, deadline_seconds=deadline_seconds)


def _unfit(present: _Open, permit: Permit) -> Refusal | None:
    if present.permit.line != permit.line:
        sentence = f"{permit} is in use with other settings than the ceiling file has now; end those sessions first."
        return Refusal(RefusalCode.DEVICE_REFUSED, sentence)
    if len(present.desk) >= MAX_SHARERS:
        return Refusal(
            RefusalCode.TOO_MANY_CONNECTIONS, f"{permit} is shared by {MAX_SHARERS} streams already; close one."
        )
    return None


def _figures(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in counts.__slots__}
