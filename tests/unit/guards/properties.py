"""What every guard must keep, whatever it is told: assertions that each guard's own tests feed with its own traffic.

And what a guard and the reader of captures must agree in: see ``Twins``.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from guards.decoding import Decoder
from guards.effects import Cut, Direction, Effect, Forward, Guard, Observed, Operation, Reply, Verdict
from guards.splitting import Measure, Splitter

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
    overtakes: Measure | None = None
    """Where what nobody answers may be forwarded before requests that wait for their turn: where messages end."""


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
    """Compared as text: a value that is no number is not equal to itself."""
    assert repr(play(subject.make(), rechunked(steps, sizes))) == repr(play(subject.make(), steps))


def check_nothing_but_the_allowed_is_forwarded(subject: Subject, steps: Sequence[Step]) -> None:
    effects = play(subject.make(), steps)
    for at, effect in enumerate(effects):
        if isinstance(effect, Forward):
            before = effects[at - 1]
            assert isinstance(before, Observed)
            assert before.operation.verdict is Verdict.ALLOWED
            assert before.operation.direction is effect.direction


def check_the_forwarded_is_byte_identical(subject: Subject, steps: Sequence[Step]) -> None:
    """In the order in which it was said, or else message by message, none of them more often than it was said."""
    effects = play(subject.make(), steps)
    for direction in Direction:
        said = b"".join(data for to, data in steps if to is direction)
        forwarded = [effect.data for effect in effects if isinstance(effect, Forward) and effect.direction is direction]
        if subject.overtakes:
            passed = [message for data in forwarded for message in Splitter(subject.overtakes).feed(data)[0]]
            assert b"".join(passed) == b"".join(forwarded)
            assert Counter(passed) <= Counter(Splitter(subject.overtakes).feed(said)[0])
            continue
        at = 0
        for data in forwarded:
            found = said.find(data, at)
            assert found >= 0
            at = found + len(data)


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


@dataclass(frozen=True)
class Twins:
    """A guard and a decoder of the same rules, and what both hear before anything is compared.

    ``is_apart`` names what they tell apart on purpose; ``by_state`` are the reasons of refusals that only a guard can
    know, since it stands in the stream: what it says then is not compared.
    """

    guard: Callable[[], Guard]
    decoder: Callable[[], Decoder]
    begun: Sequence[Step] = ()
    by_state: frozenset[str] = frozenset()
    is_apart: Callable[[Operation], bool] = lambda _: False

    def made(self) -> tuple[Guard, Decoder]:
        guard, decoder = self.guard(), self.decoder()
        play(guard, self.begun)
        for direction, data in self.begun:
            decoder.receive(direction, data, 100.0)
        return guard, decoder


def told(operation: Operation) -> tuple[object, ...]:
    """What was said, whatever became of it. As text: a value that is no number is not equal to itself."""
    return (
        operation.direction, operation.is_response, operation.function_code, operation.function, operation.tier,
        operation.objects, repr(operation.values), operation.unit, operation.route, operation.is_upload,
    )  # fmt: skip


def check_the_decoder_says_of_the_forwarded_what_the_guard_says(twins: Twins, steps: Sequence[Step]) -> None:
    """Requests and answers, message by message, as they stand on the wire behind the guard."""
    guard, decoder = twins.made()
    effects = play(guard, steps)
    for before, effect in pairwise(effects):
        if not isinstance(effect, Forward):
            continue
        said = decoder.receive(effect.direction, effect.data, 100.0)
        assert isinstance(before, Observed)
        if not any(twins.is_apart(each) for each in (before.operation, *said)):
            assert [told(each) for each in said] == [told(before.operation)]


def check_the_decoder_closes_where_the_guard_cuts(twins: Twins, steps: Sequence[Step]) -> None:
    """The same code, at the same bytes; what only a guard cuts for, since it stands in the stream, is ``by_state``."""
    guard, decoder = twins.made()
    for direction, data in steps:
        codes = [effect.code for effect in guard.receive(direction, data, 100.0) if isinstance(effect, Cut)]
        decoder.receive(direction, data, 100.0)
        if twins.by_state.intersection(codes):
            return
        assert decoder.closed_by == "".join(codes), codes
        if codes:
            return


def check_the_decoder_says_of_the_made_what_the_guard_says(twins: Twins, steps: Sequence[Step]) -> None:
    """Of a guard that makes all that it sends: what it let through is what stands on the wire to the asset."""
    guard, decoder = twins.made()
    effects = play(guard, steps)
    let_through = Counter(
        told(effect.operation)
        for effect in effects
        if isinstance(effect, Observed)
        and (effect.operation.direction, effect.operation.verdict) == (Direction.TO_ASSET, Verdict.ALLOWED)
        and not twins.is_apart(effect.operation)
    )
    made = [effect.data for effect in effects if isinstance(effect, Reply) and effect.direction is Direction.TO_ASSET]
    said = [each for data in made for each in decoder.receive(Direction.TO_ASSET, data, 100.0)]
    assert Counter(told(each) for each in said if not twins.is_apart(each)) == let_through


def check_the_decoder_judges_as_the_guard_does(twins: Twins, steps: Sequence[Step]) -> None:
    """What one says that the rules refuse, or that cannot be read, does not pass the other; all in the same words."""
    for direction, data in steps:
        guard, decoder = twins.made()
        said = decoder.receive(direction, data, 100.0)
        if direction is Direction.TO_USER or len(said) != 1 or said[0].is_response or twins.is_apart(said[0]):
            continue
        effects = play(guard, [(direction, data)])
        found = [effect.operation for effect in effects if isinstance(effect, Observed)]
        if said[0].function == "unreadable":
            continue  # a reader of captures goes on behind it, and may find another beginning than a guard does
        if said[0].verdict is Verdict.MALFORMED:
            assert not any(each.verdict is Verdict.ALLOWED for each in found if not twins.is_apart(each))
        elif not any(isinstance(effect, Cut) or _is_by_state(effect, twins) for effect in effects):
            readable = [each for each in found if each.verdict is not Verdict.MALFORMED]
            if any(map(twins.is_apart, found)):
                continue  # what comes between its pieces may end a message for the guard
            assert [(told(each), each.verdict) for each in readable] == [(told(said[0]), said[0].verdict)]


def _is_by_state(effect: Effect, twins: Twins) -> bool:
    return isinstance(effect, Observed) and effect.operation.reason.startswith(tuple(twins.by_state) or "\0")
