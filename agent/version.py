"""What this program calls itself towards the broker and people."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def software() -> str:
    """Return name and version."""
    try:
        return f"wicket-agent {version('wicketgate')}"
    except PackageNotFoundError:
        return "wicket-agent (from source)"
