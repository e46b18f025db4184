"""What rules give, compiled once: tiers, those to be asked for, reading out, and the objects of both directions."""

from collections.abc import Callable, Iterable, Sequence
from math import nan
from typing import NamedTuple

from guards.effects import Verdict
from guards.objects import NO_ADDRESS, Before, ObjectLimits
from guards.reasons import why
from guards.refusal import Cause, Refusal, denied
from policies.rules import Rules, Tier

TIERS = tuple(Tier)
MAX_SPAN = 0x10000
"""How many objects one access, and all that a request changes, may be held against; no device has more."""


def worst(tiers: Iterable[Tier]) -> Tier:
    """Return the most dangerous of some tiers."""
    return max(tiers, key=TIERS.index)


class Touched(NamedTuple):
    """Objects of one table, from ``first`` to ``last``; ``NO_ADDRESS`` where they have names only, or all are meant."""

    table: str
    first: int = NO_ADDRESS
    last: int = NO_ADDRESS
    name: str = ""

    def __str__(self) -> str:
        """Return it as policies and people write it: ``tag Motor.Speed``, ``class142 1 3``, ``n7 3-5``."""
        if self.first == NO_ADDRESS:
            return f"{self.table} {self.name}".rstrip()
        span = str(self.first) if self.last <= self.first else f"{self.first}-{self.last}"
        return f"{self.table} {span} {self.name}".rstrip()

    @property
    def size(self) -> int:
        """How many objects there are, as far as addresses tell."""
        return 1 if self.first == NO_ADDRESS else self.last - self.first + 1


class Access(NamedTuple):
    """Objects, and what they are to be given: a value for each, or none where the values are not known."""

    touched: Touched
    values: tuple[int | float | bool, ...] = ()


Befores = Callable[[Touched], Sequence[Before | None]]
"""Tells what each of these objects is now, one for each address, or one for a name."""


class Given:
    """The compiled rules of one stream. A tier that is named under both ``tiers`` and ``ask`` must be asked for.

    ``needs_values``: whether a write may pass depends on what the objects hold, so that an answer is good once only.
    """

    __slots__ = ("_ask", "_reads", "_tiers", "_upload", "_writes", "needs_values")

    def __init__(self, protocol: str, rules: Rules) -> None:
        """Compile."""
        self._ask = rules.ask
        self._tiers = rules.tiers - rules.ask
        self._upload = rules.upload
        self._reads = ObjectLimits(protocol, rules.reads)
        self._writes = ObjectLimits(protocol, rules.writes)
        self.needs_values = self._writes.needs_values

    def refuse_any(self) -> Refusal | None:
        """Return the refusal of what must come before everything else: it needs any tier at all."""
        return None if self._tiers or self._ask else denied(Cause.FUNCTION, why("no_tier"))

    def refuse_tier(self, tier: Tier, *, is_upload: bool = False) -> Refusal | None:
        """Return the refusal of a tier that is neither given nor may be asked for, or of reading out."""
        if tier not in self._tiers and tier not in self._ask:
            return denied(Cause.FUNCTION, why("tier_not_allowed", tier=tier.value))
        if is_upload and not self._upload:
            return denied(Cause.FUNCTION, why("file_upload_not_allowed"))
        return None

    def refuse_objects(self, tier: Tier, accesses: Sequence[Access], befores: Befores | None = None) -> Refusal | None:
        """Return the refusal of objects or values. Where not everything is given, what has no name is not either.

        Without ``befores``, and where it does not know, rules about change refuse.
        """
        limits = self._reads if tier is Tier.READ else self._writes
        if limits.is_open:
            return None
        if not accesses:
            return denied(Cause.OBJECT, why("nameless"))
        room = MAX_SPAN
        for touched, values in accesses:
            if touched.size > room or not limits.cover(touched.table, touched.first, touched.last, touched.name):
                return denied(Cause.OBJECT, why("object_outside", object=touched))
            room -= 0 if tier is Tier.READ else touched.size
            known = befores(touched) if befores is not None and limits.needs_values else None
            if tier is not Tier.READ and not _admits(limits, touched, values, known):
                is_unknown = limits.needs_values
                outside = why("value_outside_or_unknown" if is_unknown else "value_outside", object=touched)
                return denied(Cause.VALUE, outside)
        return None

    def ask(self, tiers: Iterable[Tier]) -> Refusal | None:
        """Return what says that the operator must be asked, if one of the tiers needs it."""
        asked = next((tier for tier in tiers if tier in self._ask), None)
        return None if asked is None else Refusal(Verdict.ASKED, Cause.ASK, why("tier_asked", tier=asked.value))


def _admits(
    limits: ObjectLimits, touched: Touched, values: Sequence[float], befores: Sequence[Before | None] | None
) -> bool:
    """Hold values against bounds: one for each address, any number for a name; what is not known passes no bound."""
    table, first, name = touched.table, touched.first, touched.name
    if first == NO_ADDRESS:
        each = [float(value) for value in values] or [nan]
        befores = befores if len(each) == 1 else None
        return all(limits.admit(table, first, [value], [value], name=name, befores=befores) for value in each)
    given = [float(value) for value in values] if len(values) == touched.size else [nan] * touched.size
    return limits.admit(table, first, given, given, name=name, befores=befores)
