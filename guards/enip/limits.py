"""Hold a decoded CIP request against the rules, which are compiled once for the hot path."""

from guards.dialogue import Cause, Refusal, denied
from guards.effects import Verdict
from guards.enip.contents import Part, Request
from guards.given import Given
from policies.rules import Rules, Tier

PROTOCOL = "enip"


class Limits:
    """The compiled rules of one stream."""

    __slots__ = ("_given", "_routes")

    def __init__(self, rules: Rules) -> None:
        """Compile."""
        self._routes = rules.routes
        self._given = Given(PROTOCOL, rules)

    def judge(self, request: Request) -> Refusal | None:
        """Return the first refusal of: shape, and for each part route, tier, upload, objects, values; then asking."""
        if request.fault:
            return Refusal(Verdict.MALFORMED, Cause.MALFORMED, request.fault)
        for part in request.parts:
            if (refusal := self._judge_part(part)) is not None:
                return refusal
        return self._given.ask(part.tier for part in request.parts)

    def judge_command(self) -> Refusal | None:
        """Return the refusal of what is no CIP request: a command of the encapsulation."""
        return self._given.refuse_tier(Tier.READ)

    def _judge_part(self, part: Part) -> Refusal | None:
        if self._routes is not None and part.route not in self._routes:
            return denied(Cause.FENCE, f"route {part.route} is outside the fence")
        given = self._given
        return given.refuse_tier(part.tier, is_upload=part.is_upload) or given.refuse_objects(part.tier, part.accesses)
