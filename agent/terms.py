"""What a stream is held to on site: the narrower of what the broker granted and what the plant allows."""

from agent.ceiling import Permit
from policies.rules import Rules


def effective_rules(granted: Rules, permit: Permit) -> Rules:
    """Return the rules of the agent's own guard.

    A tier to be asked for counts as granted here: the broker's guard asks, and the site's ceiling still holds. So does
    a value to be read before a write: the broker's guard reads it, once.
    """
    passed_by_broker = granted.model_copy(
        update={"tiers": granted.tiers | granted.ask, "ask": frozenset(), "read_before_write": False}
    )
    return passed_by_broker.intersection(permit.rules)


def is_narrower(new: Rules, held: Rules) -> bool:
    """Tell whether ``new`` forbids, or may forbid, something that ``held`` lets through."""
    return new != held and held.intersection(new) != held
