"""Hold a decoded fragment against the rules, which are compiled once for the hot path."""

from functools import partial

from guards.dnp3.application import Fragment
from guards.dnp3.memory import Memory
from guards.given import Access, Given, Touched
from guards.reasons import why
from guards.refusal import Cause, Refusal, denied, malformed
from policies.rules import Rules, Tier

PROTOCOL = "dnp3"
BROADCASTS = range(0xFFFD, 0x10000)
"""Destinations that every outstation takes for itself, and that none answers (IEEE Std 1815-2012, 9.2.5.3)."""
_EVENTS = (Access(Touched("class", 1, 3)),)


class Limits:
    """The compiled rules of one stream.

    ``takes_broadcasts``: broadcasts pass without being fenced in by their number, as what is only looked at may.
    """

    __slots__ = ("_given", "_takes_broadcasts", "_units", "needs_values")

    def __init__(self, rules: Rules, *, takes_broadcasts: bool = False) -> None:
        """Compile."""
        self._units = rules.units
        self._given = Given(PROTOCOL, rules)
        self._takes_broadcasts = takes_broadcasts
        self.needs_values = self._given.needs_values

    def judge(
        self, outstation: int, fragment: Fragment, memory: Memory | None = None, now: float = 0.0
    ) -> Refusal | None:
        """Return the first refusal of: outstation, shape, tier, upload, objects and values, asking; or ``None``."""
        refusal = self.judge_outstation(outstation)
        if refusal is not None:
            return refusal
        if fragment.fault:
            return malformed(fragment.fault)
        given, tier = self._given, fragment.tier
        befores = None if memory is None else partial(memory.befores, outstation, set(), now_monotonic=now)
        return (
            given.refuse_tier(tier, is_upload=fragment.is_upload)
            or _refuse_reading_broadcast(outstation, tier)
            or (None if fragment.is_bare else given.refuse_objects(tier, fragment.accesses, befores))
            or (None if fragment.is_silent and tier is Tier.READ else given.ask([tier]))
        )

    def judge_outstation(self, outstation: int) -> Refusal | None:
        """Return the refusal of an outstation, or of all of them at once, which no open fence means."""
        if self._units is not None and outstation not in self._units:
            return denied(Cause.FENCE, why("outstation_outside", outstation=outstation))
        if self._units is None and outstation in BROADCASTS and not self._takes_broadcasts:
            return denied(Cause.FENCE, why("broadcast_not_fenced", outstation=outstation))
        return None

    def judge_link(self, outstation: int, tier: Tier) -> Refusal | None:
        """Return the refusal of a frame that only keeps the link: it needs any tier at all, or the one that it has."""
        refusal = self.judge_outstation(outstation)
        if refusal is not None:
            return refusal
        if tier is not Tier.READ:
            return self._given.refuse_tier(tier) or self._given.ask([tier])
        return self._given.refuse_any()

    def judge_unsolicited(self, outstation: int, fragment: Fragment) -> Refusal | None:
        """Return the refusal of what an outstation tells by itself: points that may be read, or events of any class."""
        given = self._given
        refusal = self.judge_outstation(outstation) or given.refuse_tier(Tier.READ) or given.ask([Tier.READ])
        if refusal is not None or not given.refuse_objects(Tier.READ, _EVENTS):
            return refusal
        if fragment.fault:
            return malformed(fragment.fault)
        return given.refuse_objects(Tier.READ, fragment.accesses) if fragment.accesses else None


def _refuse_reading_broadcast(outstation: int, tier: Tier) -> Refusal | None:
    if outstation in BROADCASTS and tier is Tier.READ:
        return denied(Cause.FENCE, why("broadcast_reads_nothing"))
    return None
