"""Which tiers a request or a grant gives, in a word that somebody in a hurry reads right."""

from collections.abc import Iterable, Mapping
from typing import Any

ORDER = ("read", "operate", "program", "firmware")


def what_passes(wish: Mapping[str, Any]) -> str:
    """Return what somebody gets: the tiers asked for, or, where none was named, all that the policy gives."""
    rules = wish["rules"]
    if rules.get("opaque") and not rules["tiers"]:
        return "everything, uninspected"
    return _in_order(wish.get("tiers") or rules["tiers"]) or "nothing"


def _in_order(tiers: Iterable[str]) -> str:
    """Return tiers, the harmless first."""
    return ", ".join(sorted(tiers, key=ORDER.index))
