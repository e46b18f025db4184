"""What stands between the two sides of a stream in the broker: judge, record, and only then let the relay forward."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from broker.recordings.errors import RecordingsError
from guards.effects import Ask, Cut, Direction, Effect, Forward, Guard, Observed, Operation, Reply, Verdict
from guards.reasons import UNSAID, Reason
from recording.chunks import Leg


class StreamRecorder(Protocol):
    """The session's recorder, as one stream sees it. Both return whether there is room for more.

    ``False`` means: taken, but read no more until drained. An exception means: not taken.
    """

    def offer(self, stream: int, direction: Direction, data: bytes, leg: Leg = Leg.BOTH) -> bool:
        """Take bytes; ``leg`` says which side saw them, if not both saw the same."""
        ...

    def operation(self, stream: int, operation: Operation) -> bool:
        """Take what a guard saw."""
        ...


class SweepWatch(Protocol):
    """What notices that the session sweeps over its target."""

    def must_stop(self, operation: Operation, now_monotonic: float) -> Reason:
        """Take an operation; return why nothing more may pass, or nothing."""
        ...

    def stop(self) -> None:
        """End the session."""
        ...


NEAR = {Direction.TO_ASSET: Leg.USER, Direction.TO_USER: Leg.ASSET}
FAR = {Direction.TO_ASSET: Leg.ASSET, Direction.TO_USER: Leg.USER}


def _ask_nobody(_operation: Operation, _fingerprint: bytes) -> None:
    """Leave it refused."""


class RecordingInspector:
    """Offers everything to the recorder before the relay gets it back to forward (promise 1).

    Without a guard (opaque pass-through) a chunk is forwarded as it is. With one, what passes unchanged is recorded
    once; where the sides see different bytes (a refusal, a queued request), each side's bytes are recorded as such.
    ``on_full`` is called when the recorder asks for a pause, ``on_operation`` with every operation, ``on_ask`` with
    what the plant is to be asked; ``sweeps`` is shown every operation before anything of it goes. A recorder that fails
    where it is ``required`` is an error of the stream, which ends it; elsewhere the stream goes on without.
    """

    def __init__(
        self,
        number: int,
        recorder: StreamRecorder | None,
        guard: Guard | None,
        *,
        required: bool,
        on_full: Callable[[], None],
        on_operation: Callable[[Operation], None],
        on_ask: Callable[[Operation, bytes], None] = _ask_nobody,
        sweeps: SweepWatch | None = None,
    ) -> None:
        self._number = number
        self._recorder = recorder
        self._guard = guard
        self._required = required
        self._on_full = on_full
        self._on_operation = on_operation
        self._on_ask = on_ask
        self._sweeps = sweeps

    def opened(self, now_monotonic: float) -> Iterable[Effect]:
        """Let the guard speak first."""
        return () if self._guard is None else self._note_split(self._guard.opened(now_monotonic))

    def inspect(self, direction: Direction, data: bytes, now_monotonic: float) -> Iterable[Effect]:
        """Judge and record the next bytes of one direction."""
        if self._guard is None:
            self._record(direction, data, Leg.BOTH)
            return (Forward(direction, data),)
        effects = self._guard.receive(direction, data, now_monotonic)
        if self._sweeps is not None and (reason := self._must_stop(effects, now_monotonic)):
            self._record(direction, data, NEAR[direction])
            return self._stopped(effects, reason)
        operation = _only_operation(effects, direction, data)
        if operation is not None:
            self._record(direction, data, Leg.BOTH)
            return self._pass_and_observe(effects[1], operation)
        if _passes_unchanged(effects, direction, data):
            self._record(direction, data, Leg.BOTH)
            self._note(effects)
        else:
            self._record(direction, data, NEAR[direction])
            self._note_split(effects)
        return effects

    def on_tick(self, now_monotonic: float) -> Iterable[Effect]:
        """Give the guard time."""
        if self._guard is None:
            return ()
        effects = self._guard.on_tick(now_monotonic)
        reason = self._must_stop(effects, now_monotonic)
        return self._stopped(effects, reason) if reason else self._note_split(effects)

    def next_tick_monotonic(self) -> float | None:
        """When the guard wants time."""
        return None if self._guard is None else self._guard.next_tick_monotonic()

    def asset_gone(self, now_monotonic: float) -> Iterable[Effect]:
        """Let the guard answer what is still open."""
        return () if self._guard is None else self._note_split(self._guard.asset_gone(now_monotonic))

    def good_bye(self, now_monotonic: float) -> Iterable[Effect]:
        """Let the guard take leave of the asset."""
        return () if self._guard is None else self._note_split(self._guard.good_bye(now_monotonic))

    def _must_stop(self, effects: list[Effect], now: float) -> Reason:
        if self._sweeps is None:
            return UNSAID
        reasons = (self._sweeps.must_stop(each.operation, now) for each in effects if isinstance(each, Observed))
        return next(filter(None, reasons), UNSAID)

    def _stopped(self, effects: list[Effect], reason: Reason) -> list[Effect]:
        """Let nothing of this pass: put on record what was asked, as refused, and end the session."""
        for effect in effects:
            if isinstance(effect, Observed):
                self._observe(_refused(effect.operation, reason))
        assert self._sweeps is not None
        self._sweeps.stop()
        return [Cut("sweeping", reason)]

    def _pass_and_observe(self, passed: Effect, operation: Operation) -> Iterator[Effect]:
        """Let the bytes, which are recorded, leave first: nobody waits for the words about them."""
        yield passed
        self._observe(operation)

    def _note(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Observed):
                self._observe(effect.operation)
            elif isinstance(effect, Ask):
                self._on_ask(effect.operation, effect.fingerprint)

    def _note_split(self, effects: list[Effect]) -> list[Effect]:
        for effect in effects:
            match effect:
                case Observed(operation=operation):
                    self._observe(operation)
                case Ask(operation=operation, fingerprint=fingerprint):
                    self._on_ask(operation, fingerprint)
                case Forward(direction=direction, data=data) | Reply(direction=direction, data=data):
                    self._record(direction, data, FAR[direction])
                case _:
                    pass
        return effects

    def _observe(self, operation: Operation) -> None:
        if self._recorder is not None:
            try:
                self._pause_unless(self._recorder.operation(self._number, operation))
            except RecordingsError as error:
                self._do_without(error)
        self._on_operation(operation)

    def _record(self, direction: Direction, data: bytes, leg: Leg) -> None:
        if self._recorder is not None:
            try:
                self._pause_unless(self._recorder.offer(self._number, direction, data, leg))
            except RecordingsError as error:
                self._do_without(error)

    def _pause_unless(self, has_room: bool) -> None:
        if not has_room:
            self._on_full()

    def _do_without(self, error: RecordingsError) -> None:
        """Go on unrecorded, where the policy only wishes for a recording."""
        if self._required:
            raise error
        self._recorder = None


def _refused(operation: Operation, reason: Reason) -> Operation:
    if operation.is_response or operation.verdict is not Verdict.ALLOWED:
        return operation
    return replace(operation, verdict=Verdict.DENIED, reason=reason)


def _only_operation(effects: list[Effect], direction: Direction, data: bytes) -> Operation | None:
    """Return what was seen if these are the effects of one message that passes as it came, as nearly every chunk is."""
    if len(effects) == 2:
        seen, passed = effects
        if type(seen) is Observed and type(passed) is Forward:
            return seen.operation if passed.data is data and passed.direction is direction else None
    return None


def _passes_unchanged(effects: list[Effect], direction: Direction, data: bytes) -> bool:
    carried = [effect for effect in effects if isinstance(effect, (Forward, Reply))]
    return len(carried) == 1 and carried[0] == Forward(direction, data)
