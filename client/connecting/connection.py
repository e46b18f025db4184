"""The whole of ``wicket connect``: open, listen, watch, run, and end, whoever is first to end it."""

import asyncio
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from client.api import Api, at
from client.app import App
from client.banners import Banner
from client.connecting.datagrams import DatagramDoor
from client.connecting.display import Display
from client.connecting.door import LocalDoor, Reporter, endpoint_of, listen
from client.connecting.opening import Opening
from client.connecting.plan import HOST, Plan
from client.connecting.running import Tool, check_command
from client.connecting.watching import Ended, Watcher, how_it_ended
from client.errors import ApiError, ClientError
from client.exit_codes import Exit
from client.reaching import reach
from client.transport import Json
from policies.protocols import is_datagrams

TICK_SECONDS = 1.0
END_SECONDS = 20.0
"""The broker may look at the device once more before it answers."""
ENDED_BEFORE = (404, 409, 410)
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def connect(app: App, plan: Plan) -> int:
    """Open a session, serve it until it ends, and return the exit code."""
    check_command(plan.command)
    async with app.api() as api:
        reached = await reach(api, plan.asset)
        kind = socket.SOCK_DGRAM if is_datagrams(reached.protocol) else socket.SOCK_STREAM
        with listen(plan.local, kind) as listening:
            banner = Banner(app, api, accept=plan.accept_banner)
            await banner.show(str(reached.asset["site"]))
            session = await Opening(app, api, plan, reached, banner).session()
            return await Connection(app, api, plan, session).serve(listening)


class Connection:
    """One open session with its local port, its watcher, and the tool that runs on it."""

    def __init__(self, app: App, api: Api, plan: Plan, session: Json) -> None:
        self._api = api
        self._plan = plan
        self._session = session
        self._id = str(session["id"])
        # A tool's output is the tool's: what we say then goes to standard error.
        stream = sys.stdout if not plan.command else sys.stderr
        self._display = Display(stream, as_json=app.out.as_json, live=stream.isatty() and not plan.command)
        reporter = Reporter(self._display.refused, self._display.stream_ended, lambda _notice: None)
        make_door = DatagramDoor if is_datagrams(str(session["protocol"])) else LocalDoor
        self._door = make_door(endpoint_of(app.profile, app.proxy), self._id, api.authorization, reporter)
        self._stop = asyncio.Event()
        self._tool: Tool | None = None

    async def serve(self, listening: socket.socket) -> int:
        """Serve until somebody ends it; the session is ended at the broker in any case."""
        ended: Ended | None = None
        try:
            with self._signals():
                await self._door.open(listening)
                self._display.opened(self._session, listening.getsockname()[1])
                ended, code = await self._until_over(listening.getsockname()[1])
        finally:
            await self._door.close()
            if ended is None:
                ended = await self._end()
        # A tool whose session was ended may well end with 0, and before we hear why.
        return code if ended is None else ended.exit_code

    async def _until_over(self, port: int) -> tuple[Ended | None, int]:
        """Wait for the first of: the session's end, a signal, the tool's end. ``None``: it is ours to end."""
        watcher = asyncio.create_task(Watcher(self._api, self._id, self._display.event).until_ended())
        # With a tool its end counts, and signals are its business; without one, a signal is the wish to end.
        other = asyncio.create_task(self._run_tool(port) if self._plan.command else self._until_signal())
        ticking = asyncio.create_task(self._tick())
        tasks: tuple[asyncio.Task[Any], ...] = (watcher, other, ticking)
        try:
            await asyncio.wait((watcher, other), return_when=asyncio.FIRST_COMPLETED)
            if other.done():
                return None, other.result()
            return await self._ended_elsewhere(watcher.result())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run_tool(self, port: int) -> int:
        self._tool = await Tool.start(self._plan.command, HOST, port)
        return await self._tool.wait()

    async def _until_signal(self) -> int:
        await self._stop.wait()
        return Exit.OK

    async def _ended_elsewhere(self, ended: Ended) -> tuple[Ended, int]:
        self._display.ended(ended)
        if self._tool is not None:
            await self._door.close(ended.reason)
            await self._tool.stop()
        return ended, ended.exit_code

    async def _end(self) -> Ended | None:
        """End the session at the broker, or return how it had ended already; if nobody answers, say that."""
        before: Ended | None = None
        try:
            async with asyncio.timeout(END_SECONDS):
                before = await self._end_or_ask()
        except ApiError as error:
            self._display.line(f"The session could not be ended: {error.message}")
        except (ClientError, TimeoutError):
            self._display.line("The broker was not told; it ends the session by itself.")
        else:
            self._display.ended(before or Ended("finished", "You ended it."))
        return before

    async def _end_or_ask(self) -> Ended | None:
        try:
            await self._api.post(at("sessions", self._id, "end"))
        except ApiError as error:
            before = await how_it_ended(self._api, self._id) if error.status in ENDED_BEFORE else None
            if before is None:
                raise
            return before
        return None

    async def _tick(self) -> None:
        while True:
            self._display.tick(self._door.streams, self._door.carried)
            await asyncio.sleep(TICK_SECONDS)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Take Ctrl-C and friends as the wish to end; a tool at the same terminal gets Ctrl-C by itself."""
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._on_signal, number)
        try:
            yield
        finally:
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)

    def _on_signal(self, number: signal.Signals) -> None:
        if self._tool is None:
            self._stop.set()
        elif number is not signal.SIGINT:
            self._tool.pass_on(number)
