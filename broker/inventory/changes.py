"""Says what a change did, in lines that the audit log may keep."""

from collections.abc import Mapping

MAX_VALUE_LENGTH = 200


def change_lines(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Return ``name: old -> new`` for each value that differs; one that is missing on a side is ``(none)`` there."""
    return [
        f"{name}: {_shown(before.get(name))} -> {_shown(after.get(name))}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={item}" for key, item in sorted(value.items()))[:MAX_VALUE_LENGTH] or "(none)"
    return "(none)" if value is None or value == "" else str(value)[:MAX_VALUE_LENGTH]
