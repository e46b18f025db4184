"""What a live session has asked the plant and waits for, and how an operation is put in words."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite

from guards.effects import Operation, Value

MAX_KEPT = 256
"""So many objects and values of an operation are kept with a question."""
_IN_WORDS = 6


@dataclass(slots=True, eq=False)
class Wanted:
    """A question that waits. ``settled`` is set when it was answered, or its session has ended."""

    id: str
    operation: Operation
    fingerprint: bytes
    asked_at: datetime
    expires_at: datetime
    is_written: bool = False
    is_told: bool = False
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def objects(self) -> list[str]:
        """The objects that are kept."""
        return list(self.operation.objects[:MAX_KEPT])

    @property
    def values(self) -> list[Value]:
        """The values that are kept, as JSON can carry them."""
        return [_plain(value) for value in self.operation.values[:MAX_KEPT]]


def words_of(operation: Operation) -> str:
    """Return an operation as one line for people: ``write_single_register holding 100 = 640, unit 1 (operate)``."""
    parts = [operation.function, _some(operation.objects, ", ")]
    if operation.values:
        parts.append(f"= {_some(operation.values, ' ')}")
    text = " ".join(part for part in parts if part)
    where = f"unit {operation.unit}" if operation.unit is not None else operation.route
    return f"{text}{where and f', {where}'} ({operation.tier.value})"


def _some(items: tuple[Value, ...], between: str) -> str:
    shown = between.join(str(item) for item in items[:_IN_WORDS])
    return f"{shown}{between}and {len(items) - _IN_WORDS} more" if len(items) > _IN_WORDS else shown


def _plain(value: Value) -> Value:
    return str(value) if isinstance(value, float) and not isfinite(value) else value
