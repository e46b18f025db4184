"""The UDP client of the fins package, called in a thread."""

import asyncio
from types import TracebackType
from typing import Self

from fins import FinsResponseFrame
from fins.udp import UDPFinsConnection

PATIENCE_SECONDS = 30.0


class FinsUdpTool:
    """Speaks to a loopback port while entered; ``do`` and ``send`` return end code and data."""

    def __init__(self, port: int) -> None:
        self.client = UDPFinsConnection()
        self.client.dest_node_add, self.client.srce_node_add = 10, 200
        self._port = port

    def __enter__(self) -> Self:
        self.client.connect("127.0.0.1", self._port, bind_port=0)
        self.client.fins_socket.settimeout(PATIENCE_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.fins_socket.close()

    def frame(self, command: int, text: bytes = b"") -> bytes:
        """What is sent for a command."""
        made: bytes = self.client.fins_command_frame(command.to_bytes(2, "big"), text)
        return made

    async def do(self, name: str, *arguments: object) -> tuple[int, bytes]:
        """Call a function of the client."""
        frame = FinsResponseFrame()
        async with asyncio.timeout(PATIENCE_SECONDS):
            frame.from_bytes(await asyncio.to_thread(getattr(self.client, name), *arguments))
        return int.from_bytes(frame.end_code, "big"), frame.text

    async def send(self, command: int, text: bytes = b"") -> tuple[int, bytes]:
        """Send a command by its code."""
        return await self.do("execute_fins_command_frame", self.frame(command, text))
