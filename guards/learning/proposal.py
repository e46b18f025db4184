"""What a policy must give at least, so that what was seen would pass; and what it leaves out, or gives too much of."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from guards.effects import Operation
from guards.learning.lines import Gathered, Line, gather, reads_of, writes_of
from guards.learning.seen import Seen, Shape, Times
from policies.protocols import PROTOCOLS
from policies.routes import DIRECT
from policies.rules import Tier

DANGEROUS = (Tier.PROGRAM, Tier.FIRMWARE)
UPLOAD = "upload"
MAX_FENCED = 256


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person wants of a proposal.

    ``join``: ranges that lie at most so many addresses apart become one, with one pair of bounds; ``None``: only
    neighbours with equal bounds do. ``slack_percent``: how much bounds are moved apart. ``include``: of ``program``,
    ``firmware`` and ``upload`` those that are to be proposed if they were seen.
    """

    join: int | None = None
    slack_percent: float = 0.0
    include: frozenset[str] = frozenset()

    def is_wanted(self, shape: Shape) -> bool:
        """Tell whether such requests are to pass."""
        return (shape.tier not in DANGEROUS or shape.tier.value in self.include) and (
            not shape.is_upload or UPLOAD in self.include
        )


@dataclass(frozen=True, slots=True)
class Concessions:
    """What had to be given beyond the least, because a guard would otherwise refuse what was seen.

    ``direct``: messages without a route. ``unbounded``: tables whose values are not bounded. ``whole``: tiers that
    cannot be narrowed to objects, ``because`` of these functions. ``unfenced``: no route is known, so none is fenced.
    """

    direct: bool = False
    unfenced: bool = False
    unbounded: frozenset[str] = frozenset()
    whole: frozenset[Tier] = frozenset()
    because: frozenset[str] = frozenset()

    def after(self, seen: Seen, refused: Operation) -> Self:
        """Return the next concession that may let ``refused`` pass; the same if there is none."""
        shape = seen.shape_of(refused)
        if shape.tier is Tier.OPERATE:
            bounded = frozenset(touched.table for touched in shape.writes) - self.unbounded
            if bounded:
                return replace(self, unbounded=self.unbounded | bounded)
            if Tier.OPERATE not in self.whole:
                return self._with(Tier.OPERATE, shape)
        reads = shape.tier is Tier.READ or (shape.tier is Tier.OPERATE and bool(shape.reads))
        return self._with(Tier.READ, shape) if reads and Tier.READ not in self.whole else self

    def joined(self, others: Iterable[Self]) -> Self:
        """Return all that this and the others give."""
        every = (self, *others)
        return replace(
            self,
            unbounded=self.unbounded.union(*(each.unbounded for each in every)),
            whole=self.whole.union(*(each.whole for each in every)),
            because=self.because.union(*(each.because for each in every)),
        )

    def _with(self, tier: Tier, shape: Shape) -> Self:
        return replace(self, whole=self.whole | {tier}, because=self.because | {shape.function})


@dataclass(frozen=True, slots=True)
class Proposal:
    """The least for one protocol. Of ``reads`` and ``writes``, ``None`` is the whole tier where it is in ``tiers``.

    ``left_out`` are functions that were seen and are not given, by tier, or ``upload``; ``included`` those of the same
    kinds that are. Numbers are of requests.
    """

    protocol: str
    count: int
    tiers: Mapping[Tier, int]
    units: Mapping[int, int]
    routes: Mapping[str, int]
    reads: Gathered | None
    writes: Gathered | None
    included: Mapping[str, Counter[str]]
    left_out: Mapping[str, Counter[str]]
    passed_over: Mapping[str, int]
    concessions: Concessions

    @property
    def gives_anything(self) -> bool:
        """Whether there is anything to write a policy for."""
        return bool(self.tiers)

    @property
    def names_routes(self) -> bool:
        """Whether it names a route that leads behind the device itself."""
        return bool(self.routes.keys() - {DIRECT})

    @property
    def lines(self) -> tuple[Line, ...]:
        """All that it names of objects."""
        return (*(self.reads.lines if self.reads else ()), *(self.writes.lines if self.writes else ()))


def propose(seen: Seen, wishes: Wishes, concessions: Concessions) -> Proposal:
    """Return the least that lets pass what was seen and is wanted."""
    chosen = {shape: times for shape, times in seen.shapes.items() if wishes.is_wanted(shape)}
    tiers = Counter[Tier]()
    for shape, times in chosen.items():
        tiers[shape.tier] += times.count
    return Proposal(
        protocol=seen.protocol,
        count=seen.count,
        tiers={tier: tiers[tier] for tier in Tier if tier in tiers},
        units=_units(seen.protocol, chosen),
        routes=_routes(seen.protocol, chosen, concessions),
        reads=_reads(seen.protocol, chosen, wishes, concessions),
        writes=_writes(seen.protocol, chosen, wishes, concessions),
        included=_alarming(chosen),
        left_out=_alarming({shape: times for shape, times in seen.shapes.items() if shape not in chosen}),
        passed_over=dict(sorted(seen.passed_over.items())),
        concessions=concessions,
    )


def _reads(protocol: str, shapes: Mapping[Shape, Times], wishes: Wishes, concessions: Concessions) -> Gathered | None:
    if Tier.READ in concessions.whole:
        return None
    words = PROTOCOLS[protocol].objects
    cells = [cell for cell in reads_of(shapes) if cell.table not in words or words[cell.table].is_read]
    found = gather(protocol, cells, _with(shapes, Tier.READ), join=wishes.join, slack_percent=0)
    return found if found is not None and found.lines else None


def _writes(protocol: str, shapes: Mapping[Shape, Times], wishes: Wishes, concessions: Concessions) -> Gathered | None:
    if Tier.OPERATE in concessions.whole:
        return None
    words = PROTOCOLS[protocol].objects
    written = _with(shapes, Tier.OPERATE)
    cells = [
        cell
        for cell in writes_of(written, concessions.unbounded)
        if cell.table not in words or words[cell.table].is_written
    ]
    found = gather(protocol, cells, written, join=wishes.join, slack_percent=wishes.slack_percent)
    return found if found is not None and found.lines else None


def _with(shapes: Mapping[Shape, Times], tier: Tier) -> dict[Shape, Times]:
    """Return the requests of a tier, and for READ also what a request that writes reads besides."""
    return {
        shape: times for shape, times in shapes.items() if shape.tier is tier or (tier is Tier.READ and shape.reads)
    }


def _units(protocol: str, shapes: Mapping[Shape, Times]) -> dict[int, int]:
    if PROTOCOLS[protocol].highest_unit is None:
        return {}
    counts = Counter[int]()
    for shape, times in shapes.items():
        if shape.unit is not None:
            counts[shape.unit] += times.count
    return dict(sorted(counts.items())) if len(counts) <= MAX_FENCED else {}


def _routes(protocol: str, shapes: Mapping[Shape, Times], concessions: Concessions) -> dict[str, int]:
    form = PROTOCOLS[protocol].route
    if form is None or concessions.unfenced:
        return {}
    counts = Counter[str]()
    for shape, times in shapes.items():
        counts[shape.route] += times.count
    directly = counts.pop("", 0)
    if form.normal(DIRECT) is not None and (concessions.direct or not counts) and DIRECT not in counts:
        counts[DIRECT] = directly
    routes = {route: count for route, count in sorted(counts.items()) if form.normal(route) == route}
    return routes if len(routes) == len(counts) <= MAX_FENCED else {}


def _alarming(shapes: Mapping[Shape, Times]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for shape, times in shapes.items():
        kind = shape.tier.value if shape.tier in DANGEROUS else UPLOAD if shape.is_upload else ""
        if kind:
            found.setdefault(kind, Counter())[shape.function] += times.count
    return {kind: found[kind] for kind in (UPLOAD, *map(str, DANGEROUS)) if kind in found}
