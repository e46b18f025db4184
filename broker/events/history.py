"""The last events of this broker, numbered, so that who was away for a moment learns what they missed."""

from collections import deque
from itertools import islice
from typing import NamedTuple

from broker.cluster.bus import Event
from tunnel.ids import new_id

KEPT_EVENTS = 8192


class Numbered(NamedTuple):
    """An event and its number, from 1 on."""

    seq: int
    event: Event


class History:
    """Numbers begin anew with each process: ``epoch`` says which one they belong to."""

    def __init__(self, *, kept: int = KEPT_EVENTS) -> None:
        self.epoch = new_id("epo")
        self.seq = 0
        self._kept: deque[Numbered] = deque(maxlen=kept)

    def add(self, event: Event) -> None:
        """Number an event and keep it until so many later ones have come."""
        self.seq += 1
        self._kept.append(Numbered(self.seq, event))

    def since(self, seq: int) -> list[Numbered] | None:
        """Return what came after ``seq``; ``None`` if that is not known any more, or was never given out."""
        first = self.seq - len(self._kept) + 1
        if not first - 1 <= seq <= self.seq:
            return None
        return list(islice(self._kept, seq + 1 - first, None))
