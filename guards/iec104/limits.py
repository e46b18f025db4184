"""Hold a decoded ASDU against the rules, which are compiled once for the hot path."""

from guards.dialogue import Cause, Refusal, denied
from guards.effects import Verdict
from guards.given import Given
from guards.iec104.frames import Asdu
from policies.rules import Rules, Tier

PROTOCOL = "iec104"


class Limits:
    """The compiled rules of one stream."""

    __slots__ = ("_given", "_units")

    def __init__(self, rules: Rules) -> None:
        """Compile."""
        self._units = rules.units
        self._given = Given(PROTOCOL, rules)

    def judge(self, asdu: Asdu) -> Refusal | None:
        """Return the first refusal of: station, shape, tier, objects and values, asking; or ``None``.

        The common address 65,535 means every station behind the link: only a fence that names it lets it through.
        """
        if self._units is not None and asdu.common_address not in self._units:
            return denied(Cause.FENCE, f"common address {asdu.common_address} is outside the fence")
        if asdu.fault:
            return Refusal(Verdict.MALFORMED, Cause.MALFORMED, asdu.fault)
        given, tier = self._given, asdu.tier
        is_bare = tier is Tier.READ and not asdu.type_id.table  # a test names no object
        return (
            given.refuse_tier(tier)
            or (None if is_bare else given.refuse_objects(tier, asdu.accesses))
            or given.ask([tier])
        )

    def judge_link(self) -> Refusal | None:
        """Return the refusal of what starts, stops and tests the link."""
        return self._given.refuse_tier(Tier.READ)
