"""What was asked in one protocol: requests that differ in more than their values, how often, and with which values."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import NamedTuple

from guards.effects import Operation, Value, Verdict
from guards.given import MAX_SPAN, Touched
from guards.learning.words import read_touched
from policies.rules import Tier

MAX_SHAPES = 50_000
READ_PREFIX = "read "
"""Stands before what a request that writes also reads."""

Bounds = tuple[float, float]


class Shape(NamedTuple):
    """Requests that are the same but for their values."""

    tier: Tier
    function: str
    is_upload: bool = False
    unit: int | None = None
    route: str = ""
    reads: tuple[Touched, ...] = ()
    writes: tuple[Touched, ...] = ()


@dataclass(slots=True)
class Times:
    """How often, and between which values each written object was; ``None`` where that cannot be told."""

    count: int = 0
    bounds: dict[Touched, list[Bounds] | None] = field(default_factory=dict)


class Seen:
    """One protocol's. Requests beyond 50,000 different ones are only counted, as ``too_many``.

    ``passed_over``: how many requests nothing is learned from, by the reason.
    """

    def __init__(self, protocol: str) -> None:
        """Begin with nothing."""
        self.protocol = protocol
        self.shapes: dict[Shape, Times] = {}
        self.passed_over: Counter[str] = Counter()

    def take(self, operation: Operation) -> None:
        """Learn from a request that passed; answers tell nothing, and what was refused or broken is passed over."""
        if operation.is_response:
            return
        if operation.verdict is not Verdict.ALLOWED:
            self.passed_over["could not be read" if operation.verdict is Verdict.MALFORMED else "was refused"] += 1
            return
        shape = self.shape_of(operation)
        times = self.shapes.get(shape)
        if times is None:
            if len(self.shapes) >= MAX_SHAPES:
                self.passed_over["is one kind too many"] += 1
                return
            times = self.shapes[shape] = Times()
        times.count += 1
        for touched, values in _given(shape.writes, operation.values):
            _widen(times, touched, values)

    def knows(self, operation: Operation) -> bool:
        """Tell whether requests like this one were learned from."""
        return self.shape_of(operation) in self.shapes

    @property
    def count(self) -> int:
        """How many requests it rests on."""
        return sum(times.count for times in self.shapes.values())

    def shape_of(self, operation: Operation) -> Shape:
        """Return what the request is but for its values."""
        reads: list[Touched] = []
        writes: list[Touched] = []
        for text in operation.objects:
            is_read = operation.tier is Tier.READ or text.startswith(READ_PREFIX)
            touched = read_touched(self.protocol, text.removeprefix(READ_PREFIX))
            if touched is not None:
                (reads if is_read else writes).append(touched)
        return Shape(
            operation.tier, operation.function, operation.is_upload, operation.unit, operation.route,
            tuple(dict.fromkeys(reads)), tuple(dict.fromkeys(writes)),
        )  # fmt: skip


def _given(objects: tuple[Touched, ...], values: tuple[Value, ...]) -> Iterable[tuple[Touched, list[Bounds] | None]]:
    """Yield each object with what its addresses are given; ``None`` where values and objects do not count up."""
    if len(objects) == 1 and len(values) == 1:
        yield objects[0], _numbers(values * min(objects[0].size, MAX_SPAN))
        return
    counts_up = sum(each.size for each in objects) == len(values)
    at = 0
    for each in objects:
        yield each, _numbers(values[at : at + each.size]) if counts_up else None
        at += each.size


def _numbers(values: tuple[Value, ...]) -> list[Bounds] | None:
    numbers = [float(value) for value in values if not isinstance(value, str) and isfinite(value)]
    return [(number, number) for number in numbers] if len(numbers) == len(values) else None


def _widen(times: Times, touched: Touched, values: list[Bounds] | None) -> None:
    known = times.bounds.get(touched, values)
    if known is None or values is None:
        times.bounds[touched] = None
        return
    times.bounds[touched] = [(min(old[0], new[0]), max(old[1], new[1])) for old, new in zip(known, values, strict=True)]
