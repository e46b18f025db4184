"""When a guard reads what a write will change, and under which reference: what the protocols have in common.

Each words the read itself, and judges it by the rules of its stream; see ``guards.dialogue.Befores``.
"""

from collections.abc import Callable
from dataclasses import replace

from guards.effects import Operation
from guards.exchange import Exchange
from guards.known import FRESH_SECONDS
from policies.rules import Rules

_TRIES = 64


class ReadingAhead:
    """The reads ahead of writes on one stream; its references count down, since tools count up.

    ``references``: how many there are, from nought on; none where what carries requests numbers them.
    """

    __slots__ = ("_quiet_until", "_reads_ahead", "_reference", "_references")

    def __init__(self, rules: Rules, references: int = 0) -> None:
        """Begin with nothing read."""
        self._reads_ahead = rules.read_before_write
        self._references = references
        self._reference = references - 1
        self._quiet_until = 0.0

    def is_due(self, now: float) -> bool:
        """Tell whether the rules want writes to be read before, and the device answers such reads."""
        return self._reads_ahead and now >= self._quiet_until

    def free(self, is_taken: Callable[[int], bool]) -> int | None:
        """Return the next reference that nothing else has; ``None`` where none is found soon."""
        for _ in range(min(_TRIES, self._references)):
            self._reference = (self._reference - 1) % self._references
            if not is_taken(self._reference):
                return self._reference
        return None

    def was_silent(self, now: float) -> None:
        """Leave a device that did not answer a read alone for a minute."""
        self._quiet_until = now + FRESH_SECONDS

    def on_its_way(self, exchange: Exchange, now: float) -> None:
        """Know nothing beside what was read."""

    def learn(self, own: Exchange, answer: Operation) -> None:
        """Put what was read into the write that it was read for; a read that failed in part tells nothing."""
        write = own.reads_for
        if write is not None and answer.exception_code is None and not answer.reason and answer.values:
            write.operation = replace(write.operation, before=answer.values, is_before_read=True)
