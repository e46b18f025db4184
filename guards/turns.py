"""Whose turn it is: requests that wait, requests that the device has, and answers that come too late.

Fragile devices take one request at a time. An answer names its request by little (a transaction, a reference), so two
open requests that agree in it are never at the device together.
"""

from collections import deque
from collections.abc import Hashable
from itertools import chain
from typing import Generic, NamedTuple, Protocol, TypeVar

MAX_WAITING = 32
MAX_LATE = 64


class Turn(Protocol):
    """A request on its way; with ``reply`` set it is an answer of the guard that keeps its place in the order."""

    reply: bytes | None
    deadline_monotonic: float

    @property
    def repeats(self) -> int:
        """How often it was said to the device again: so many more answers may come."""
        ...

    @property
    def key(self) -> Hashable:
        """What an answer shares with its request."""
        ...

    @property
    def kept_bytes(self) -> int:
        """How many bytes are kept while it waits."""
        ...


E = TypeVar("E", bound=Turn)


class _Late(NamedTuple):
    """How many answers may still come to a request that is answered already, and until when they are expected."""

    expires_monotonic: float
    answers: int


class Turns(Generic[E]):
    """The open exchanges of one stream, all bounded: waiting, at the device, and given up."""

    __slots__ = ("_ahead", "_at_device", "_given_up", "_max_in_flight", "_timeout_seconds", "_waiting")

    def __init__(self, max_in_flight: int, timeout_seconds: float) -> None:
        """Begin with nothing open."""
        self._max_in_flight = max_in_flight
        self._timeout_seconds = timeout_seconds
        self._waiting: deque[E] = deque()
        self._at_device: dict[Hashable, E] = {}
        self._given_up: dict[Hashable, _Late] = {}
        self._ahead: E | None = None

    def narrow(self, max_in_flight: int) -> None:
        """Let at most so many requests be at the device from now on."""
        self._max_in_flight = max_in_flight

    @property
    def is_full(self) -> bool:
        """Whether no more may wait."""
        return len(self._waiting) >= MAX_WAITING

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is open, so that an answer of the guard may go out at once."""
        return not self._waiting and not self._at_device

    @property
    def held_bytes(self) -> int:
        """How many bytes of waiting requests and answers are kept."""
        return sum(exchange.kept_bytes for exchange in self._waiting) if self._waiting else 0

    def depart_at_once(self, exchange: E, now_monotonic: float) -> bool:
        """Let a request go without waiting, if nothing is before it and nothing is like it."""
        at_device = self._at_device
        if self._waiting or self._given_up or len(at_device) >= self._max_in_flight or exchange.key in at_device:
            return False
        exchange.deadline_monotonic = now_monotonic + self._timeout_seconds
        at_device[exchange.key] = exchange
        return True

    def join(self, exchange: E, now_monotonic: float) -> None:
        """Put at the end of the queue; the caller has looked at ``is_full``."""
        exchange.deadline_monotonic = now_monotonic + self._timeout_seconds
        self._waiting.append(exchange)

    def next_ready(self) -> E | None:
        """Return the head of the queue if it may go now: an answer to the user, or a request to the device."""
        if not self._waiting or self._ahead is not None:
            return None
        exchange, at_device = self._waiting[0], self._at_device
        if exchange.reply is not None:
            return None if at_device else exchange
        has_turn = len(at_device) < self._max_in_flight and exchange.key not in at_device
        return exchange if has_turn else None

    def send_ahead(self, exchange: E, deadline_monotonic: float) -> None:
        """Give the device a request of the guard's own in the turn of the queue's head, which waits for its answer."""
        exchange.deadline_monotonic = deadline_monotonic
        self._at_device[exchange.key] = self._ahead = exchange

    def is_taken(self, key: Hashable) -> bool:
        """Tell whether a request with this key waits, is at the device, or may still be answered late."""
        return key in self._at_device or key in self._given_up or any(e.key == key for e in self._waiting)

    def depart(self, exchange: E, now_monotonic: float) -> None:
        """Take the head off the queue; for a request, the device's time starts."""
        self._waiting.popleft()
        if exchange.reply is None:
            exchange.deadline_monotonic = now_monotonic + self._timeout_seconds
            self._at_device[exchange.key] = exchange

    def at_device(self, key: Hashable) -> E | None:
        """Return the exchange that the device has under this key, if there is one."""
        return self._at_device.get(key)

    def waiting_under(self, key: Hashable) -> list[E]:
        """Return what waits under this key."""
        return [exchange for exchange in self._waiting if exchange.key == key]

    def answered(self, key: Hashable) -> E | None:
        """Close and return the exchange that this response belongs to, if there is one."""
        exchange = self._at_device.pop(key, None)
        if exchange is not None and exchange is self._ahead:
            self._ahead = None
        return exchange

    def stay(self, exchange: E, now_monotonic: float) -> None:
        """Put an answered exchange back at the device, which goes on answering it, unless another has its key."""
        exchange.deadline_monotonic = now_monotonic + self._timeout_seconds
        self._at_device.setdefault(exchange.key, exchange)

    def was_given_up(self, key: Hashable) -> bool:
        """Tell whether this response is a late one, and forget that it was awaited."""
        late = self._given_up.pop(key, None)
        if late is not None and late.answers > 1:
            self._given_up[key] = late._replace(answers=late.answers - 1)
        return late is not None

    def may_repeat(self, now_monotonic: float) -> bool:
        """Tell whether a request may be said again: not while too many late answers are awaited already."""
        if len(self._given_up) >= MAX_LATE:
            self._forget_late(now_monotonic)
        return len(self._given_up) < MAX_LATE

    def expect_repeats(self, exchange: E, now_monotonic: float) -> None:
        """Expect, for as long as the device may take, another answer for each time that a request was repeated."""
        if exchange.repeats:
            self._given_up[exchange.key] = _Late(now_monotonic + self._timeout_seconds, exchange.repeats)

    def is_haunted(self, key: Hashable, now_monotonic: float) -> bool:
        """Tell whether a late response may still come that could not be told from the answer to a new request."""
        late = self._given_up.get(key)
        if late is None or late.expires_monotonic > now_monotonic:
            return late is not None
        del self._given_up[key]
        return False

    def overdue(self, now_monotonic: float) -> list[E]:
        """Give up and return what the device has had too long; late responses are expected for as long again."""
        late = [e for e in self._at_device.values() if e.deadline_monotonic <= now_monotonic]
        if late:
            self._forget_late(now_monotonic)
        for exchange in late:
            self.answered(exchange.key)
            self._given_up[exchange.key] = _Late(now_monotonic + self._timeout_seconds, 1 + exchange.repeats)
        return late

    def stale(self, now_monotonic: float) -> list[E]:
        """Return the requests that have waited too long: delivered now, a write would surprise."""
        return [e for e in self._waiting if e.reply is None and e.deadline_monotonic <= now_monotonic]

    def next_deadline_monotonic(self) -> float | None:
        """Return when the first request, waiting or at the device, will have taken too long."""
        at_device = self._at_device
        if not self._waiting and len(at_device) <= 1:  # asked after every message, and nearly always so
            for exchange in at_device.values():
                return exchange.deadline_monotonic
            return None
        waiting = (e.deadline_monotonic for e in self._waiting if e.reply is None)
        return min(chain(waiting, (e.deadline_monotonic for e in at_device.values())), default=None)

    def _forget_late(self, now_monotonic: float) -> None:
        awaited = self._given_up.items()
        self._given_up = {key: late for key, late in awaited if late.expires_monotonic > now_monotonic}

    def end_waiting(self) -> list[E]:
        """Close and return what still waits; what is at the device stays open."""
        ended = list(self._waiting)
        self._waiting.clear()
        return ended

    def end(self) -> tuple[list[E], list[E]]:
        """Close everything; return what was at the device and what still waited."""
        ended = list(self._at_device.values()), self.end_waiting()
        self._at_device.clear()
        self._given_up.clear()
        self._ahead = None
        return ended
