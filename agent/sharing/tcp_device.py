"""One Modbus/TCP connection for many streams: transactions are numbered anew, so that nobody gets another's answer."""

import asyncio
from collections.abc import Callable
from typing import cast

from agent.ceiling import Permit
from agent.devices import refusal_of
from agent.refusals import Refusal
from agent.sharing.device import Counts, DeviceLostError, silent
from guards.modbus.exchange import key_of
from guards.modbus.framing import AduSplitter

_TRANSACTIONS = 0x10000


class TcpDevice(asyncio.Protocol):
    """The connection. An answer is known by transaction, unit and function; what answers nothing open is dropped."""

    def __init__(self, name: str) -> None:
        """Wait to be connected to ``name``."""
        self.counts = Counts()
        self._name = name
        self._loop = asyncio.get_running_loop()
        self._splitter = AduSplitter()
        self._transport: asyncio.Transport | None = None
        self._gone = asyncio.Event()
        self._transaction = 0
        self._asked: tuple[int, asyncio.Future[bytes]] | None = None
        self._told: Callable[[str], None] | None = None
        self._fault = f"{name} closed the connection"

    # From the transport.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See ``asyncio.Protocol``."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Give the answer to who waits for it; a stream that cannot be understood is closed."""
        adus, fault = self._splitter.feed(data)
        for adu in adus:
            asked = self._asked
            if asked is not None and key_of(adu) == asked[0] and not asked[1].done():
                asked[1].set_result(adu)
            else:
                self.counts.strays += 1
        if fault is not None and self._transport is not None:
            self._fault = f"{self._name} said what cannot be understood: {fault.reason}"
            self._transport.close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Tell who waits, and who wants to know."""
        self._gone.set()
        if exc is not None:
            self._fault = f"{self._name} is gone: {exc}"
        if self._asked is not None and not self._asked[1].done():
            self._asked[1].set_exception(DeviceLostError(self._fault))
        if self._told is not None:
            self._told(self._fault)

    # From the desk.

    def when_lost(self, told: Callable[[str], None]) -> None:
        """See ``Device``."""
        self._told = told

    async def ask(self, adu: bytes, deadline_monotonic: float) -> bytes | None:
        """See ``Device``."""
        if self._transport is None or self._gone.is_set() or self._transport.is_closing():
            raise DeviceLostError(self._fault)
        self._transaction = (self._transaction + 1) % _TRANSACTIONS
        mine = self._transaction.to_bytes(2, "big") + adu[2:]
        answered: asyncio.Future[bytes] = self._loop.create_future()
        self._asked = key_of(mine), answered
        self.counts.requests += 1
        self._transport.write(mine)
        try:
            async with asyncio.timeout_at(deadline_monotonic):
                return adu[:2] + (await answered)[2:]
        except TimeoutError:
            self.counts.silent += 1
            return silent(adu)
        finally:
            self._asked = None

    async def close(self) -> None:
        """See ``Device``: with FIN, and not waiting for ever for the device's."""
        self._told = None
        if self._transport is not None:
            self._transport.close()


async def open_connection(permit: Permit, *, deadline_seconds: float) -> TcpDevice | Refusal:
    """Connect to the permitted address, or say why not."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(deadline_seconds):
            _, device = await loop.create_connection(lambda: TcpDevice(str(permit)), str(permit.address), permit.port)
    except (TimeoutError, OSError) as error:
        return refusal_of(permit, error, deadline_seconds)
    return device
