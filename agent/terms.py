"""What a stream is held to on site: the narrower of what the broker granted and what the plant allows."""

from agent.ceiling import Permit
from policies.rules import Rules, Tier

_CALM = frozenset({Tier.READ, Tier.OPERATE})


def effective_rules(granted: Rules, permit: Permit) -> Rules:
    """Return the rules of the agent's own guard.

    A tier to be asked for counts as granted here: the broker's guard asks, and the site's ceiling still holds. So does
    a value to be read before a write: the broker's guard reads it, once.
    The calm rate is for what is inspected, and may neither program nor load.
    """
    passed_by_broker = granted.model_copy(
        update={"tiers": granted.tiers | granted.ask, "ask": frozenset(), "read_before_write": False}
    )
    rules = passed_by_broker.intersection(permit.rules)
    if permit.calm_rate is None or rules.opaque or not rules.tiers or rules.tiers - _CALM:
        return rules
    return rules.model_copy(update={"max_rate": min(permit.calm_rate, rules.max_rate or permit.calm_rate)})


def is_narrower(new: Rules, held: Rules) -> bool:
    """Tell whether ``new`` forbids, or may forbid, something that ``held`` lets through."""
    return new != held and held.intersection(new) != held
