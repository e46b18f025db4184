"""What every guard must keep, whatever it is told: assertions that each guard's own tests feed with its own traffic."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from guards.effects import Cut, Direction, Effect, Forward, Guard, Observed, Reply, Verdict

Step = tuple[Direction, bytes]


class HoldsBytes(Guard, Protocol):
    """A guard that tells how many peer bytes it keeps."""

    @property
    def held_bytes(self) -> int: ...


@dataclass(frozen=True)
class Subject:
    """A guard under test: how to make a fresh one, and the bound that its documentation states."""

    make: Callable[[], HoldsBytes]
    max_held_bytes: int
    overtakes: bool = False
    """Whether what nobody answers may be forwarded before requests that wait for their turn."""


def play(guard: Guard, steps: Iterable[Step], now: float = 100.0) -> list[Effect]:
    return [effect for direction, data in steps for effect in guard.receive(direction, data, now)]


def rechunked(steps: Sequence[Step], sizes: Sequence[int]) -> list[Step]:
    """Cut every step into pieces of the given sizes, taken in turn."""
    pieces: list[Step] = []
    turn = 0
    for direction, data in steps:
        at = 0
        while at < len(data):
            size = sizes[turn % len(sizes)]
            pieces.append((direction, data[at : at + size]))
            turn, at = turn + 1, at + size
    return pieces


def check_chunking_never_matters(subject: Subject, steps: Sequence[Step], sizes: Sequence[int]) -> None:
    assert play(subject.make(), rechunked(steps, sizes)) == play(subject.make(), steps)


def check_nothing_but_the_allowed_is_forwarded(subject: Subject, steps: Sequence[Step]) -> None:
    effects = play(subject.make(), steps)
    for at, effect in enumerate(effects):
        if isinstance(effect, Forward):
            before = effects[at - 1]
            assert isinstance(before, Observed)
            assert before.operation.verdict is Verdict.ALLOWED
            assert before.operation.direction is effect.direction


def check_the_forwarded_is_byte_identical(subject: Subject, steps: Sequence[Step]) -> None:
    effects = play(subject.make(), steps)
    for direction in Direction:
        said = b"".join(data for to, data in steps if to is direction)
        at = 0
        for effect in effects:
            if isinstance(effect, Forward) and effect.direction is direction:
                found = said.find(effect.data, 0 if subject.overtakes else at)
                assert found >= 0
                at = found + len(effect.data)
                if subject.overtakes:  # then at least nothing passes twice
                    said = said[:found] + said[at:]


def check_buffers_stay_under_their_bound(subject: Subject, steps: Sequence[Step]) -> None:
    guard = subject.make()
    for step in steps:
        play(guard, [step])
        assert guard.held_bytes <= subject.max_held_bytes


def check_silence_after_a_cut(subject: Subject, steps: Sequence[Step]) -> None:
    guard = subject.make()
    effects = play(guard, steps)
    cuts = [at for at, effect in enumerate(effects) if isinstance(effect, Cut)]
    if cuts:
        assert cuts == [len(effects) - 1]
        assert play(guard, steps) == []
        assert guard.on_tick(1e9) == guard.asset_gone(1e9) == []
        assert guard.next_tick_monotonic() is None
        assert guard.held_bytes == 0


def check_first_and_last_words_are_its_own(subject: Subject, steps: Sequence[Step]) -> None:
    """At the beginning it speaks to anybody, at the end to the asset; what peers said is never part of it."""
    guard = subject.make()
    first, _, last = guard.opened(100.0), play(guard, steps), guard.good_bye(100.0)
    assert all(isinstance(effect, Observed | Reply) for effect in (*first, *last))
    assert all(effect.direction is Direction.TO_ASSET for effect in last if isinstance(effect, Reply))
    assert guard.held_bytes <= subject.max_held_bytes


def check_all(subject: Subject, steps: Sequence[Step], sizes: Sequence[int]) -> None:
    """What every guard keeps, on one piece of traffic."""
    check_chunking_never_matters(subject, steps, sizes)
    check_nothing_but_the_allowed_is_forwarded(subject, steps)
    check_the_forwarded_is_byte_identical(subject, steps)
    check_buffers_stay_under_their_bound(subject, steps)
    check_silence_after_a_cut(subject, steps)
    check_first_and_last_words_are_its_own(subject, steps)


def check_it_makes_nothing_that_it_did_not_observe_as_allowed(subject: Subject, steps: Sequence[Step]) -> None:
    """Of a guard that terminates its protocol: it forwards nothing, and what it makes for the asset was allowed."""
    guard = subject.make()
    effects = [*guard.opened(100.0), *play(guard, steps), *guard.on_tick(1e9), *guard.asset_gone(1e9)]
    effects += guard.good_bye(1e9)
    for at, effect in enumerate(effects):
        assert not isinstance(effect, Forward)
        if isinstance(effect, Reply) and effect.direction is Direction.TO_ASSET:
            before = effects[at - 1] if at else None
            assert isinstance(before, Observed)
            assert before.operation.verdict is Verdict.ALLOWED
            assert before.operation.direction is Direction.TO_ASSET
