"""All events sockets of this node: hears every event, wakes who may have to tell it, ends those whose login ended."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiohttp import web

from broker.cluster.bus import Bus, Event
from broker.events.history import History
from broker.events.seeing import Viewer
from broker.events.socket import PART_SECONDS, EventSocket, WhoIs
from broker.events.topics import SUBJECTS
from broker.http.principal import Principal
from broker.sessions.errors import LimitReachedError
from broker.sessions.service import SessionService

MAX_SOCKETS_PER_LOGIN = 8


class EventHub:
    """Keeps the history and the sockets."""

    def __init__(
        self, bus: Bus, history: History, sessions: SessionService,
        *, viewer: Callable[[Principal], Viewer], who_is: WhoIs,
    ) -> None:  # fmt: skip
        self.history = history
        self._sessions = sessions
        self._viewer = viewer
        self._who_is = who_is
        self._sockets: defaultdict[str, set[EventSocket]] = defaultdict(set)
        bus.call(self._hear, "")

    def __len__(self) -> int:
        return sum(map(len, self._sockets.values()))

    async def serve(self, request: web.Request, principal: Principal, epoch: str, after: int) -> web.StreamResponse:
        """Serve a socket until it ends; raise ``LimitReachedError`` if the login has too many."""
        with self._taken_in(principal) as socket:
            return await socket.serve(request, epoch, after)

    async def close(self) -> None:
        """Say good-bye to everybody: the broker stops."""
        leaving = []
        for socket in self._all():
            socket.end("broker_stopped")
            leaving.append(asyncio.ensure_future(socket.gone.wait()))
        if leaving:
            await asyncio.wait(leaving, timeout=2 * PART_SECONDS)

    def _hear(self, event: Event) -> None:
        if event.topic not in SUBJECTS:
            return
        self.history.add(event)
        if event.topic == "login.ended":
            for socket in self._sockets.get(event.ids.get("login", ""), ()):
                socket.end("login_ended")
        for socket in self._all():
            socket.wake()

    @contextmanager
    def _taken_in(self, principal: Principal) -> Iterator[EventSocket]:
        of_login = self._sockets[principal.login_id]
        if len(of_login) >= MAX_SOCKETS_PER_LOGIN:
            raise LimitReachedError(
                f"{MAX_SOCKETS_PER_LOGIN} sockets of this login are open already.",
                hint="Close some of the pages.",
                fields={"limit": "events sockets of this login", "maximum": MAX_SOCKETS_PER_LOGIN},
            )
        socket = EventSocket(principal, self.history, self._sessions, viewer=self._viewer, who_is=self._who_is)
        of_login.add(socket)
        try:
            yield socket
        finally:
            socket.gone.set()
            of_login.discard(socket)
            if not of_login:
                self._sockets.pop(principal.login_id, None)

    def _all(self) -> list[EventSocket]:
        return [socket for of_login in self._sockets.values() for socket in of_login]
