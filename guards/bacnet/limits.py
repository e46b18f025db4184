"""Hold what was said against the rules, which are compiled once for the hot path."""

from guards.bacnet.npdu import HERE, Station
from guards.bacnet.services import Said
from guards.given import Befores, Given, worst
from guards.reasons import why
from guards.refusal import Cause, Refusal, denied, malformed
from policies.routes import DIRECT
from policies.rules import Rules, Tier

PROTOCOL = "bacnet"


class Limits:
    """The compiled rules of one stream."""

    __slots__ = ("_given", "_routes", "_units")

    def __init__(self, rules: Rules) -> None:
        """Compile."""
        self._units = rules.units
        self._routes = rules.routes
        self._given = Given(PROTOCOL, rules)

    def fence(self, destination: Station, source: Station = HERE) -> Refusal | None:
        """Return the refusal of a station that is outside the fences, or of a message that names another sender."""
        if self._units is not None and destination.network not in self._units:
            return denied(Cause.FENCE, why("network_outside", network=destination.network))
        if self._routes is not None and destination.route not in self._routes:
            is_local = destination.route == DIRECT
            where = why("local_network_outside") if is_local else why("station_outside", station=destination.route)
            return denied(Cause.FENCE, where)
        if source != HERE:
            return denied(Cause.FENCE, why("other_sender", station=source.route))
        return None

    @property
    def needs_values(self) -> bool:
        """Whether a write may pass depends on what the objects hold."""
        return self._given.needs_values

    def judge(self, said: Said, *also: Tier, befores: Befores | None = None) -> Refusal | None:
        """Return the first refusal of: shape, tiers, upload, objects and values, asking; or ``None``.

        ``also`` are tiers of what carries the message, which must be given beside its own; ``befores`` tells what
        objects hold now.
        """
        if said.fault:
            return malformed(said.fault)
        given, tiers = self._given, (said.tier, *also)
        refusal = given.refuse_tier(worst(tiers), is_upload=said.service.is_upload)
        for tier in tiers:
            refusal = refusal or given.refuse_tier(tier)
        if refusal is None and said.tier in {Tier.READ, Tier.OPERATE} and not said.service.is_bare:
            refusal = given.refuse_objects(said.tier, said.contents.accesses, befores)
        return refusal or given.ask(tiers)
