"""One person's events socket: reads what the page wants to watch, tells what the person may know, and ends in time."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiohttp import ClientConnectionError, WSMsgType, web
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from broker.events import frames
from broker.events.frames import COMMANDS, Watch
from broker.events.history import History
from broker.events.seeing import Viewer
from broker.events.watching import BATCH_SECONDS
from broker.events.watchlist import Watchlist
from broker.http.errors import BrokerError
from broker.http.principal import Principal
from broker.sessions.service import SessionService

HEARTBEAT_SECONDS = 10.0
"""Asked so often, and given half as long to answer: a page is taken for watching at most 15 s after it was lost."""
SEND_SECONDS = 10.0
LOOK_SECONDS = 1.0
PART_SECONDS = 0.4
MAX_MESSAGE_BYTES = 1024
MAX_ANSWERS = 16
MAX_COMMANDS = 120
COMMANDS_SECONDS = 60.0
BROKEN = (ConnectionError, ClientConnectionError, TimeoutError)
AWAY = (BrokerError, OSError, SQLAlchemyError)

WhoIs = Callable[[str, str], Awaitable[Principal | None]]
"""Says whom a user's login stands for now; ``None`` once it has ended."""


class EventSocket:
    """Serves one connection. Nothing waits for it: a page that does not keep up is told that it missed something.

    ``gone`` is set by its owner, once it was served.
    """

    def __init__(
        self, principal: Principal, history: History, sessions: SessionService,
        *, viewer: Callable[[Principal], Viewer], who_is: WhoIs,
    ) -> None:  # fmt: skip
        self.principal = principal
        self.gone = asyncio.Event()
        self._history = history
        self._make_viewer = viewer
        self._viewer = viewer(principal)
        self._who_is = who_is
        self._socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_SECONDS, max_msg_size=MAX_MESSAGE_BYTES, compress=False, timeout=PART_SECONDS
        )
        self._loop = asyncio.get_running_loop()
        self._told = 0
        self._was_away = False
        self._looked = 0.0
        self._wake = asyncio.Event()
        self._ended: asyncio.Future[str] = self._loop.create_future()
        self._answers: asyncio.Queue[str] = asyncio.Queue(MAX_ANSWERS)
        self._watchlist = Watchlist(sessions)

    def wake(self) -> None:
        """Something happened that may have to be told."""
        self._wake.set()

    def end(self, code: str) -> None:
        """Let the socket say good-bye and close, whatever it is doing."""
        if not self._ended.done():
            self._ended.set_result(code)

    async def serve(self, request: web.Request, epoch: str, after: int) -> web.WebSocketResponse:
        """Turn the request into the socket and stay with it until it ends."""
        await self._socket.prepare(request)
        work = (self._read(), self._write(epoch, after), self._until_login_ends())
        tasks = [self._loop.create_task(each) for each in work]
        ends: list[asyncio.Future[Any]] = [*tasks, self._ended]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            self._watchlist.close()
        await self._part(request, [task.exception() for task in tasks if not task.cancelled()])
        return self._socket

    # --- what the page says

    async def _read(self) -> None:
        began, count = self._loop.time(), 0
        while (message := await self._socket.receive()).type in (WSMsgType.TEXT, WSMsgType.BINARY):
            if self._loop.time() - began > COMMANDS_SECONDS:
                began, count = self._loop.time(), 0
            count += 1
            if count > MAX_COMMANDS:
                self.end("too_many_requests")
                return
            try:
                command = COMMANDS.validate_json(message.data if message.type is WSMsgType.TEXT else b"")
            except ValidationError:
                self.end("bad_message")
                return
            asking = self.principal
            refusal = await self._watchlist.obey(asking, command)
            if self.principal is not asking:  # rights may have changed meanwhile
                self._watchlist.drop_forbidden(self.principal)
            if refusal is not None:
                name = command.watch if isinstance(command, Watch) else command.unwatch
                await self._answers.put(frames.refused(name, refusal))
            self.wake()

    # --- what the page is told

    async def _write(self, epoch: str, after: int) -> None:
        await self._greet(epoch, after)
        while True:
            await self._tell_changes()
            await self._tell_watched()
            await self._rest()
            await self._look_who_it_is()

    async def _greet(self, epoch: str, after: int) -> None:
        """Say where the numbers stand, before anything is read that a later number could be about."""
        seq = self._history.seq
        await self._viewer.look()
        await self._send(frames.hello(self._history.epoch, seq))
        self._was_away = epoch == self._history.epoch
        self._told = after if self._was_away else seq
        if epoch and not self._was_away:
            await self._send(frames.reset(seq))

    async def _tell_changes(self) -> None:
        missed = self._history.since(self._told)
        if missed is None:
            self._told = self._history.seq
            await self._send(frames.reset(self._told))
            return
        if not missed:
            return
        if self._viewer.may_move(missed):
            # Where somebody may look is read at most once a second, however much is being changed.
            await asyncio.sleep(max(0.0, self._looked + LOOK_SECONDS - self._loop.time()))
            self._looked = self._loop.time()
        told = await self._viewer.tell(missed, was_away=self._was_away)
        self._told, self._was_away = missed[-1].seq, False
        for one in told:
            await self._send(frames.changed(one))

    async def _tell_watched(self) -> None:
        while not self._answers.empty():
            await self._send(self._answers.get_nowait())
        for text in self._watchlist.next_frames(self._loop.time()):
            await self._send(text)

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BATCH_SECONDS if self._watchlist else LOOK_SECONDS):
                await self._wake.wait()
        self._wake.clear()

    async def _look_who_it_is(self) -> None:
        """End with the login; whose rights changed is shown everything anew, and watches what they still may."""
        present = await self._who_is(self.principal.user_id, self.principal.login_id)
        if present is None:
            self.end("login_ended")
            return
        before, self.principal = self.principal, replace(present, address=self.principal.address)
        if before.permissions != present.permissions:
            self._viewer = self._make_viewer(self.principal)
            await self._viewer.look()
            for session in self._watchlist.drop_forbidden(self.principal):
                await self._send(frames.refused(session, "not_found"))
            await self._send(frames.reset(self._told))

    async def _until_login_ends(self) -> None:
        """Look by itself: the writer may be held up by a page that does not read."""
        while await self._who_is(self.principal.user_id, self.principal.login_id) is not None:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)
        self.end("login_ended")

    async def _send(self, text: str) -> None:
        if self._ended.done():
            return
        async with asyncio.timeout(SEND_SECONDS):
            await self._socket.send_str(text)

    # --- the end

    async def _part(self, request: web.Request, errors: list[BaseException | None]) -> None:
        """Say good-bye where there is somebody to hear it; in under a second the connection is gone in any case."""
        unforeseen = [error for error in errors if error is not None and not isinstance(error, (*BROKEN, *AWAY))]
        if any(isinstance(error, AWAY) and not isinstance(error, BROKEN) for error in errors):
            self.end("unavailable")
        try:
            async with asyncio.timeout(PART_SECONDS):
                if self._ended.done() and not self._socket.closed:
                    await self._socket.send_str(frames.bye(self._ended.result()))
                await self._socket.close()
        except BROKEN:
            if request.transport is not None:
                request.transport.abort()
        for error in unforeseen:
            raise error
