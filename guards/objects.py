"""Object rules compiled for the hot path: may these objects be touched, and may they be given these values?

One ``ObjectLimits`` holds ``rules.reads`` or ``rules.writes`` for one guard. ``ObjectRule.means`` and ``.admits`` say
the same in the slow way; the tests hold both together.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple

from policies.names import NamePattern, fold
from policies.protocols import kind_of
from policies.rules import ObjectList, ObjectLists, ObjectRule, Rate, merge

NO_ADDRESS = -1
"""The address of an object that has none: only rules without ``addresses`` mean it."""


class Before(NamedTuple):
    """The value that an object has, and how long ago this stream wrote it (``None``: it did not)."""

    value: float
    since_seconds: float | None = None


class ObjectLimits:
    """The lists of rules of one direction; every list must let an object through."""

    __slots__ = ("_lists", "is_open", "needs_values")

    def __init__(self, protocol: str, lists: ObjectLists | None) -> None:
        """Compile; tables that are none of the protocol's are left out and so let nothing through."""
        self.is_open = lists is None
        self.needs_values = any(_needs_values(rule) for rules in lists or () for rule in rules)
        self._lists = tuple(_List(protocol, rules) for rules in lists or ())

    def cover(self, table: str, first: int = NO_ADDRESS, last: int | None = None, name: str = "") -> bool:
        """Tell whether every object from ``first`` to ``last`` (one, if not given) may be touched."""
        for rules in self._lists:  # noqa: SIM110 - half the time of all() on a path that is taken for every message
            if not rules.cover(table, first, first if last is None else last, name):
                return False
        return True

    def admit(
        self,
        table: str,
        first: int,
        lows: Sequence[float],
        highs: Sequence[float],
        *,
        name: str = "",
        befores: Sequence[Before | None] | None = None,
        is_part: bool = False,
    ) -> bool:
        """Tell whether consecutive objects from ``first`` on may become anything from their low to their high.

        A value that is no number is given as NaN, which only a rule without any bound lets through. ``befores`` are
        what the objects are now; what is not known, rules with ``step`` or ``rate`` refuse. ``is_part``: ``name`` is
        a part of the object at its address (a bit of a byte), of which a bound on the whole says nothing.
        """
        for rules in self._lists:  # noqa: SIM110 - see cover
            if not rules.admit(table, first, lows, highs, name, befores, is_part=is_part):
                return False
        return True


class _Values(NamedTuple):
    """What an object may be given."""

    minimum: float
    maximum: float
    step: float | None
    rate: Rate | None

    def admit_change(self, low: float, high: float, before: Before | None) -> bool:
        if before is None:
            return False
        change = max(abs(low - before.value), abs(high - before.value))
        return (self.step is None or change <= self.step) and (
            self.rate is None or change <= self.rate.room(before.since_seconds)
        )


class _Names:
    """The names of one rule: exact ones in a set, patterns one after the other."""

    __slots__ = ("_exact", "_fold", "_patterns")

    def __init__(self, names: Sequence[str], *, folds_case: bool) -> None:
        self._fold: Callable[[str], str] | None = fold if folds_case else None
        written = [fold(name) if folds_case else name for name in names]
        self._exact = frozenset(name for name in written if "*" not in name)
        self._patterns = tuple(NamePattern(name) for name in written if "*" in name)

    def match(self, name: str) -> bool:
        folded = name if self._fold is None else self._fold(name)
        return folded in self._exact or any(pattern.matches(folded) for pattern in self._patterns)


Span = tuple[int, int]
Bound = tuple[int, int, _Names | None, _Values | None]


class _Table:
    """One list's rules for one table."""

    __slots__ = ("bounds", "firsts", "lasts", "named")

    def __init__(self, rules: Sequence[ObjectRule], *, folds_case: bool) -> None:
        compiled = [(rule, _spans(rule), _names(rule, folds_case)) for rule in rules]
        merged = merge(span for _, spans, names in compiled if names is None for span in spans)
        self.firsts, self.lasts = [first for first, _ in merged], [last for _, last in merged]
        self.named = tuple((spans, names) for _, spans, names in compiled if names is not None)
        self.bounds: tuple[Bound, ...] = ()
        if any(_values(rule) is not None for rule in rules):
            self.bounds = tuple(
                (first, last, names, _values(rule)) for rule, spans, names in compiled for first, last in spans
            )

    def cover_named(self, first: int, last: int, name: str) -> bool:
        spans = [span for spans, names in self.named if names.match(name) for span in spans]
        return any(
            start <= first and last <= end for start, end in merge([*spans, *zip(self.firsts, self.lasts, strict=True)])
        )


class _List:
    """One list of rules, by table."""

    __slots__ = ("_tables",)

    def __init__(self, protocol: str, rules: ObjectList) -> None:
        self._tables: dict[str, _Table] = {}
        for table in dict.fromkeys(rule.table for rule in rules):
            kind = kind_of(protocol, table)
            if kind is not None:
                chosen = [rule for rule in rules if rule.table == table]
                self._tables[table] = _Table(chosen, folds_case=kind.folds_case)

    def cover(self, table: str, first: int, last: int, name: str) -> bool:
        rules = self._tables.get(table)
        if rules is None:
            return False
        at = bisect_right(rules.firsts, first) - 1
        if at >= 0 and last <= rules.lasts[at]:
            return True
        return bool(rules.named) and rules.cover_named(first, last, name)

    def admit(
        self,
        table: str,
        first: int,
        lows: Sequence[float],
        highs: Sequence[float],
        name: str,
        befores: Sequence[Before | None] | None,
        *,
        is_part: bool,
    ) -> bool:
        rules = self._tables.get(table)
        if rules is None:
            return False
        if not rules.bounds:
            return True
        for at, (low, high) in enumerate(zip(lows, highs, strict=True)):
            address = first + at
            for begin, end, names, values in rules.bounds:
                if not begin <= address <= end or (names is not None and not names.match(name)):
                    continue
                if values is None:
                    break
                if is_part and names is None:
                    continue
                minimum, maximum, step, rate = values
                if not (minimum <= low and high <= maximum):
                    continue
                if (step is None and rate is None) or values.admit_change(low, high, befores[at] if befores else None):
                    break
            else:
                return False
        return True


def _spans(rule: ObjectRule) -> list[Span]:
    if rule.addresses is None:
        return [(NO_ADDRESS, 0xFFFFFFFF)]
    return [(r.first, r.last) for r in rule.addresses]


def _names(rule: ObjectRule, folds_case: bool) -> _Names | None:
    return None if rule.names is None else _Names(rule.names, folds_case=folds_case)


def _values(rule: ObjectRule) -> _Values | None:
    low, high = rule.minimum, rule.maximum
    if low is None and high is None and not _needs_values(rule):
        return None
    return _Values(-inf if low is None else low, inf if high is None else high, rule.step, rule.rate)


def _needs_values(rule: ObjectRule) -> bool:
    return rule.step is not None or rule.rate is not None
