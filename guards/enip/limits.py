"""Hold a decoded CIP request against the rules, which are compiled once for the hot path."""

from math import nan

from guards.dialogue import Cause, Refusal, denied
from guards.effects import Verdict
from guards.enip.contents import Part, Request
from guards.objects import NO_ADDRESS, ObjectLimits
from policies.rules import Rules, Tier

PROTOCOL = "enip"


class Limits:
    """The compiled rules of one stream."""

    __slots__ = ("_ask", "_reads", "_routes", "_tiers", "_upload", "_writes")

    def __init__(self, rules: Rules) -> None:
        """Compile; a tier that is named under both ``tiers`` and ``ask`` must be asked for."""
        self._ask = rules.ask
        self._tiers = rules.tiers - rules.ask
        self._upload = rules.upload
        self._routes = rules.routes
        self._reads = ObjectLimits(PROTOCOL, rules.reads)
        self._writes = ObjectLimits(PROTOCOL, rules.writes)

    def judge(self, request: Request) -> Refusal | None:
        """Return the first refusal of: shape, and for each part route, tier, upload, objects, values, asking."""
        if request.fault:
            return Refusal(Verdict.MALFORMED, Cause.MALFORMED, request.fault)
        for part in request.parts:
            if (refusal := self._judge_part(part)) is not None:
                return refusal
        asked = next((part.tier for part in request.parts if part.tier in self._ask), None)
        return None if asked is None else Refusal(Verdict.ASKED, Cause.ASK, f"tier {asked.value} must be asked for")

    def judge_tier(self, tier: Tier) -> Refusal | None:
        """Return the refusal of what is no CIP request: a command of the encapsulation."""
        if tier in self._tiers:
            return None
        return denied(Cause.FUNCTION, f"tier {tier.value} is not allowed")

    def _judge_part(self, part: Part) -> Refusal | None:
        if self._routes is not None and part.route not in self._routes:
            return denied(Cause.FENCE, f"route {part.route} is outside the fence")
        if part.tier not in self._tiers and part.tier not in self._ask:
            return denied(Cause.FUNCTION, f"tier {part.tier.value} is not allowed")
        if part.is_upload and not self._upload:
            return denied(Cause.FUNCTION, "reading a program or file out is not allowed")
        limits = self._reads if part.tier is Tier.READ else self._writes
        return None if limits.is_open else self._judge_objects(part, limits)

    def _judge_objects(self, part: Part, limits: ObjectLimits) -> Refusal | None:
        if not part.touched:
            return denied(Cause.OBJECT, "what it touches has no name, and not everything is given")
        for touched in part.touched:
            if not limits.cover(touched.table, touched.first, touched.last, touched.name):
                return denied(Cause.OBJECT, f"{touched} is outside what is given")
            if part.tier is Tier.READ:
                continue
            values = part.values or (nan,) * (1 if touched.first == NO_ADDRESS else touched.last - touched.first + 1)
            numbers = [float(value) for value in values]
            for number in numbers if touched.first == NO_ADDRESS else ():
                if not limits.admit(touched.table, touched.first, [number], [number], name=touched.name):
                    return denied(Cause.VALUE, f"a value for {touched} is out of bounds")
            if touched.first != NO_ADDRESS and not limits.admit(
                touched.table, touched.first, numbers, numbers, name=touched.name
            ):
                return denied(Cause.VALUE, f"a value for {touched} is out of bounds")
        return None
