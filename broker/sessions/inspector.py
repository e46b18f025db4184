"""What stands between the two sides of a stream in the broker: record, judge, then forward."""

from collections.abc import Callable, Iterable
from typing import Protocol

from guards.effects import Direction, Effect, Forward, Guard, Observed, Operation, Reply


class StreamRecorder(Protocol):
    """The session's recorder, as one stream sees it. Both return whether there is room for more.

    ``False`` means: taken, but read no more until drained. An exception means: not taken.
    """

    def offer(self, stream: int, direction: Direction, data: bytes) -> bool:
        """Take bytes as they came from a peer."""
        ...

    def operation(self, stream: int, operation: Operation) -> bool:
        """Take what a guard saw."""
        ...


class RecordingInspector:
    """Offers each chunk to the recorder before the guard judges it and before it is forwarded (promise 1).

    Without a guard (opaque pass-through) the chunk is forwarded as it is. ``on_full`` is called when the recorder asks
    for a pause, ``on_operation`` with every operation.
    """

    def __init__(
        self,
        number: int,
        recorder: StreamRecorder | None,
        guard: Guard | None,
        *,
        on_full: Callable[[], None],
        on_operation: Callable[[Operation], None],
    ) -> None:
        self._number = number
        self._recorder = recorder
        self._guard = guard
        self._on_full = on_full
        self._on_operation = on_operation

    def inspect(self, direction: Direction, data: bytes, now_monotonic: float) -> Iterable[Effect]:
        """Record the bytes, then judge them."""
        if self._recorder is not None:
            self._room(self._recorder.offer(self._number, direction, data))
        if self._guard is None:
            return (Forward(direction, data),)
        return self._note(self._guard.receive(direction, data, now_monotonic))

    def on_tick(self, now_monotonic: float) -> Iterable[Effect]:
        """Give the guard time."""
        return () if self._guard is None else self._note(self._guard.on_tick(now_monotonic))

    def next_tick_monotonic(self) -> float | None:
        """When the guard wants time."""
        return None if self._guard is None else self._guard.next_tick_monotonic()

    def asset_gone(self, now_monotonic: float) -> Iterable[Effect]:
        """Let the guard answer what is still open."""
        return () if self._guard is None else self._note(self._guard.asset_gone(now_monotonic))

    def _note(self, effects: list[Effect]) -> list[Effect]:
        for effect in effects:
            match effect:
                case Observed(operation=operation):
                    self._observe(operation)
                case Reply(direction=direction, data=data) if self._recorder is not None:
                    # The refusal is part of what the tool saw: without it the exported conversation would have holes.
                    self._room(self._recorder.offer(self._number, direction, data))
        return effects

    def _observe(self, operation: Operation) -> None:
        if self._recorder is not None:
            self._room(self._recorder.operation(self._number, operation))
        self._on_operation(operation)

    def _room(self, left: bool) -> None:
        if not left:
            self._on_full()
