"""Hold a decoded fragment against the rules, which are compiled once for the hot path."""

from guards.dialogue import Cause, Refusal, denied
from guards.dnp3.application import Fragment
from guards.effects import Verdict
from guards.given import Given
from policies.rules import Rules

PROTOCOL = "dnp3"


class Limits:
    """The compiled rules of one stream."""

    __slots__ = ("_given", "_units")

    def __init__(self, rules: Rules) -> None:
        """Compile."""
        self._units = rules.units
        self._given = Given(PROTOCOL, rules)

    def judge(self, outstation: int, fragment: Fragment) -> Refusal | None:
        """Return the first refusal of: outstation, shape, tier, upload, objects and values, asking; or ``None``."""
        if self._units is not None and outstation not in self._units:
            return denied(Cause.FENCE, f"outstation {outstation} is outside the fence")
        if fragment.fault:
            return Refusal(Verdict.MALFORMED, Cause.MALFORMED, fragment.fault)
        given, tier = self._given, fragment.tier
        return (
            given.refuse_tier(tier, is_upload=fragment.is_upload)
            or (None if fragment.is_bare else given.refuse_objects(tier, fragment.accesses))
            or given.ask([tier])
        )
