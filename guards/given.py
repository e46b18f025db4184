"""What rules give, compiled once: tiers, those to be asked for, reading out, and the objects of both directions."""

from collections.abc import Callable, Iterable, Sequence
from math import nan
from typing import NamedTuple

from guards.dialogue import Cause, Refusal, denied
from guards.effects import Verdict
from guards.objects import NO_ADDRESS, Before, ObjectLimits
from policies.rules import Rules, Tier

TIERS = tuple(Tier)
MAX_SPAN = 0x10000
"""How many objects one access may be held against; no device answers for more at once."""


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


class Given:
    """The compiled rules of one stream. A tier that is named under both ``tiers`` and ``ask`` must be asked for."""

    __slots__ = ("_ask", "_reads", "_tiers", "_upload", "_writes")

    def __init__(self, protocol: str, rules: Rules) -> None:
        """Compile."""
        self._ask = rules.ask
        self._tiers = rules.tiers - rules.ask
        self._upload = rules.upload
        self._reads = ObjectLimits(protocol, rules.reads)
        self._writes = ObjectLimits(protocol, rules.writes)

    def refuse_tier(self, tier: Tier, *, is_upload: bool = False) -> Refusal | None:
        """Return the refusal of a tier that is neither given nor may be asked for, or of reading out."""
        if tier not in self._tiers and tier not in self._ask:
            return denied(Cause.FUNCTION, f"tier {tier.value} is not allowed")
        if is_upload and not self._upload:
            return denied(Cause.FUNCTION, "reading a program or file out is not allowed")
        return None

    @property
    def needs_values(self) -> bool:
        """Whether a write may pass depends on what the objects hold, so that a judgement is good once only."""
        return self._writes.needs_values

    def refuse_objects(
        self, tier: Tier, accesses: Sequence[Access], before: Callable[[Touched], Before | None] | None = None
    ) -> Refusal | None:
        """Return the refusal of objects or values. Where not everything is given, what has no name is not either.

        ``before`` tells what one object holds now, for rules about change; without it they let nothing through.
        """
        limits = self._reads if tier is Tier.READ else self._writes
        if limits.is_open:
            return None
        if not accesses:
            return denied(Cause.OBJECT, "what it touches has no name, and not everything is given")
        for touched, values in accesses:
            if touched.size > MAX_SPAN or not limits.cover(touched.table, touched.first, touched.last, touched.name):
                return denied(Cause.OBJECT, f"{touched} is outside what is given")
            if tier is not Tier.READ and not _admits(limits, touched, values, before):
                return denied(Cause.VALUE, f"a value for {touched} is out of bounds")
        return None

    def ask(self, tiers: Iterable[Tier]) -> Refusal | None:
        """Return what says that the operator must be asked, if one of the tiers needs it."""
        asked = next((tier for tier in tiers if tier in self._ask), None)
        return None if asked is None else Refusal(Verdict.ASKED, Cause.ASK, f"tier {asked.value} must be asked for")


def _admits(
    limits: ObjectLimits,
    touched: Touched,
    values: Sequence[float],
    before: Callable[[Touched], Before | None] | None,
) -> bool:
    """Hold values against bounds: one for each address, any number for a name; what is not known passes no bound."""
    table, first, name = touched.table, touched.first, touched.name
    if first == NO_ADDRESS:
        now = None if before is None else [before(touched)]
        each = [float(value) for value in values] or [nan]
        return all(limits.admit(table, NO_ADDRESS, [value], [value], name=name, befores=now) for value in each)
    given = [float(value) for value in values] if len(values) == touched.size else [nan] * touched.size
    befores = None
    if before is not None:
        befores = [before(Touched(table, first + at, first + at, name)) for at in range(touched.size)]
    return limits.admit(table, first, given, given, name=name, befores=befores)
