"""Who hears what happens to a live session, and what they are told."""

import asyncio
from dataclasses import dataclass, field

from broker.audit.log import Actor

MAX_WATCHER_EVENTS = 256


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """What watchers of a session are told."""

    kind: str
    details: dict[str, object] = field(default_factory=dict)


class Watcher(asyncio.Queue[SessionEvent]):
    """Somebody who hears of a session, and loses the oldest event when they do not keep up.

    ``is_presence``: it shows that the session's user is there. ``supervisor`` is who of the plant watches by it, where
    that counts for a session that must be watched. ``lost`` counts what it did not hear.
    """

    def __init__(self, *, is_presence: bool) -> None:
        super().__init__(MAX_WATCHER_EVENTS)
        self.is_presence = is_presence
        self.supervisor: Actor | None = None
        self.lost = 0

    def offer(self, event: SessionEvent) -> None:
        """Tell; never waits."""
        if self.full():
            self.get_nowait()
            self.lost += 1
        self.put_nowait(event)
