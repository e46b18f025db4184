"""Who must still say yes to a request or an extension, in words."""

from collections.abc import Mapping
from typing import Any


def outstanding(wish: Mapping[str, Any]) -> str:
    """Return who must still approve: ``1 of ot-operations and 1 of it-security``."""
    needs = [(need["group"], need["count"] - need.get("met", 0)) for need in wish.get("approvals_needed", [])]
    return " and ".join(f"{count} of {group}" for group, count in needs if count > 0) or "nobody"


def still_needed(wish: Mapping[str, Any]) -> str:
    """Return the same for a table: empty for what is decided."""
    return outstanding(wish) if wish["state"] == "pending" else ""
