"""Devices that remember every byte that reached them, and when: what is not there never got through."""

import asyncio
import struct
from collections.abc import Callable
from types import TracebackType
from typing import Self

PATIENCE_SECONDS = 30.0
Answer = Callable[[bytes], bytes]


class Call:
    """One connection to the device. ``ended`` is set at its end; ``how`` says ``fin`` or the error."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.received = bytearray()
        self.arrivals: list[tuple[float, int]] = []
        self.ended = asyncio.Event()
        self.how = ""
        self._came = asyncio.Event()

    def take(self, data: bytes) -> None:
        """Remember what came."""
        self.received += data
        self.arrivals.append((asyncio.get_running_loop().time(), len(self.received)))
        self._came.set()

    def length_at(self, moment: float) -> int:
        """How many bytes had come by then (the loop's clock)."""
        return max((length for at, length in self.arrivals if at <= moment), default=0)

    async def has(self, length: int, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until so many bytes have come."""
        async with asyncio.timeout(seconds):
            while len(self.received) < length:
                self._came.clear()
                await self._came.wait()

    async def end(self, seconds: float = PATIENCE_SECONDS) -> str:
        """Wait for the end of the connection; return how it ended."""
        async with asyncio.timeout(seconds):
            await self.ended.wait()
        return self.how


class Device:
    """A TCP server on loopback; ``answer`` turns what came into what is said back."""

    def __init__(self, answer: Answer = lambda _: b"") -> None:
        self.port = 0
        self.calls: list[Call] = []
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._called = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for call in self.calls:
            call.writer.transport.abort()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=PATIENCE_SECONDS)

    @property
    def received(self) -> bytes:
        """Everything that came, over all connections."""
        return b"".join(bytes(call.received) for call in self.calls)

    async def call(self, number: int = 0) -> Call:
        """Wait for the n-th connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.calls) <= number:
                self._called.clear()
                await self._called.wait()
        return self.calls[number]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        call = Call(writer)
        self.calls.append(call)
        self._called.set()
        try:
            while data := await reader.read(65536):
                call.take(data)
                writer.write(self._answer(data))
                await writer.drain()
            call.how = "fin"
        except OSError as error:
            call.how = type(error).__name__
        call.ended.set()
        writer.close()


def echo(data: bytes) -> bytes:
    """Say back what was said."""
    return data


class ModbusAnswers:
    """A PLC that answers every request: reads with what their address gives, writes with their echo.

    One device only for one connection at a time: what is left of a half request is kept between calls.
    """

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self._rest = b""

    def __call__(self, data: bytes) -> bytes:
        self._rest += data
        answers = b""
        while len(self._rest) >= 6:
            length = 6 + struct.unpack_from(">H", self._rest, 4)[0]
            if len(self._rest) < length:
                break
            adu, self._rest = self._rest[:length], self._rest[length:]
            self.said.append(respond(adu))
            answers += self.said[-1]
        return answers


def respond(adu: bytes) -> bytes:
    """The answer to one request (Modbus Application Protocol 1.1b3, 6)."""
    function = adu[7]
    if function in (3, 4):
        start, count = struct.unpack_from(">HH", adu, 8)
        registers = b"".join(struct.pack(">H", (start + offset) * 7 & 0xFFFF) for offset in range(count))
        pdu = bytes([function, len(registers)]) + registers
    else:
        pdu = adu[7:12]
    return adu[:4] + struct.pack(">H", len(pdu) + 1) + adu[6:7] + pdu
