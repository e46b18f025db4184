"""The control link: one outbound WebSocket to the broker that comes back by itself for as long as the agent lives."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import aiohttp
import structlog
from pydantic import BaseModel, ValidationError

from agent.door import Door
from agent.errors import DismissedError
from agent.faults import explain
from tunnel.clock import Clock
from tunnel.messages import (
    CONTROL_PATH,
    FROM_BROKER,
    MAX_CONTROL_MESSAGE_BYTES,
    CutSession,
    Dial,
    Extend,
    FromBroker,
    Goodbye,
    Heartbeat,
    Hello,
    Welcome,
)
from tunnel.tasks import Backoff

ANSWER_SECONDS = 15.0
PING_SECONDS = 20.0
CLOSE_SECONDS = 3.0
MAX_WAITING_MESSAGES = 1024


class LinkError(Exception):
    """The broker broke the protocol of the link, or ended it."""


class Orders(Protocol):
    """Who obeys the broker, and knows what to greet it with. None of these may block."""

    def hello(self) -> Hello:
        """Return the agent's first words, as of now."""
        ...

    def welcomed(self, welcome: Welcome, offset_seconds: float) -> None:
        """Take over what the broker said; ``offset_seconds`` is its clock minus ours."""
        ...

    def dial(self, order: Dial) -> None:
        """Open a stream, or report why not."""
        ...

    def cut(self, order: CutSession) -> None:
        """End streams."""
        ...

    def extend(self, order: Extend) -> None:
        """Take a new grant for a session."""
        ...

    def live_streams(self) -> int:
        """Return how many streams are open."""
        ...


@dataclass(frozen=True, slots=True)
class LinkState:
    """How the link stands, for status."""

    connected: bool
    since: datetime
    node: str = ""
    offset_seconds: float | None = None
    fault: str = ""


class Link:
    """Keeps the link up; what is said while it is down is not queued (the next greeting tells how things stand)."""

    def __init__(self, door: Door, clock: Clock, backoff: Backoff) -> None:
        """Connect through ``door`` once ``run`` is called."""
        self._door = door
        self._clock = clock
        self._backoff = backoff
        self._outbox: asyncio.Queue[BaseModel] = asyncio.Queue(MAX_WAITING_MESSAGES)
        self._log = structlog.get_logger("link")
        self.state = LinkState(connected=False, since=clock.now())

    def send(self, message: BaseModel) -> None:
        """Say something to the broker, if it listens."""
        if not self.state.connected:
            return
        try:
            self._outbox.put_nowait(message)
        except asyncio.QueueFull:
            self._log.error("outbox_full", type=type(message).__name__)

    async def run(self, orders: Orders) -> None:
        """Connect, and connect again whenever the link ends; raises DismissedError when the broker sends us away."""
        while True:
            try:
                await self._connect_once(orders)
            except (aiohttp.ClientError, OSError, LinkError) as error:
                self._down(*explain(error))
            pause = self._backoff.next_pause()
            self._log.info("link_retry", in_seconds=round(pause, 1))
            await asyncio.sleep(pause)

    async def _connect_once(self, orders: Orders) -> None:
        async with self._door.session() as session:
            async with asyncio.timeout(2 * ANSWER_SECONDS):
                socket = await session.ws_connect(
                    self._door.url(CONTROL_PATH),
                    heartbeat=PING_SECONDS,
                    max_msg_size=MAX_CONTROL_MESSAGE_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
                    **self._door.way(),
                )
            try:
                welcome = await self._greet(socket, orders)
                await _first_of(self._listen(socket, orders), self._speak(socket, orders, welcome.heartbeat_seconds))
            finally:
                with suppress(TimeoutError, aiohttp.ClientError, OSError):
                    async with asyncio.timeout(CLOSE_SECONDS):
                        await socket.close()

    async def _greet(self, socket: aiohttp.ClientWebSocketResponse, orders: Orders) -> Welcome:
        async with asyncio.timeout(ANSWER_SECONDS):
            await socket.send_str(orders.hello().model_dump_json())
            sent_at = self._clock.now()
            answer = _read(await socket.receive())
        now = self._clock.now()
        if isinstance(answer, Goodbye):
            self._leave(answer)
        if not isinstance(answer, Welcome):
            raise LinkError(f"the broker answered the greeting with {type(answer).__name__}")
        offset = (answer.clock - sent_at - (now - sent_at) / 2).total_seconds()
        self._up(answer, offset)
        orders.welcomed(answer, offset)
        return answer

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse, orders: Orders) -> None:
        while True:
            self._obey(_read(await socket.receive()), orders)

    def _obey(self, message: FromBroker, orders: Orders) -> None:
        match message:
            case Dial():
                orders.dial(message)
            case CutSession():
                orders.cut(message)
            case Extend():
                orders.extend(message)
            case Goodbye():
                self._leave(message)
            case Welcome():
                raise LinkError("the broker greeted twice")

    def _leave(self, goodbye: Goodbye) -> None:
        sentence = f"{goodbye.code}: {goodbye.reason}" if goodbye.reason else goodbye.code
        if not goodbye.retry:
            self._down("dismissed", sentence)
            raise DismissedError(f"the broker sent this agent away for good ({sentence}); ask the broker's admin")
        raise LinkError(f"the broker ended the link ({sentence})")

    async def _speak(self, socket: aiohttp.ClientWebSocketResponse, orders: Orders, heartbeat_seconds: float) -> None:
        while True:
            try:
                async with asyncio.timeout(heartbeat_seconds):
                    message = await self._outbox.get()
            except TimeoutError:
                message = Heartbeat(clock=self._clock.now(), live_streams=orders.live_streams())
                self._backoff.reset()  # a link counts as good once it has lasted
            async with asyncio.timeout(ANSWER_SECONDS):
                await socket.send_str(message.model_dump_json())

    def _up(self, welcome: Welcome, offset_seconds: float) -> None:
        while not self._outbox.empty():
            self._outbox.get_nowait()
        self.state = LinkState(True, self._clock.now(), welcome.node, offset_seconds)
        self._log.info("link_up", node=welcome.node, broker_offset_seconds=round(offset_seconds, 3))

    def _down(self, code: str, sentence: str) -> None:
        was = self.state
        since = self._clock.now() if was.connected else was.since
        self.state = replace(was, connected=False, since=since, fault=f"{code}: {sentence}")
        self._log.warning("link_down", code=code, detail=sentence)


def _read(message: aiohttp.WSMessage) -> FromBroker:
    if message.type is not aiohttp.WSMsgType.TEXT:
        raise LinkError(f"the link ended ({message.type.name.lower()} {message.data or ''})")
    try:
        return FROM_BROKER.validate_json(message.data)
    except ValidationError as error:
        detail = error.errors(include_input=False, include_url=False)[0]
        raise LinkError(f"the broker said something that this agent does not understand: {detail['msg']}") from error


async def _first_of(*jobs: Coroutine[Any, Any, None]) -> None:
    """Run jobs together until the first of them ends; end the others, and raise what it raised."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        task.result()
