"""What an approver leaves of a request, inside the protocol: sub-addresses and objects, only ever fewer."""

from dataclasses import dataclass

from broker.access.errors import NotNarrowerError
from policies.protocols import kind_of
from policies.rules import ObjectList, ObjectRule, Rules, Tier

MAX_IN_FLIGHT = 16
"""The most that rules can give."""


@dataclass(frozen=True, slots=True)
class Fence:
    """Sub-addresses and objects that are left of a request; ``None`` takes nothing away."""

    units: frozenset[int] | None = None
    routes: frozenset[str] | None = None
    reads: ObjectList | None = None
    writes: ObjectList | None = None

    def around(self, rules: Rules, protocol: str) -> Rules:
        """Return what both let through; raise ``NotNarrowerError`` where none of what is named would be left."""
        if (self.units, self.routes, self.reads, self.writes) == (None, None, None, None):
            return rules
        if rules.opaque:
            raise NotNarrowerError("Nothing understands this protocol, so nothing in it can be fenced.")
        self._check_words(protocol)
        # Says nothing of what it does not name: everything but the fence is the request's own.
        left = rules.intersection(
            Rules(
                tiers=frozenset(Tier), upload=True, units=self.units, routes=self.routes,
                reads=_lists(self.reads), writes=_lists(self.writes), max_in_flight=MAX_IN_FLIGHT, opaque=True,
            )
        )  # fmt: skip
        self._check_that_something_is_left(rules, left)
        return left

    def _check_words(self, protocol: str) -> None:
        for rule in (*(self.reads or ()), *(self.writes or ())):
            if kind_of(protocol, rule.table) is None:
                raise NotNarrowerError(f"There are no objects called {rule.table!r} in {protocol}.")

    def _check_that_something_is_left(self, rules: Rules, left: Rules) -> None:
        lost = {
            "units": bool(self.units) and not left.units,
            "routes": bool(self.routes) and not left.routes,
            "reads": bool(self.reads) and not _meet(self.reads, rules.reads),
            "writes": bool(self.writes) and not _meet(self.writes, rules.writes),
        }
        named = [name for name, is_lost in lost.items() if is_lost]
        if named:
            raise NotNarrowerError(f"None of these {named[0]} are among those that were asked for.")


def _lists(rules: ObjectList | None) -> tuple[ObjectList, ...] | None:
    return None if rules is None else (rules,)


def _meet(mine: ObjectList | None, theirs: tuple[ObjectList, ...] | None) -> bool:
    """Tell whether some object may be of both; names that are patterns are taken to meet."""
    return all(any(_overlap(one, other) for one in mine or () for other in each) for each in theirs or ())


def _overlap(one: ObjectRule, other: ObjectRule) -> bool:
    least = [bound for bound in (one.minimum, other.minimum) if bound is not None]
    most = [bound for bound in (one.maximum, other.maximum) if bound is not None]
    if one.table != other.table or (least and most and max(least) > min(most)):
        return False
    if one.addresses is None or other.addresses is None:
        return True
    return any(a.first <= b.last and b.first <= a.last for a in one.addresses for b in other.addresses)
