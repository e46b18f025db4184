"""The sessions that one socket watches: begun and ended by what the page says, within a bound."""

from collections.abc import Iterator

from broker.events.frames import Unwatch, Watch
from broker.events.watching import Watched
from broker.http.errors import BrokerError
from broker.http.principal import Principal
from broker.sessions.errors import LimitReachedError
from broker.sessions.gate import Action
from broker.sessions.service import SessionService

MAX_WATCHED = 8


class Watchlist:
    """Give everything back with ``close``."""

    def __init__(self, sessions: SessionService) -> None:
        self._sessions = sessions
        self._watched: dict[str, Watched] = {}

    def __bool__(self) -> bool:
        return bool(self._watched)

    async def obey(self, principal: Principal, command: Watch | Unwatch) -> str | None:
        """Do what the page wants; return the code of the refusal if it may not be."""
        match command:
            case Unwatch(unwatch=session):
                self._drop(session)
            case Watch(watch=session, after=after) if session in self._watched:
                self._watched[session].resume(after)
            case Watch(watch=session, after=after):
                try:
                    await self._begin(principal, session, after)
                except BrokerError as error:
                    return error.code
        return None

    def next_frames(self, now_monotonic: float) -> Iterator[str]:
        """Yield what is to be said now; sessions that have ended and told all are left out from then on."""
        for session, watched in list(self._watched.items()):
            if self._watched.get(session) is not watched:
                continue
            yield from watched.next_frames(now_monotonic)
            if watched.is_over:
                self._drop(session)

    def drop_forbidden(self, principal: Principal) -> list[str]:
        """Watch no more what this person may not watch (any more); return which sessions these are."""
        forbidden = [
            session
            for session, watched in self._watched.items()
            if not self._sessions.allows(principal, watched.session, Action.WATCH)
        ]
        for session in forbidden:
            self._drop(session)
        for watched in self._watched.values():
            if not self._sessions.allows(principal, watched.session, Action.SUPERVISE):
                watched.lose_supervisor()
        return forbidden

    def close(self) -> None:
        """Watch nothing any more."""
        for session in list(self._watched):
            self._drop(session)

    async def _begin(self, principal: Principal, session_id: str, after: int | None) -> None:
        if len(self._watched) >= MAX_WATCHED:
            raise LimitReachedError(f"{MAX_WATCHED} sessions are watched on this socket already.")
        session, watcher = await self._sessions.watch(principal, session_id, is_presence=False)
        self._watched[session_id] = Watched(session, watcher, after)

    def _drop(self, session: str) -> None:
        watched = self._watched.pop(session, None)
        if watched is not None:
            watched.close()
