"""Hold a decoded ASDU against the rules, which are compiled once for the hot path."""

from guards.given import Befores, Given
from guards.iec104.frames import Asdu
from guards.iec104.operations import PROTOCOL
from guards.iec104.types import BROADCAST, BROADCASTS, fits
from guards.malformations import flaw
from guards.reasons import why
from guards.refusal import Cause, Refusal, denied, malformed
from policies.rules import Rules, Tier


class Limits:
    """The compiled rules of one stream."""

    __slots__ = ("_given", "_units", "needs_values")

    def __init__(self, rules: Rules) -> None:
        """Compile. ``needs_values``: some rule bounds how a value may change."""
        self._units = rules.units
        self._given = Given(PROTOCOL, rules)
        self.needs_values = self._given.needs_values

    def judge(self, asdu: Asdu, befores: Befores | None = None) -> Refusal | None:
        """Return the first refusal of: station, shape, cause, tier, objects and values, asking; or ``None``.

        The common addresses 65,535 and 0 mean every station behind the link: a fence must name them.
        """
        if self._units is not None and asdu.common_address not in self._units:
            return denied(Cause.FENCE, why("common_address_outside", address=asdu.common_address))
        given, tier = self._given, asdu.tier
        is_bare = tier is Tier.READ and not asdu.type_id.table  # a test names no object
        return (
            _refuse_shape(asdu)
            or given.refuse_tier(tier)
            or (None if is_bare else given.refuse_objects(tier, asdu.accesses, befores))
            or given.ask([tier])
        )

    def judge_link(self) -> Refusal | None:
        """Return the refusal of starting the link: all that the station says on its own comes with it."""
        return self._given.refuse_tier(Tier.READ) or self._given.ask([Tier.READ])


def _refuse_shape(asdu: Asdu) -> Refusal | None:
    code = asdu.type_id.code
    if asdu.fault:
        return malformed(asdu.fault)
    if not fits(asdu.cause, code):
        return malformed(flaw("cause_and_type", cause=asdu.cause, type=code))
    if asdu.is_negative:
        return malformed(flaw("only_station"))
    if asdu.common_address in BROADCAST and code not in BROADCASTS:
        return malformed(flaw("not_to_all", type=code))
    return None
