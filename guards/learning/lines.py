"""Objects that were touched, gathered into the fewest lines of a policy that say the same, or little more."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import NamedTuple

from guards.given import Touched
from guards.learning.seen import Bounds, Shape, Times
from guards.objects import NO_ADDRESS
from policies.protocols import kind_of
from policies.rules import AddressRange, ObjectRule
from policies.words import MAX_NAMES

MAX_LINES = 200
_COARSER = (0, 1, 3, 7, 15, 63, 255, 1023, 0xFFFF, 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of ``reads`` or ``writes``, and how many requests it rests on."""

    rule: ObjectRule
    count: int


class Cell(NamedTuple):
    """Consecutive objects of one table and name that are treated alike."""

    table: str
    name: str
    first: int
    last: int
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """The lines; ``joined`` is how far apart ranges may lie that were made one, ``None``: only equal neighbours."""

    lines: tuple[Line, ...]
    joined: int | None


def reads_of(shapes: Mapping[Shape, Times]) -> Iterator[Cell]:
    """Yield what was read."""
    for shape in shapes:
        yield from (Cell(each.table, each.name, each.first, each.last) for each in shape.reads)


def writes_of(shapes: Mapping[Shape, Times], unbounded: frozenset[str]) -> Iterator[Cell]:
    """Yield what was written, each address by itself, with the values it was given; none for ``unbounded`` tables."""
    known: dict[tuple[str, str, int], Bounds | None] = {}
    for times in shapes.values():
        for touched, values in times.bounds.items():
            given = None if touched.table in unbounded else values
            for at in range(touched.size):
                key = (touched.table, touched.name, NO_ADDRESS if touched.first == NO_ADDRESS else touched.first + at)
                value = None if given is None else _hull(given) if len(given) != touched.size else given[at]
                known[key] = _both(known[key], value) if key in known else value
    for (table, name, address), bounds in known.items():
        yield Cell(table, name, address, address, bounds)


def gather(
    protocol: str, cells: Iterable[Cell], shapes: Mapping[Shape, Times], *, join: int | None, slack_percent: float
) -> Gathered | None:
    """Return at most 200 lines, ranges joined further than ``join`` where there would be more; ``None``: still more."""
    every = sorted(set(cells), key=lambda cell: (cell.table, cell.name, cell.first, cell.last))
    for gap in (join, *(wider for wider in _COARSER if join is None or wider > join)):
        cells_left = [_slackened(protocol, cell, slack_percent) for cell in _joined(_unshadowed(every), gap)]
        rules = list(_rules(protocol, cells_left, keeps_bounds=gap is None))
        if len(rules) <= MAX_LINES:
            return Gathered(tuple(Line(rule, _count(rule, shapes)) for rule in rules), gap)
    return None


def _unshadowed(cells: list[Cell]) -> list[Cell]:
    """Leave out what a whole table, asked for without addresses and names, holds already."""
    whole = {cell.table for cell in cells if cell.first == NO_ADDRESS and not cell.name}
    kept = [cell for cell in cells if cell.table not in whole]
    for table in sorted(whole):
        bounds = [cell.bounds for cell in cells if cell.table == table]
        kept.append(Cell(table, "", NO_ADDRESS, NO_ADDRESS, _hull_of(bounds)))
    return kept


def _joined(cells: list[Cell], gap: int | None) -> Iterator[Cell]:
    """Yield the cells with neighbours made one; they come in order."""
    current: Cell | None = None
    for cell in cells:
        if current is not None and _are_neighbours(current, cell, gap):
            last = max(current.last, cell.last)
            current = current._replace(last=last, bounds=_both(current.bounds, cell.bounds))
            continue
        if current is not None:
            yield current
        current = cell
    if current is not None:
        yield current


def _are_neighbours(left: Cell, right: Cell, gap: int | None) -> bool:
    if (left.table, left.name) != (right.table, right.name) or NO_ADDRESS in (left.first, right.first):
        return False
    return right.first <= left.last + 1 + (gap or 0) and (gap is not None or left.bounds == right.bounds)


def _slackened(protocol: str, cell: Cell, percent: float) -> Cell:
    """Return the cell with its bounds moved apart by so much of their distance, but not beyond what is possible."""
    if cell.bounds is None:
        return cell
    low, high = cell.bounds
    room = ((high - low) or abs(high)) * percent / 100
    is_whole = low.is_integer() and high.is_integer()
    low, high = (floor(low - room), ceil(high + room)) if is_whole else (low - room, high + room)
    kind = kind_of(protocol, cell.table)
    if kind is not None and kind.raw is not None:
        low, high = max(low, kind.raw[0]), min(high, kind.raw[1])
        if low > high:
            return cell._replace(bounds=None)
    return cell._replace(bounds=(low, high))


def _rules(protocol: str, cells: list[Cell], *, keeps_bounds: bool) -> Iterator[ObjectRule]:
    """Yield a rule for each stretch of objects; names that are treated alike share one."""
    named: dict[tuple[str, int, int, Bounds | None], list[Cell]] = {}
    for cell in cells:
        if cell.name:
            named.setdefault((cell.table, cell.first, cell.last, cell.bounds if keeps_bounds else None), []).append(
                cell
            )
        else:
            yield _rule(protocol, cell)
    for group in named.values():
        first = group[0]._replace(bounds=_hull_of([cell.bounds for cell in group]))
        names = tuple(cell.name for cell in group)
        for at in range(0, len(names), MAX_NAMES):
            yield _rule(protocol, first, names[at : at + MAX_NAMES])


def _rule(protocol: str, cell: Cell, names: tuple[str, ...] | None = None) -> ObjectRule:
    addresses = None if cell.first == NO_ADDRESS else (AddressRange(first=cell.first, last=cell.last),)
    kind = kind_of(protocol, cell.table)
    low, high = (None, None) if cell.bounds is None or (kind and cell.bounds == kind.raw) else cell.bounds
    return ObjectRule(table=cell.table, addresses=addresses, names=names, minimum=low, maximum=high)


def _count(rule: ObjectRule, shapes: Mapping[Shape, Times]) -> int:
    return sum(
        times.count
        for shape, times in shapes.items()
        if any(_is_of(rule, touched) for touched in (*shape.reads, *shape.writes))
    )


def _is_of(rule: ObjectRule, touched: Touched) -> bool:
    if touched.table != rule.table or (rule.names is not None and touched.name not in rule.names):
        return False
    return rule.addresses is None or any(
        touched.first <= span.last and span.first <= touched.last for span in rule.addresses
    )


def _both(one: Bounds | None, other: Bounds | None) -> Bounds | None:
    return None if one is None or other is None else (min(one[0], other[0]), max(one[1], other[1]))


def _hull(values: list[Bounds]) -> Bounds | None:
    return (min(low for low, _ in values), max(high for _, high in values)) if values else None


def _hull_of(bounds: list[Bounds | None]) -> Bounds | None:
    known = [each for each in bounds if each is not None]
    return _hull(known) if known and len(known) == len(bounds) else None
