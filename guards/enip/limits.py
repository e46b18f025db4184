"""Hold a decoded CIP request against the rules, which are compiled once for the hot path."""

from guards.enip.contents import Part, Request
from guards.enip.memory import Memory, Written
from guards.given import Given
from guards.reasons import why
from guards.refusal import Cause, Refusal, denied, malformed
from policies.rules import Rules, Tier

PROTOCOL = "enip"


class Limits:
    """The compiled rules of one stream.

    ``needs_values``: whether a write may pass depends on what the objects hold, so that an answer is good once only.
    """

    __slots__ = ("_given", "_routes", "needs_values")

    def __init__(self, rules: Rules) -> None:
        """Compile."""
        self._routes = rules.routes
        self._given = Given(PROTOCOL, rules)
        self.needs_values = self._given.needs_values

    def judge(self, request: Request, memory: Memory | None = None, now: float = 0.0) -> Refusal | None:
        """Return the first refusal of: shape, and for each part route, tier, upload, objects, values; then asking."""
        if request.fault:
            return malformed(request.fault)
        written = Written()
        for part in request.parts:
            if (refusal := self._judge_part(part, memory, written, now)) is not None:
                return refusal
        return self._given.ask(part.tier for part in request.parts if not part.is_link)

    def judge_session(self) -> Refusal | None:
        """Return the refusal of what begins and ends a session, or keeps its line open."""
        return self._given.refuse_any()

    def judge_command(self, tier: Tier = Tier.READ) -> Refusal | None:
        """Return the refusal of a command of the encapsulation; most read: who the device is, what it serves."""
        return self._given.refuse_tier(tier)

    def _judge_part(self, part: Part, memory: Memory | None, written: Written, now: float) -> Refusal | None:
        if self._routes is not None and part.route not in self._routes:
            where = why("route_outside", route=part.route) if part.route else why("unknown_route_outside")
            return denied(Cause.FENCE, where)
        given = self._given
        refusal = given.refuse_tier(part.tier, is_upload=part.is_upload)
        if refusal is not None or part.is_link:
            return refusal
        if memory is None:
            return given.refuse_objects(part.tier, part.accesses)
        return given.refuse_objects(
            part.tier, part.accesses, lambda touched: memory.befores(part.route, touched, written, now)
        )
