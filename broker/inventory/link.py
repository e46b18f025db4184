"""One agent's control WebSocket: sending with a deadline, proving that the other end still answers, parting."""

import asyncio
import contextlib
import secrets
from datetime import datetime

from aiohttp import ClientConnectionError, WSMessage, WSMsgType, web

from broker.inventory.errors import AgentBusyError, AgentOfflineError
from tunnel.ids import AgentId, SiteId
from tunnel.messages import MAX_CONTROL_MESSAGE_BYTES, CutSession, Dial, Extend, Goodbye, Welcome

SEND_SECONDS = 5.0
PART_SECONDS = 1.0
MAX_WAITING_SENDS = 64

Saying = Welcome | Dial | CutSession | Extend | Goodbye
SOCKET_ERRORS = (ConnectionError, ClientConnectionError, TimeoutError)


def control_socket() -> web.WebSocketResponse:
    """Return a WebSocket for one control link: small messages, no compression, pings answered by hand."""
    return web.WebSocketResponse(
        autoping=False, compress=False, max_msg_size=MAX_CONTROL_MESSAGE_BYTES, timeout=PART_SECONDS
    )


class AgentLink:
    """The control link of one agent; ``ready`` once the agent was welcomed and may be dialled through."""

    __slots__ = (
        "_pong", "_request", "_socket", "_waiting", "address", "agent_id", "clock_offset_seconds", "connected_at",
        "expires_at", "heard_monotonic", "instance", "ready", "reported_streams", "serial", "site_id",
    )  # fmt: skip

    def __init__(
        self, socket: web.WebSocketResponse, request: web.Request, agent_id: AgentId, site_id: SiteId, serial: str
    ) -> None:
        self._socket = socket
        self._request = request
        self._waiting = 0
        self._pong: tuple[bytes, asyncio.Future[None]] | None = None
        self.agent_id = agent_id
        self.site_id = site_id
        self.serial = serial
        self.address = request.remote or ""
        self.instance = ""
        self.ready = False
        self.clock_offset_seconds = 0.0
        self.reported_streams = 0
        self.connected_at: datetime | None = None
        self.expires_at: datetime | None = None
        self.heard_monotonic = 0.0

    async def send(self, message: Saying, *, deadline_seconds: float = SEND_SECONDS) -> None:
        """Send one message; raise ``AgentOfflineError`` if the link does not take it in time, and then end the link.

        Raises ``AgentBusyError`` when too many messages wait already.
        """
        if self._waiting >= MAX_WAITING_SENDS:
            raise AgentBusyError("Too many messages wait for this agent.", hint="Retry in a second.")
        self._waiting += 1
        try:
            async with asyncio.timeout(deadline_seconds):
                await self._socket.send_str(message.model_dump_json())
        except SOCKET_ERRORS as error:
            self.abort()
            raise AgentOfflineError("The agent's link broke while it was being spoken to.") from error
        finally:
            self._waiting -= 1

    async def receive(self, deadline_seconds: float) -> WSMessage:
        """Return the next message that is not a ping or pong; ``TimeoutError`` if none comes."""
        async with asyncio.timeout(deadline_seconds):
            while True:
                message = await self._socket.receive()
                match message.type:
                    case WSMsgType.PING:
                        await self._socket.pong(message.data)
                    case WSMsgType.PONG:
                        self._on_pong(bytes(message.data))
                    case _:
                        return message

    async def answers(self, seconds: float) -> bool:
        """Ping the other end and tell whether it answers in time; something else must be receiving."""
        nonce = secrets.token_bytes(8)
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pong = (nonce, answered)
        try:
            async with asyncio.timeout(seconds):
                await self._socket.ping(nonce)
                await answered
        except SOCKET_ERRORS:
            return False
        finally:
            self._pong = None
        return True

    async def part(self, goodbye: Goodbye) -> None:
        """Say good-bye if the link still takes it, and close it; takes two seconds at most and never raises."""
        self.ready = False
        with contextlib.suppress(AgentBusyError, AgentOfflineError):
            await self.send(goodbye, deadline_seconds=PART_SECONDS)
        with contextlib.suppress(*SOCKET_ERRORS):
            async with asyncio.timeout(PART_SECONDS):
                await self._socket.close()
        self.abort()

    def abort(self) -> None:
        """Drop the connection at once."""
        self.ready = False
        if self._request.transport is not None:
            self._request.transport.abort()

    def _on_pong(self, nonce: bytes) -> None:
        if self._pong is not None and self._pong[0] == nonce and not self._pong[1].done():
            self._pong[1].set_result(None)
