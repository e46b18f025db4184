"""Events between the broker's parts: published after the commit, delivered to bounded subscribers."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from broker.cluster.topics import Topic

MAX_PENDING_EVENTS = 1024


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: a topic (``user.disabled``, ``session.ended``) and the ids it concerns."""

    topic: Topic | Literal["overrun"]
    ids: dict[str, str] = field(default_factory=dict)


class Overrun(Event):
    """The subscriber was too slow and events were lost: it must look at everything again."""


class Subscription:
    """One listener's bounded queue. Losing an event is never silent: the next one read is an ``Overrun``."""

    def __init__(self, topics: tuple[str, ...]) -> None:
        self._topics = topics
        self._queue: asyncio.Queue[Event] = asyncio.Queue(MAX_PENDING_EVENTS)
        self._overrun = False

    def offer(self, event: Event) -> None:
        """Queue the event if it is of a wanted topic (prefixes end in ``.``; an empty tuple wants all)."""
        if self._topics and not event.topic.startswith(self._topics):
            return
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self._overrun = True

    async def events(self) -> AsyncGenerator[Event, None]:
        """Yield events as they come, for ever."""
        while True:
            event = await self._queue.get()
            if self._overrun:
                self._overrun = False
                yield Overrun("overrun")
            yield event


class Bus:
    """The in-process bus."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._callbacks: list[tuple[tuple[str, ...], Callable[[Event], None]]] = []

    def call(self, callback: Callable[[Event], None], *topics: str) -> None:
        """Call ``callback`` from within ``publish``, for as long as the bus lives: to forget what has become untrue.

        ``topics`` are prefixes; ``""`` is every topic.

        It must neither wait nor raise. Whoever has work to do subscribes instead.
        """
        self._callbacks.append((topics, callback))

    def publish(self, event: Event) -> None:
        """Hand the event to every subscriber; never blocks."""
        for topics, callback in self._callbacks:
            if event.topic.startswith(topics):
                callback(event)
        for subscription in self._subscriptions:
            subscription.offer(event)

    @contextmanager
    def subscribe(self, *topics: str) -> Iterator[Subscription]:
        """Listen to topics (or prefixes ending in ``.``) until the block ends."""
        subscription = Subscription(topics)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
