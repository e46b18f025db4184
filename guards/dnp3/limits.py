"""Hold a decoded fragment against the rules, which are compiled once for the hot path."""

from math import nan

from guards.dialogue import Cause, Refusal, denied
from guards.dnp3.application import Fragment
from guards.effects import Verdict
from guards.objects import ObjectLimits
from policies.rules import Rules, Tier

PROTOCOL = "dnp3"


class Limits:
    """The compiled rules of one stream."""

    __slots__ = ("_ask", "_reads", "_tiers", "_units", "_upload", "_writes")

    def __init__(self, rules: Rules) -> None:
        """Compile; a tier that is named under both ``tiers`` and ``ask`` must be asked for."""
        self._ask = rules.ask
        self._tiers = rules.tiers - rules.ask
        self._upload = rules.upload
        self._units = rules.units
        self._reads = ObjectLimits(PROTOCOL, rules.reads)
        self._writes = ObjectLimits(PROTOCOL, rules.writes)

    def judge(self, outstation: int, fragment: Fragment) -> Refusal | None:
        """Return the first refusal of: outstation, shape, tier, upload, objects and values, asking; or ``None``."""
        if self._units is not None and outstation not in self._units:
            return denied(Cause.FENCE, f"outstation {outstation} is outside the fence")
        if fragment.fault:
            return Refusal(Verdict.MALFORMED, Cause.MALFORMED, fragment.fault)
        if fragment.tier not in self._tiers and fragment.tier not in self._ask:
            return denied(Cause.FUNCTION, f"tier {fragment.tier.value} is not allowed")
        if fragment.is_upload and not self._upload:
            return denied(Cause.FUNCTION, "reading a file out is not allowed")
        limits = self._reads if fragment.tier is Tier.READ else self._writes
        refusal = None if limits.is_open else self._judge_objects(fragment, limits)
        if refusal is None and fragment.tier in self._ask:
            return Refusal(Verdict.ASKED, Cause.ASK, f"tier {fragment.tier.value} must be asked for")
        return refusal

    def _judge_objects(self, fragment: Fragment, limits: ObjectLimits) -> Refusal | None:
        values = iter(fragment.values) if len(fragment.values) == len(fragment.touched) else None
        for touched in fragment.touched:
            first, last = (0, 0xFFFF) if touched.first < 0 and not touched.name else (touched.first, touched.last)
            if not limits.cover(touched.table, first, last, touched.name):
                return denied(Cause.OBJECT, f"{touched} is outside what is given")
            if fragment.tier is Tier.READ:
                continue
            numbers = [float(next(values))] if values is not None else [nan] * (last - first + 1)
            if not limits.admit(touched.table, first, numbers, numbers, name=touched.name):
                return denied(Cause.VALUE, f"a value for {touched} is out of bounds")
        return None
