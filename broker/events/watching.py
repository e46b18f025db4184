"""One session that one socket watches: how far it has been told, and what it is told next."""

import math

from broker.events import frames
from broker.sessions.live import LiveSession
from broker.sessions.states import SessionState
from broker.sessions.watchers import Watcher

BATCH_SECONDS = 0.25
MAX_BATCH = 500


class Watched:
    """Tells operations in batches and everything else as it comes. Give it back with ``close``."""

    def __init__(self, session: LiveSession, watcher: Watcher, after: int | None) -> None:
        self.session = session
        self.is_over = False
        self._watcher = watcher
        self._lost_told = 0
        self._told_monotonic = -math.inf
        self.resume(after)

    def resume(self, after: int | None) -> None:
        """Go on after an operation's number, or with the oldest that is kept."""
        ledger = self.session.ledger
        self._number = ledger.forgotten if after is None else min(after, ledger.number)

    def next_frames(self, now_monotonic: float) -> list[str]:
        """Return what is to be said now; once the session has ended, all that is left, and then ``is_over``."""
        has_ended = self.session.state is SessionState.ENDED
        said: list[str] = []
        if has_ended or now_monotonic - self._told_monotonic >= BATCH_SECONDS:
            said += self._operations(all_of_them=has_ended)
            self._told_monotonic = now_monotonic if said else self._told_monotonic
        said += self._events()
        self.is_over = has_ended
        return said

    def lose_supervisor(self) -> None:
        """Go on telling; that it is watched here does not count any more."""
        self.session.lose_supervisor(self._watcher)

    def close(self) -> None:
        """Hear no more of the session."""
        self.session.unwatch(self._watcher)

    def _operations(self, *, all_of_them: bool) -> list[str]:
        said: list[str] = []
        ledger = self.session.ledger
        while (missed := ledger.after(self._number, MAX_BATCH)).kept:
            text, count = frames.operations(self.session.facts.id, ledger, missed.kept, missed.dropped)
            self._number = missed.kept[count - 1].number
            said.append(text)
            if not all_of_them:
                break
        return said

    def _events(self) -> list[str]:
        said: list[str] = []
        while not self._watcher.empty():
            lost, self._lost_told = self._watcher.lost - self._lost_told, self._watcher.lost
            said.append(frames.happened(self.session.facts.id, self._watcher.get_nowait(), lost))
        return said
