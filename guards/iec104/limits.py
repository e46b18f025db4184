"""Hold a decoded ASDU against the rules, which are compiled once for the hot path."""

from math import nan

from guards.dialogue import Cause, Refusal, denied
from guards.effects import Verdict
from guards.iec104.frames import Asdu
from guards.objects import ObjectLimits
from policies.rules import Rules, Tier

PROTOCOL = "iec104"
EVERY_STATION = 0xFFFF


class Limits:
    """The compiled rules of one stream."""

    __slots__ = ("_ask", "_reads", "_tiers", "_units", "_writes")

    def __init__(self, rules: Rules) -> None:
        """Compile; a tier that is named under both ``tiers`` and ``ask`` must be asked for."""
        self._ask = rules.ask
        self._tiers = rules.tiers - rules.ask
        self._units = rules.units
        self._reads = ObjectLimits(PROTOCOL, rules.reads)
        self._writes = ObjectLimits(PROTOCOL, rules.writes)

    def judge(self, asdu: Asdu) -> Refusal | None:
        """Return the first refusal of: station, shape, tier, objects and values, asking; or ``None``.

        The common address 65,535 means every station behind the link: a fence holds it out.
        """
        if self._units is not None and asdu.common_address not in self._units:
            return denied(Cause.FENCE, f"common address {asdu.common_address} is outside the fence")
        if asdu.fault:
            return Refusal(Verdict.MALFORMED, Cause.MALFORMED, asdu.fault)
        if asdu.tier not in self._tiers and asdu.tier not in self._ask:
            return denied(Cause.FUNCTION, f"tier {asdu.tier.value} is not allowed")
        limits = self._reads if asdu.tier is Tier.READ else self._writes
        refusal = None if limits.is_open else self._judge_objects(asdu, limits)
        if refusal is None and asdu.tier in self._ask:
            return Refusal(Verdict.ASKED, Cause.ASK, f"tier {asdu.tier.value} must be asked for")
        return refusal

    def judge_link(self) -> Refusal | None:
        """Return the refusal of what starts, stops and tests the link."""
        if Tier.READ in self._tiers:
            return None
        return denied(Cause.FUNCTION, "tier read is not allowed")

    def _judge_objects(self, asdu: Asdu, limits: ObjectLimits) -> Refusal | None:
        if not asdu.objects and asdu.tier is not Tier.READ:
            return denied(Cause.OBJECT, "what it changes has no address, and not everything is given")
        values = asdu.values if len(asdu.values) == len(asdu.objects) else (nan,) * len(asdu.objects)
        for (table, first, last), value in zip(asdu.objects, values, strict=True):
            if not limits.cover(table, first, last):
                return denied(Cause.OBJECT, f"{table} {first} is outside what is given")
            if asdu.tier is not Tier.READ and not limits.admit(table, first, [float(value)], [float(value)]):
                return denied(Cause.VALUE, f"a value for {table} {first} is out of bounds")
        return None
